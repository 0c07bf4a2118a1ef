from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_accrual_journal_id = fields.Many2one(
        related="company_id.channel_accrual_journal_id", readonly=False
    )
    channel_accrual_expense_account_id = fields.Many2one(
        related="company_id.channel_accrual_expense_account_id", readonly=False
    )
    channel_accrual_liability_account_id = fields.Many2one(
        related="company_id.channel_accrual_liability_account_id", readonly=False
    )
    channel_accrual_user_id = fields.Many2one(
        related="company_id.channel_accrual_user_id", readonly=False
    )
