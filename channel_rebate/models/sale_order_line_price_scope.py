from odoo import api, models

from ..tools.price_limit import FLOOR

# What the untaxed price of a line and its limits are made of; the last three are of other add-ons.
PRICE_FIELDS = (
    "display_type",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "product_no_variant_attribute_value_ids",
    "reward_id",
    "coupon_id",
    "is_delivery",
)


class SaleOrderLine(models.Model):
    """Which lines floor and ceiling look at. Other add-ons that make special lines hook in here."""

    _inherit = "sale.order.line"

    @api.model
    def _get_channel_price_fields(self):
        """Return the names of those fields on which price and limits depend and that there are."""
        return [name for name in PRICE_FIELDS if name in self._fields]

    def _is_channel_price_limited(self):
        """Tell whether floor and ceiling apply to this line: it sells goods or services.

        Not to rewards, deliveries and returns, nor to a combination, whose items are lines of their
        own. Free goods count. So does a line of nothing in our own sales, and a return of which
        goods were delivered all the same: what is delivered is invoiced at its price.
        """
        self.ensure_one()
        least = self.product_uom_id.rounding if self.order_id._is_sell_out() else 0.0
        return bool(
            self.product_id
            and self.product_uom_id
            and self.order_id.currency_id
            and not self.display_type
            and (self.product_uom_qty >= least or self.qty_delivered > 0)
            and self.product_type != "combo"
            and not self._is_channel_reward()
            and not self._is_channel_delivery()
        )

    def _get_price_limit_quantity(self):
        """Return the quantity whose amount is held against a limit: without one, a unit."""
        return self.product_uom_qty if self.product_uom_qty > 0 else 1.0

    def _is_channel_reward(self):
        """Tell whether a loyalty programme gave this line (if sale_loyalty is installed).

        A reward alone is a mark that anybody can set. With a card it is sale_loyalty's own: it
        works such lines out anew when the order is confirmed.
        """
        if "reward_id" not in self._fields or not self.reward_id:
            return False
        line_sudo = self.sudo()  # not everybody who reads orders may read programmes
        reward_sudo = line_sudo.reward_id
        products_sudo = reward_sudo.reward_product_ids | reward_sudo.discount_line_product_id
        return (
            line_sudo.coupon_id.program_id == reward_sudo.program_id
            and line_sudo.product_id in products_sudo
        )

    def _is_channel_delivery(self):
        """Tell whether this line is the price of delivery: the service of the order's carrier."""
        return (
            self.product_type == "service"
            and self._is_delivery()
            and self.product_id == self.order_id.sudo().carrier_id.product_id
        )

    def _get_order_discount(self):
        """Return what this line takes off the others: untaxed, in the order's currency, negative.

        That is a negative price, a service taken back, and what goods are taken back for beyond
        their worth; goods taken back at their worth are a return.
        """
        self.ensure_one()
        if self.display_type or self._is_channel_reward():
            return 0.0
        if not self.product_id or self.product_type == "service":
            return min(self.price_subtotal, 0.0)
        discount = min(self.price_subtotal, 0.0) if self.product_uom_qty >= 0 else 0.0
        # What comes back of a line counts, even if the line sells.
        quantity = min(self.product_uom_qty, self.qty_delivered)
        if quantity < 0:
            excess = self._get_channel_net_price() - self._get_channel_worth()
            discount += max(excess, 0.0) * quantity
        return self.order_id.currency_id.round(discount)

    def _get_channel_worth(self):
        """Return what one unit of goods that come back is worth: untaxed, order's currency.

        What it costs by the order's pricelist, or the floor if that is higher; but no more than
        the order sells the same for.
        """
        company, product, unit = self.order_id.company_id, self.product_id, self.product_uom_id
        taxes = product.taxes_id._filter_taxes_by_company(company)
        worth = taxes._get_channel_untaxed_price(self._get_pricelist_price(), product, unit)
        if pricelist := company._get_price_limit_list(FLOOR):
            request = self._prepare_price_request()
            floors = pricelist._get_channel_limit_prices({request}, company, FLOOR)
            worth = max(worth, floors[request] or 0.0)
        sold = self.order_id.order_line.filtered(
            lambda line: line.product_id == product and line._is_channel_price_limited()
        )
        return min(
            [
                worth,
                *(
                    line.product_uom_id._compute_price(line._get_channel_net_price(), unit)
                    for line in sold - self
                ),
            ]
        )
