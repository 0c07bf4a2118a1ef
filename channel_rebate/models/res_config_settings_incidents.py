from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_detect_incidents = fields.Boolean(
        related="company_id.channel_detect_incidents", readonly=False
    )
