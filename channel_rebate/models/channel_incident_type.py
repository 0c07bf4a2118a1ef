from odoo import fields, models


class ChannelIncidentType(models.Model):
    """A kind of breach, and what it costs: the first time, and again."""

    _name = "channel.incident.type"
    _description = "Kind of Incident"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company")
    breach = fields.Selection(
        selection=[
            ("diversion", "Diversion"),
            ("undercutting", "Undercutting"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
