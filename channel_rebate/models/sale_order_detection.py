from odoo import SUPERUSER_ID, api, models
from odoo.tools import formatLang

from .sale_order_changes import LINE_FIELDS

# What of an order decides where the goods went, when and at what price.
ORDER_FIELDS = frozenset(
    {
        "state",
        "channel_order_date",
        "partner_id",
        "partner_shipping_id",
        "currency_id",
        "channel_price_passed_lines",
    }
)
# Where the orders are kept that are to be looked at.
QUEUE = "channel_rebate.incidents"


class SaleOrder(models.Model):
    """Sell-out orders that were confirmed, changed or cancelled are looked at for incidents.

    Once, before the transaction is committed, and all of them together: a confirmation of many
    orders, or a form with many lines, is one look at what came out of it.
    """

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._detect_incidents_later()  # an import may bring confirmed ones
        return orders

    def write(self, vals):
        result = super().write(vals)
        if ORDER_FIELDS & vals.keys():
            self._detect_incidents_later()
        return result

    def _detect_incidents_later(self):
        # Elevated: whoever confirms need not see incidents.
        sold_sudo = self.sudo().filtered(
            lambda order: (
                order.state in ("sale", "cancel")
                and order._is_sell_out()
                and order.company_id.channel_detect_incidents
            )
        )
        if not sold_sudo:
            return
        precommit = self.env.cr.precommit
        if QUEUE not in precommit.data:
            precommit.data[QUEUE] = set()
            # As nobody in particular, without the defaults of whoever confirms, but on his day.
            context = {"tz": self.env.context.get("tz") or self.env.user.tz}
            precommit.add(self.env(user=SUPERUSER_ID, context=context)["sale.order"]._detect_queued)
        precommit.data[QUEUE].update(sold_sudo.ids)

    @api.model
    def _detect_queued(self):
        order_ids = self.env.cr.precommit.data.pop(QUEUE, ())
        self.env["channel.incident"]._detect(self.browse(sorted(order_ids)).exists())

    def _can_be_incident(self):
        """Tell whether a dealer can be held to the order: it is confirmed, and he is still one.

        Goods that come back were reported when they went out.
        """
        self.ensure_one()
        return (
            self.state == "sale"
            and self._is_sell_out()
            and not self.channel_origin_order_id
            and self.channel_dealer_id.channel_is_entity
        )

    def _get_channel_goods(self):
        """Return the lines that sell goods."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.product_uom_qty > 0
                and line.product_type != "service"
            )
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._detect_incidents_later()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if LINE_FIELDS & vals.keys():
            self.order_id._detect_incidents_later()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._detect_incidents_later()
        return result

    def _describe_for_incident(self, price):
        return self.env._(
            "- %(quantity)s %(unit)s of %(product)s at %(price)s",
            quantity=formatLang(self.env, self.product_uom_qty, dp="Product Unit"),
            unit=self.product_uom_id.name,
            product=self.product_id.display_name,
            price=self._format_channel_price(price),
        )
