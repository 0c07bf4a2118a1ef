from markupsafe import Markup
from odoo import models

from ..const import OFFICER

ACTIVITY = "channel_rebate.mail_activity_type_supplementary"
# As many names as an activity lists; the rest is counted.
MAX_NAMES = 20


class ChannelPeriod(models.Model):
    """The officers of a company have one activity each while a period needs a correction."""

    _name = "channel.period"
    _inherit = ["channel.period", "mail.thread", "mail.activity.mixin"]

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Everybody reads periods; what is said about one, partners by name, is for its keepers.

        Holders are those who may write periods.
        """
        return dict.fromkeys(self, "write")

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever follows is told what is said: nobody adds himself who could not read it."""
        if not self.has_access("write"):
            return False
        return super().message_subscribe(partner_ids, subtype_ids)

    def _tell_officers(self, *, is_news):
        """Bring the activities of the officers up to date (in sudo mode).

        Those that are there are changed. An officer who has marked his as done gets another only
        if there is news. When nothing is left to correct there are none.

        :param is_news: there is a partner of whom nothing was to be corrected before
        """
        self.ensure_one()
        activities = self.with_context(active_test=False).activity_search([ACTIVITY])
        if not self.needs_supplementary:
            activities.unlink()
            return
        for activity in activities.filtered("active"):
            values = self._prepare_supplementary_activity(activity.user_id)
            if activity.note != values["note"]:
                activity.write(values)
        told = (activities.filtered("active") if is_news else activities).user_id
        for officer in self.company_id._get_members_of(OFFICER) - told:
            self.activity_schedule(
                ACTIVITY,
                user_id=officer.id,
                date_deadline=self.env.ref(ACTIVITY)._get_date_deadline(),
                **self._prepare_supplementary_activity(officer),
            )

    def _prepare_supplementary_activity(self, user):
        """Return what an activity says, in its user's language: names, and no amount."""
        period = self.with_context(lang=user.lang)
        names = self.changed_partner_ids.sorted("name").mapped("name")
        if len(names) > MAX_NAMES:
            names = [*names[:MAX_NAMES], f"… (+{len(names) - MAX_NAMES})"]
        text = period.env._(
            "Sales or penalties have changed since the settlement: %(partners)s.",
            partners=", ".join(names),
        )
        return {
            "summary": period.env._(
                "%(period)s needs a supplementary settlement", period=self.name
            ),
            "note": Markup("<p>%s</p>") % text,
        }
