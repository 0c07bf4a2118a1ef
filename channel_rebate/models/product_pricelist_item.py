from odoo import models
from odoo.tools import float_round


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    def _get_channel_charged_price(self, price, **terms):
        """Return what a line charges on which Odoo shows this rule as a discount.

        A discount has two decimals, so that the line can be a trifle off the ``price`` that the
        rule says.

        :param price: of this rule, for the same terms
        :param terms: product, quantity, uom, date, currency
        """
        self.ensure_one()
        if not self._show_discount():
            return price
        base = self._compute_price_before_discount(**terms)
        if base <= price:
            return price
        digits = self.env["decimal.precision"].precision_get("Discount")
        discount = float_round((base - price) / base * 100, precision_digits=digits)
        return base * (1 - discount / 100)
