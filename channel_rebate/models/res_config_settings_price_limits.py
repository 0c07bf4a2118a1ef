from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    channel_floor_pricelist_id = fields.Many2one(
        related="company_id.channel_floor_pricelist_id", readonly=False
    )
    channel_floor_sell_in = fields.Selection(
        related="company_id.channel_floor_sell_in", readonly=False
    )
    channel_floor_sell_out = fields.Selection(
        related="company_id.channel_floor_sell_out", readonly=False
    )
    channel_ceiling_pricelist_id = fields.Many2one(
        related="company_id.channel_ceiling_pricelist_id", readonly=False
    )
    channel_ceiling_sell_out = fields.Selection(
        related="company_id.channel_ceiling_sell_out", readonly=False
    )
