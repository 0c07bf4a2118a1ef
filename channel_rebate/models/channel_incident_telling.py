from markupsafe import Markup
from odoo import models

from ..const import KEEPER

ACTIVITY = "channel_rebate.mail_activity_type_incident"
# What the partner is told, and by which template.
TEMPLATES = {
    "accused": "channel_rebate.mail_template_incident_accused",
    "penalised": "channel_rebate.mail_template_incident_penalised",
    "answered": "channel_rebate.mail_template_incident_answered",
    "dismissed": "channel_rebate.mail_template_incident_dismissed",
}


class ChannelIncident(models.Model):
    """Who is told what: the partner by e-mail, the reporter by a message, keepers by activities."""

    _inherit = "channel.incident"

    def _tell_partner(self, what):
        """Send the e-mail, and note that it was sent, without its text.

        The e-mail about a penalty is between the company and the partner: colleagues read the
        penalty when the statement with it is approved.
        """
        template = self.env.ref(TEMPLATES[what], raise_if_not_found=False)
        told = self.filtered("partner_id.email") if template else self.browse()
        for incident in self:
            if incident in told:
                note = self.env._("The partner was told by e-mail.")
            else:
                note = self.env._(
                    "No e-mail was sent: %(partner)s has no address, or the template is gone. "
                    "Tell him in another way.",
                    partner=incident.partner_id.name,
                )
            incident.message_post(body=note)
        if told:
            # Without a link to the incident, where everybody who reads it would find the text.
            template.send_mail_batch(told.ids, email_values={"model": False, "res_id": False})

    def _tell_reporter(self, text):
        """Tell whoever reported it, unless it was found automatically or he decides himself."""
        for incident in self:
            # Elevated: a reporter who has left, or works for another company by now.
            reporter_sudo = incident.sudo().reported_by_id
            if reporter_sudo.active and reporter_sudo != self.env.user:
                incident.message_post(body=text, partner_ids=reporter_sudo.partner_id.ids)

    # === Activities === #

    def _call_keepers(self):
        """Give the keepers of the company an activity: each report has one, detected ones share."""
        for company, incidents in self.grouped("company_id").items():
            # Elevated: salespeople report, and activities are other people's.
            incidents_sudo = incidents.sudo()
            keepers = company.sudo()._get_members_of(KEEPER)
            detected = incidents_sudo.filtered(
                lambda record: record.is_detected and record.state == "reported"
            )
            for incident in incidents_sudo - detected:
                incident._schedule_activities(keepers - incident.reported_by_id)
            if detected and not detected._find_detected_with_activity():
                detected[-1]._schedule_activities(keepers)

    def _find_detected_with_activity(self):
        """Return what was found automatically in the company and still calls for a keeper."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_detected", "=", True),
                ("state", "=", "reported"),
                ("activity_ids.activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ],
            limit=1,
        )

    def _schedule_activities(self, keepers):
        self.ensure_one()
        for keeper in keepers:
            summary, note = self._prepare_activity_texts(keeper)
            self.activity_schedule(
                ACTIVITY,
                user_id=keeper.id,
                date_deadline=self.env.ref(ACTIVITY)._get_date_deadline(),
                summary=summary,
                note=Markup("<p>%s</p>") % note,
            )

    def _prepare_activity_texts(self, keeper):
        """Return summary and note in the keeper's language."""
        incident = self.with_context(lang=keeper.lang)
        if incident.state == "appealed":
            return (
                incident.env._("Decide the appeal"),
                incident.env._("%(incident)s was appealed.", incident=incident.display_name),
            )
        if incident.is_detected:
            return (
                incident.env._("Decide what was found"),
                incident.env._("Incidents were found automatically. Confirm or dismiss them."),
            )
        return (
            incident.env._("Decide the report"),
            incident.env._("%(incident)s was reported.", incident=incident.display_name),
        )

    def _dismiss_keepers(self):
        """Take back what calls for a decision that was made; call for what is left."""
        # Elevated: activities of the other keepers.
        self.sudo().with_context(active_test=False).activity_unlink([ACTIVITY])
        detected = self.filtered("is_detected")
        for company in detected.company_id:
            left = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("is_detected", "=", True),
                    ("state", "=", "reported"),
                ],
                limit=1,
            )
            left._call_keepers()

    def _get_portal_url(self):
        """Return where the partner reads it, in the portal."""
        self.ensure_one()
        return f"{self.get_base_url()}/my/incidents/{self.id}"
