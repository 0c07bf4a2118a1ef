from odoo import models


class SaleReport(models.Model):
    """Sales Analysis shows our own sales; the channel's are in the channel analysis."""

    _inherit = "sale.report"

    def _where_sale(self):
        return f"{super()._where_sale()} AND s.channel_tier IS DISTINCT FROM 'sell_out'"
