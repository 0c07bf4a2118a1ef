from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_marketing_user_ids = fields.Many2many(
        related="company_id.channel_marketing_user_ids", readonly=False
    )
    channel_finance_user_ids = fields.Many2many(
        related="company_id.channel_finance_user_ids", readonly=False
    )
