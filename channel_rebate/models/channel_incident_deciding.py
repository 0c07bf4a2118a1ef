from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context, format_date

from ..const import KEEPER


class ChannelIncident(models.Model):
    """What a rate keeper decides: that it was so, that it was not, and what it costs."""

    _inherit = "channel.incident"

    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    dismissed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    dismiss_reason = fields.Text(string="Why it was Dismissed", readonly=True, copy=False)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("reported_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        is_keeper = self.env.user.has_group(KEEPER)
        for incident in self:
            incident.can_decide = is_keeper and incident.reported_by_id != self.env.user

    def _check_decider(self):
        """Let rate keepers decide, and nobody his own report.

        The reporter may write his report, so his access rights alone would not stop him.
        """
        if not self.env.user.has_group(KEEPER):
            raise AccessError(self.env._("Rate keepers decide incidents. Ask one of them."))
        # Elevated: reports of others may be out of sight, one's own are what counts.
        if own := self.sudo().filtered(lambda record: record.reported_by_id == self.env.user):
            raise UserError(
                self.env._(
                    "%(incidents)s: you have reported it, so another rate keeper has to decide.",
                    incidents=", ".join(own.mapped("display_name")),
                )
            )

    def action_confirm(self):
        """Confirm that it was so: the partner is told, and may appeal."""
        self._check_decider()
        self._move_to(
            "confirmed",
            allowed=("reported",),
            confirmed_by_id=self.env.uid,
            confirmed_on=fields.Datetime.now(),
        )
        today = fields.Date.context_today(self)
        for kind, incidents in self.grouped("type_id").items():
            deadline = today + relativedelta(days=kind.appeal_days)
            incidents._trusted().appeal_deadline = deadline
        self._dismiss_keepers()
        self._tell_partner("accused")
        self._tell_reporter(self.env._("It was confirmed, and the partner was told."))

    def action_dismiss(self):
        """Ask why."""
        self._check_decider()
        self._check_liftable()
        return self._ask_reason("dismiss", self.env._("Dismiss"))

    def _ask_reason(self, verdict, title):
        self._check_decider()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_incident_reason_action"
        )
        context = {"default_incident_ids": self.ids, "default_verdict": verdict}
        return {**action, "name": title, "context": context}

    def _dismiss(self, reason):
        """Drop it; who was told of it is told so. An appeal is won by that, a penalty lifted.

        :param str reason: stays on the incident; told to the partner if he knows of the incident
        """
        self._check_decider()
        self._check_liftable()
        known = self.filtered("confirmed_on")
        penalties = self.penalty_ids.filtered(lambda penalty: penalty.state == "confirmed")
        self._move_to(
            "dismissed",
            allowed=("reported", "confirmed", "appealed"),
            dismissed_by_id=self.env.uid,
            dismiss_reason=reason,
        )
        penalties._lift(reason)
        self._dismiss_keepers()
        known._tell_partner("dismissed")
        self._tell_reporter(self.env._("It was dismissed: %(reason)s", reason=reason))

    def _check_liftable(self):
        """Refuse what nothing could be given back for: the period of its penalty is closed."""
        if closed := self.penalty_ids.filtered(
            lambda penalty: penalty.state == "confirmed" and penalty.period_id.state == "closed"
        ):
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(incident)s: the penalty of %(period)s would be lifted, and that period "
                        "is closed. Reopen it first.",
                        incident=penalty.incident_id.display_name,
                        period=penalty.period_id.name,
                    )
                    for penalty in closed
                )
            )

    # === What it costs === #

    def action_penalise(self):
        """Propose what it costs; of several, each gets what its type says."""
        self.ensure_one()
        self._check_decider()
        self._check_penalisable(is_waived=True)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_incident_penalise_action"
        )
        return {**action, "context": {"default_incident_id": self.id}}

    def action_penalise_as_proposed(self):
        """Penalise each as its type says, with the step for repeaters."""
        self._check_decider()
        self._check_penalisable(is_waived=False)
        values = self._prepare_penalties()
        self._check_products(values)
        self._penalise(values)

    def _check_products(self, values):
        """Refuse those that would lose the rebate of a product and name none."""
        if missing := self.filtered(
            lambda incident: values[incident]["method"] == "product" and not incident.product_id
        ):
            raise UserError(
                self.env._(
                    "%(incidents)s: no product is named whose rebate could be lost. Penalise them "
                    "one by one, and choose it.",
                    incidents=", ".join(missing.mapped("display_name")),
                )
            )

    def _penalise(self, values, *, is_waived=False):
        """Create and confirm the penalties.

        :param dict values: values of a penalty by incident, see :meth:`_prepare_penalties`
        :param is_waived: the keeper knows that the days to appeal are not over
        """
        self._check_decider()
        self._check_penalisable(is_waived=is_waived)
        self._move_to("penalised", allowed=("confirmed",))
        self._create_penalties(values).action_confirm()
        self._dismiss_keepers()
        self._tell_partner("penalised")
        self._tell_reporter(self.env._("The partner was penalised for it."))

    def _create_penalties(self, values):
        """Create the penalties: what they are for is ours to say, and no default is."""
        Penalty = self.env["channel.penalty"].with_context(clean_context(self.env.context))
        penalties = Penalty._trusted().create(
            [{**values[incident], "incident_id": incident.id} for incident in self]
        )
        return penalties.with_env(self.env)

    def _check_penalisable(self, *, is_waived):
        """Refuse what is not confirmed, or may still be appealed unless that is waived."""
        if other := self.filtered(lambda incident: incident.state != "confirmed"):
            raise UserError(
                self.env._(
                    "%(incidents)s: only confirmed incidents can be penalised.",
                    incidents=", ".join(other.mapped("display_name")),
                )
            )
        if not is_waived and (early := self.filtered("can_appeal")):
            raise UserError(
                self.env._(
                    "The partner may still appeal:\n%(incidents)s\nWait, or penalise them one "
                    "by one, where you can say that you don't.",
                    incidents="\n".join(
                        self.env._(
                            "- %(incident)s: until %(day)s",
                            incident=incident.display_name,
                            day=format_date(self.env, incident.appeal_deadline),
                        )
                        for incident in early
                    ),
                )
            )

    def _follow_lift(self, reason):
        """A penalty was lifted by hand: the incident stays confirmed, without a penalty."""
        self.filtered(lambda record: record.state == "appealed")._trusted().write(
            {"state_before_appeal": "confirmed"}
        )
        if penalised := self.filtered(lambda record: record.state == "penalised"):
            penalised._move_to("confirmed", allowed=("penalised",))
        for incident in self:
            incident.message_post(
                body=self.env._("The penalty was lifted: %(reason)s", reason=reason)
            )
