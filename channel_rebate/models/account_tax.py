from odoo import models


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _get_channel_untaxed_price(self, price, product, uom):
        """Return what remains of a unit price without those of the taxes that it includes.

        :param price: of one ``uom`` of ``product``, in any currency
        :return: the price in that currency, not rounded
        """
        if not any(self.flatten_taxes_hierarchy().mapped("price_include")):
            return price
        details = self._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=product, product_uom=uom
        )
        return details["total_excluded"]
