from odoo import fields, models


class ChannelScorecardReturn(models.TransientModel):
    """Ask why scorecards are filled anew."""

    _name = "channel.scorecard.return"
    _description = "Return Scorecards"

    scorecard_ids = fields.Many2many(
        comodel_name="channel.scorecard", string="Scorecards", required=True
    )
    from_state = fields.Selection(
        selection=[("submitted", "To Review"), ("fixed", "Fixed")],
        required=True,
        default="submitted",
    )
    reason = fields.Text(required=True, help="The salesperson is told; it stays on the scorecard.")

    def action_return(self):
        self.ensure_one()
        self.scorecard_ids._send_back(self.from_state, self.reason)
        return {"type": "ir.actions.act_window_close"}
