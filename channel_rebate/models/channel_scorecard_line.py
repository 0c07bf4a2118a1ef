from odoo import fields, models


class ChannelScorecardLine(models.Model):
    """A dealer's score under one criterion."""

    _name = "channel.scorecard.line"
    _description = "Score"
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        comodel_name="channel.scorecard", required=True, index=True, ondelete="cascade"
    )
    criterion_id = fields.Many2one(comodel_name="channel.scorecard.criterion", required=True)
    sequence = fields.Integer(default=10)
    score = fields.Float(digits=(6, 2))
