from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_rebate_line_detail = fields.Selection(
        related="company_id.channel_rebate_line_detail", readonly=False
    )
    channel_sub_document = fields.Selection(
        related="company_id.channel_sub_document", readonly=False
    )
    channel_sub_taxes = fields.Selection(related="company_id.channel_sub_taxes", readonly=False)
    channel_negative_correction = fields.Selection(
        related="company_id.channel_negative_correction", readonly=False
    )
    channel_rebate_account_id = fields.Many2one(
        related="company_id.channel_rebate_account_id", readonly=False
    )
    channel_bill_journal_id = fields.Many2one(
        related="company_id.channel_bill_journal_id", readonly=False
    )
    channel_entry_journal_id = fields.Many2one(
        related="company_id.channel_entry_journal_id", readonly=False
    )
