from odoo import models


class AccountMove(models.Model):
    """Who reads an invoice can open it, from the sales behind a statement as well.

    Odoo's form counts payments and payment transactions with the reader's own rights, so that it
    refuses salespeople and holders, who may read the invoice and not these.
    """

    _inherit = "account.move"

    def _compute_payment_count(self):
        readable = self if self.env["account.payment"].has_access("read") else self.browse()
        (self - readable).payment_count = 0
        return super(AccountMove, readable)._compute_payment_count()

    def _compute_transaction_count(self):
        readable = self if self.env["payment.transaction"].has_access("read") else self.browse()
        (self - readable).transaction_count = 0
        return super(AccountMove, readable)._compute_transaction_count()
