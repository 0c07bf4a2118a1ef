from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_annual_average = fields.Selection(
        related="company_id.channel_annual_average", readonly=False
    )
