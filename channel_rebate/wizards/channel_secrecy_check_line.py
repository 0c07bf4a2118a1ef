from odoo import fields, models


class ChannelSecrecyCheckLine(models.TransientModel):
    _name = "channel.secrecy.check.line"
    _description = "Secrecy Check Line"

    check_id = fields.Many2one(
        comodel_name="channel.secrecy.check",
        string="Opened Check",
        required=True,
        ondelete="cascade",
    )
    name = fields.Char(string="Check", readonly=True)
    state = fields.Selection(
        selection=[("ok", "In order"), ("warning", "Look at this")], string="Result", readonly=True
    )
    note = fields.Text(string="What to Do", readonly=True)
