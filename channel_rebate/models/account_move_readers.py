from odoo import models


class AccountMove(models.Model):
    """Who reads an invoice can open it, from the sales behind a statement as well.

    Odoo's form counts payments and payment transactions with the reader's own rights, so that it
    refuses salespeople and holders, who may read the invoice and not these.
    """

    _inherit = "account.move"

    def _compute_payment_count(self):  # pylint: disable=missing-return
        if self.env["account.payment"].has_access("read"):
            super()._compute_payment_count()
        else:
            self.payment_count = 0

    def _compute_transaction_count(self):  # pylint: disable=missing-return
        if self.env["payment.transaction"].has_access("read"):
            super()._compute_transaction_count()
        else:
            self.transaction_count = 0
