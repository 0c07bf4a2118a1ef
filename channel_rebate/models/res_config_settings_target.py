from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_rebate_target = fields.Float(related="company_id.channel_rebate_target", readonly=False)
