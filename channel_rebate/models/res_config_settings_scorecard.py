from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_max_coefficient = fields.Float(
        related="company_id.channel_max_coefficient", readonly=False
    )
