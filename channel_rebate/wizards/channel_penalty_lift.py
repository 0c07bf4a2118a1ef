from odoo import fields, models


class ChannelPenaltyLift(models.TransientModel):
    """Ask why the selected penalties are lifted."""

    _name = "channel.penalty.lift"
    _description = "Lift Penalties"

    penalty_ids = fields.Many2many(
        comodel_name="channel.penalty", string="Penalties", required=True
    )
    reason = fields.Text(required=True, help="It stays on the penalty.")

    def action_lift(self):
        self.ensure_one()
        self.penalty_ids._lift(self.reason)
        return {"type": "ir.actions.act_window_close"}
