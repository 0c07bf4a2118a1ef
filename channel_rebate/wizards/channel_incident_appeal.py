from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChannelIncidentAppeal(models.TransientModel):
    """Enter an appeal that did not come through the portal."""

    _name = "channel.incident.appeal"
    _description = "Enter an Appeal"

    incident_id = fields.Many2one(comodel_name="channel.incident", required=True, readonly=True)
    date = fields.Date(string="Received on", required=True, default=fields.Date.context_today)
    text = fields.Text(string="What He Says", required=True)
    objection = fields.Char(compute="_compute_objection")
    is_accepted = fields.Boolean(string="Take it all the same")

    @api.depends("incident_id", "date")
    def _compute_objection(self):
        for wizard in self:
            day = wizard.date or fields.Date.context_today(wizard)
            wizard.objection = wizard.incident_id._appeal_error_message(day)

    @api.constrains("date")
    def _check_date(self):
        if self.filtered(lambda wizard: wizard.date > fields.Date.context_today(wizard)):
            raise ValidationError(self.env._("An appeal can't be received on a day to come."))

    def action_appeal(self):
        self.ensure_one()
        self.incident_id._check_decider()
        self.incident_id._appeal(self.text, self.date, is_accepted=self.is_accepted)
        return {"type": "ir.actions.act_window_close"}
