from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What no rebate is booked on.
NO_REBATE_ACCOUNTS = (
    "asset_receivable",
    "liability_payable",
    "asset_cash",
    "liability_credit_card",
    "off_balance",
)


class ResCompany(models.Model):
    """What the documents of settlements look like."""

    _inherit = "res.company"

    channel_rebate_line_detail = fields.Selection(
        selection=[
            ("tax_set", "For each set of taxes"),
            ("product", "For each product and set of taxes"),
        ],
        string="Lines of Rebate Documents",
        required=True,
        default="tax_set",
        help="A document mirrors the taxes of the sales that it rebates: with a line for each set "
        "of taxes, or for each product under it.",
    )
    channel_sub_document = fields.Selection(
        selection=[
            ("credit_note", "Credit note"),
            ("vendor_bill", "Vendor bill"),
            ("payment_entry", "Payment entry without tax"),
        ],
        string="Document of Sub-distributors",
        required=True,
        default="credit_note",
        help="What pays a sub-distributor, whom you have never invoiced. Ask your tax adviser.",
    )
    channel_sub_taxes = fields.Selection(
        selection=[("sales", "Those of the sell-out lines"), ("none", "None")],
        string="Taxes of Sub-distributors",
        required=True,
        default="sales",
        help="Taxes on the documents of sub-distributors. A vendor bill has the purchase taxes of "
        "the same rate, first of all those of the rebate product.",
    )
    channel_negative_correction = fields.Selection(
        selection=[
            ("carry", "Deducted from the next settlements"),
            ("debit_note", "Asked back by a debit note"),
        ],
        string="Negative Corrections",
        required=True,
        default="carry",
        help="What becomes of a supplementary settlement that comes to less than nothing. No more "
        "is asked back than the period has paid.",
    )
    channel_rebate_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Rebate Account",
        domain=[("account_type", "not in", NO_REBATE_ACCOUNTS)],
        check_company=True,
        help="Account of the rebates. Empty: those of the rebate product or its category, income "
        "on credit notes, expense on vendor bills and payment entries.",
    )
    channel_bill_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Journal of Vendor Bills",
        domain="[('type', '=', 'purchase')]",
        check_company=True,
        help="Journal of sub-distributors' vendor bills. Empty: the first one for purchases.",
    )
    channel_entry_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Journal of Payment Entries",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Journal of sub-distributors' payment entries. Empty: the first miscellaneous one.",
    )

    @api.constrains(
        "channel_rebate_journal_id", "channel_bill_journal_id", "channel_entry_journal_id"
    )
    def _check_channel_journals(self):
        for company in self:
            for name, journal_type in (
                ("channel_rebate_journal_id", "sale"),
                ("channel_bill_journal_id", "purchase"),
                ("channel_entry_journal_id", "general"),
            ):
                journal = company[name]
                if journal and journal.type != journal_type:
                    raise ValidationError(
                        self.env._(
                            "%(journal)s can't be “%(setting)s” of %(company)s: choose a journal "
                            "of the right type.",
                            journal=journal.display_name,
                            setting=self._fields[name].get_description(self.env)["string"],
                            company=company.name,
                        )
                    )

    @api.constrains("channel_rebate_account_id")
    def _check_channel_rebate_account(self):
        for company in self:
            account = company.channel_rebate_account_id
            if account.account_type in NO_REBATE_ACCOUNTS:
                raise ValidationError(
                    self.env._(
                        "%(account)s can't be the rebate account: choose one of income or expense.",
                        account=account.display_name,
                    )
                )
