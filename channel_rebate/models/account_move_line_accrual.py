from odoo import api, models

# What makes the pooled entry of an accrual: two amounts on two accounts, and nobody named.
FIXED = frozenset(
    {
        "account_id",
        "amount_currency",
        "analytic_distribution",
        "balance",
        "credit",
        "currency_id",
        "debit",
        "move_id",
        "partner_id",
        "product_id",
        "tax_ids",
    }
)


class AccountMoveLine(models.Model):
    """Lines of accruals stay as they were posted; reconciling them is the accountant's own."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._check_no_channel_accrual()
        return lines

    def write(self, vals):
        if FIXED & vals.keys():
            self.move_id._check_no_channel_accrual()
        return super().write(vals)
