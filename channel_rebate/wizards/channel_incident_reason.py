from odoo import fields, models


class ChannelIncidentReason(models.TransientModel):
    """Ask why incidents are dismissed, or appeals turned down."""

    _name = "channel.incident.reason"
    _description = "Reason of a Decision"

    incident_ids = fields.Many2many(
        comodel_name="channel.incident", string="Incidents", required=True, readonly=True
    )
    verdict = fields.Selection(
        selection=[("dismiss", "Dismiss"), ("turn_down", "Turn down the appeal")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(
        required=True, help="Told to the partner if he knows of it, and to the reporter."
    )

    def action_decide(self):
        self.ensure_one()
        if self.verdict == "dismiss":
            self.incident_ids._dismiss(self.reason)
        else:
            self.incident_ids._turn_down(self.reason)
        return {"type": "ir.actions.act_window_close"}
