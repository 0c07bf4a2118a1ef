from odoo import api, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.constrains("sale_order_ids")
    def _check_channel_orders(self):
        """Refuse online payments of sell-out orders, whichever page or shop starts them."""
        self.sale_order_ids._check_channel_payable()

    def _invoice_sale_orders(self):
        """Leave out what turned into a sell-out order meanwhile, so that the money is booked."""
        own = self.filtered(lambda tx: not any(order._is_sell_out() for order in tx.sale_order_ids))
        return super(PaymentTransaction, own)._invoice_sale_orders()
