from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_rebate_product_id = fields.Many2one(
        related="company_id.channel_rebate_product_id", readonly=False
    )
    channel_rebate_journal_id = fields.Many2one(
        related="company_id.channel_rebate_journal_id", readonly=False
    )
    channel_rebate_post_documents = fields.Boolean(
        related="company_id.channel_rebate_post_documents", readonly=False
    )
