from odoo import api, models

# What of a confirmed order decides where and for whom it counts.
ORDER_FIELDS = frozenset({"state", "channel_order_date", "channel_origin_order_id"})
# What of its lines decides how much.
LINE_FIELDS = frozenset(
    {
        "discount",
        "order_id",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
    }
)


class SaleOrder(models.Model):
    """Sell-out orders that come, go or change have their settled periods compared again."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # An import may bring confirmed ones.
        orders._mark_channel_sales(orders._get_channel_sales())
        return orders

    def write(self, vals):
        if not ORDER_FIELDS & vals.keys():
            return super().write(vals)
        before = self._get_channel_sales()
        result = super().write(vals)
        self._mark_channel_sales(before | self._get_channel_sales())
        return result

    def _get_channel_sales(self):
        """Return ``{(company id, partner id, day)}`` of the confirmed sell-out among these.

        For both, the sub-distributor and the dealer: one who has signed late has no statement
        yet. A return counts on the day of its order.
        """
        # Elevated: the order that a return takes back may be somebody else's.
        sold_sudo = self.sudo().filtered(
            lambda order: order.state == "sale" and order._is_sell_out()
        )
        return {
            (
                order.company_id.id,
                partner.id,
                order.channel_origin_order_id.channel_order_date or order.channel_order_date,
            )
            for order in sold_sudo
            for partner in order.channel_partner_id | order.channel_dealer_id
        }

    @api.model
    def _mark_channel_sales(self, sales):
        self.env["channel.period.check"]._mark_sales(sales)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._mark_channel_sales(lines.order_id._get_channel_sales())
        return lines

    def write(self, vals):
        if not LINE_FIELDS & vals.keys():
            return super().write(vals)
        sales = self.order_id._get_channel_sales()
        result = super().write(vals)
        self.env["sale.order"]._mark_channel_sales(sales | self.order_id._get_channel_sales())
        return result

    def unlink(self):
        sales = self.order_id._get_channel_sales()
        result = super().unlink()
        self.env["sale.order"]._mark_channel_sales(sales)
        return result
