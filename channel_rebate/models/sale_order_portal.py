from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A sell-out order is signed in the portal like any other, and never paid there.

    The money is the dealer's. What a sub-distributor pays us on the dealer's account is booked in
    accounting, where it credits the dealer.
    """

    _inherit = "sale.order"

    def _has_to_be_paid(self):
        return not self._is_sell_out() and super()._has_to_be_paid()

    def _get_prepayment_required_amount(self):
        return 0 if self._is_sell_out() else super()._get_prepayment_required_amount()

    def _get_default_payment_link_values(self):
        self._check_channel_payable()
        return super()._get_default_payment_link_values()

    def _force_lines_to_invoice_policy_order(self):
        """Leave sell-out orders with nothing to invoice, also when Odoo invoices by itself."""
        own = self.filtered(lambda order: not order._is_sell_out())
        return super(SaleOrder, own)._force_lines_to_invoice_policy_order()

    def _check_channel_payable(self):
        """Refuse to take money for sell-out orders by payment link or online payment.

        :raise UserError: names the orders and where the money goes instead
        """
        if sell_out := self.filtered(lambda order: order._is_sell_out()):
            raise UserError(
                self.env._(
                    "%(orders)s can't be paid online: a sub-distributor pays his dealer, or pays "
                    "us on the dealer's account with an ordinary payment in accounting.",
                    orders=", ".join(sell_out.mapped("name")),
                )
            )
