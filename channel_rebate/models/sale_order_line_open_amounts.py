from odoo import api, models


class SaleOrderLine(models.Model):
    """Nothing is open on a sell-out order: not for the credit limit, nor for accrued revenue."""

    _inherit = "sale.order.line"

    @api.depends("order_id.channel_tier")
    def _compute_untaxed_amount_to_invoice(self):
        own_lines = self._get_invoiced_lines()
        (self - own_lines).untaxed_amount_to_invoice = 0
        return super(SaleOrderLine, own_lines)._compute_untaxed_amount_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_amount_to_invoice(self):
        own_lines = self._get_invoiced_lines()
        (self - own_lines).amount_to_invoice = 0
        return super(SaleOrderLine, own_lines)._compute_amount_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_amount_to_invoice_at_date(self):
        own_lines = self._get_invoiced_lines()
        (self - own_lines).amount_to_invoice_at_date = 0
        return super(SaleOrderLine, own_lines)._compute_amount_to_invoice_at_date()

    def _get_invoiced_lines(self):
        """Return the lines of orders that we invoice."""
        return self.filtered(lambda line: not line.order_id._is_sell_out())
