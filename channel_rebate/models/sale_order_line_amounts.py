from odoo import api, models


class SaleOrderLine(models.Model):
    """Nothing on a sell-out order is to be invoiced by us: no amount, today or at a closing date.

    Credit limits, accruals and analyses add these amounts up.
    """

    _inherit = "sale.order.line"

    def _set_nothing_to_invoice(self, field_name):
        """Set the amount to zero on lines of sell-out orders, and return the other lines."""
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        sell_out[field_name] = 0
        return self - sell_out

    @api.depends("order_id.channel_tier")
    def _compute_untaxed_amount_to_invoice(self):
        others = self._set_nothing_to_invoice("untaxed_amount_to_invoice")
        return super(SaleOrderLine, others)._compute_untaxed_amount_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_amount_to_invoice(self):
        others = self._set_nothing_to_invoice("amount_to_invoice")
        return super(SaleOrderLine, others)._compute_amount_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_amount_to_invoice_at_date(self):
        others = self._set_nothing_to_invoice("amount_to_invoice_at_date")
        return super(SaleOrderLine, others)._compute_amount_to_invoice_at_date()
