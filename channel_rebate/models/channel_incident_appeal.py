from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ChannelIncident(models.Model):
    """The partner's appeal: once, until a day, in the portal or through a rate keeper.

    A penalty stays while it is decided; an appeal that is won lifts it, and the next settlement
    gives back what was deducted.
    """

    _inherit = "channel.incident"

    appeal_deadline = fields.Date(
        readonly=True, copy=False, help="The last day on which the partner may appeal."
    )
    appealed_on = fields.Date(readonly=True, copy=False)
    appeal_text = fields.Text(string="Appeal", readonly=True, copy=False)
    appeal_answer = fields.Text(
        string="Answer to the Appeal",
        readonly=True,
        copy=False,
        help="Why it was turned down, as the partner was told.",
    )
    state_before_appeal = fields.Selection(
        selection=[("confirmed", "Confirmed"), ("penalised", "Penalised")],
        readonly=True,
        copy=False,
    )
    can_appeal = fields.Boolean(
        string="May Still Appeal", compute="_compute_can_appeal", search="_search_can_appeal"
    )

    @api.depends("state", "appeal_deadline", "appealed_on")
    def _compute_can_appeal(self):
        today = fields.Date.context_today(self)
        for incident in self:
            incident.can_appeal = incident._can_appeal_on(today)

    def _can_appeal_on(self, day):
        self.ensure_one()
        is_open = self.state in ("confirmed", "penalised") and not self.appealed_on
        return bool(is_open and self.appeal_deadline and day <= self.appeal_deadline)

    def _search_can_appeal(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "in", ("confirmed", "penalised")),
            ("appealed_on", "=", False),
            ("appeal_deadline", ">=", fields.Date.context_today(self)),
        ]

    def _appeal_error_message(self, day):
        """Return why an appeal that came on a day is none, or nothing."""
        self.ensure_one()
        if self._can_appeal_on(day):
            return None
        if self.appealed_on:
            return self.env._(
                "%(number)s was appealed on %(day)s already.",
                number=self.name,
                day=format_date(self.env, self.appealed_on),
            )
        if self.state not in ("confirmed", "penalised"):
            return self.env._("%(number)s can't be appealed now.", number=self.name)
        return self.env._(
            "%(number)s could be appealed until %(day)s.",
            number=self.name,
            day=format_date(self.env, self.appeal_deadline),
        )

    def action_appeal(self):
        """Enter an appeal that came by letter or telephone."""
        self.ensure_one()
        self._check_decider()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_incident_appeal_action"
        )
        return {**action, "context": {"default_incident_id": self.id}}

    def _appeal(self, text, day, *, is_accepted=False):
        """Note the partner's appeal, and have the keepers decide it.

        :param str text: what he says
        :param date day: when it came
        :param is_accepted: a keeper takes it although it is late, or not the first
        """
        self.ensure_one()
        if not is_accepted and (message := self._appeal_error_message(day)):
            raise UserError(message)
        if not text.strip():
            raise UserError(
                self.env._("%(number)s: say why you appeal against it.", number=self.name)
            )
        before = self.state
        self._move_to(
            "appealed",
            allowed=("confirmed", "penalised"),
            state_before_appeal=before,
            appealed_on=day,
            appeal_text=text,
            appeal_answer=False,
        )
        self.message_post(body=self.env._("Appeal: %(text)s", text=text))
        self._call_keepers()

    def action_turn_down(self):
        """Ask why."""
        return self._ask_reason("turn_down", self.env._("Turn Down"))

    def _turn_down(self, reason):
        """Let the decision stand as it was before the appeal; the partner is told why."""
        self._check_decider()
        before = {incident: incident.state_before_appeal for incident in self}
        for state, incidents in self.grouped(before.get).items():
            incidents._move_to(state or "confirmed", allowed=("appealed",), appeal_answer=reason)
        self._dismiss_keepers()
        self._tell_partner("answered")
        self._tell_reporter(self.env._("The partner has appealed, without success."))
