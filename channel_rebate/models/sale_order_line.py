from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.channel_tier")
    def _compute_qty_to_invoice(self):
        """There is never anything to invoice on a sell-out order."""
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        sell_out.qty_to_invoice = 0
        return super(SaleOrderLine, self - sell_out)._compute_qty_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_invoice_status(self):
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        sell_out.invoice_status = "no"
        return super(SaleOrderLine, self - sell_out)._compute_invoice_status()
