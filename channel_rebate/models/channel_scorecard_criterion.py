from odoo import fields, models


class ChannelScorecardCriterion(models.Model):
    """What a dealer is measured by at year's end, and how much it weighs."""

    _name = "channel.scorecard.criterion"
    _description = "Scorecard Criterion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company")
    weight = fields.Float(required=True, default=1.0)
    scale = fields.Integer(string="Highest Score", required=True, default=10)
