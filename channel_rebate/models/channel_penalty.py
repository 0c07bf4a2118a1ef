from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class ChannelPenalty(models.Model):
    """What is deducted from a partner's rebate of a period for a breach of the agreement.

    ``draft → confirmed → lifted``, decided by a rate keeper. What is confirmed never changes; a
    lifted one is given back by the next settlement of the period. Up to the approval of the
    statement that deducts it only holders know of it. A sub-distributor's penalty is kept by the
    company: his dealer passes on the same as without it.
    """

    _name = "channel.penalty"
    _description = "Channel Penalty"
    _inherit = ["channel.workflow.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id.name", "partner_id.ref", "reason"]
    _check_company_auto = True
    _workflow_fields = frozenset(
        {
            "state",
            "incident_id",
            "confirmed_by_id",
            "confirmed_on",
            "lifted_by_id",
            "lifted_on",
            "lift_reason",
        }
    )
    # What can't change once it is confirmed.
    _decided_fields = frozenset(
        {
            "partner_id",
            "date",
            "period_id",
            "company_id",
            "currency_id",
            "reason",
            "method",
            "amount",
            "percent",
            "product_id",
            "harmed_dealer_id",
            "harmed_percent",
        }
    )

    # Who and what for
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        domain="[('channel_role', '!=', False), ('channel_is_entity', '=', True)]",
        check_company=True,
        tracking=True,
    )
    date = fields.Date(
        string="Date of the Breach",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Decides the period whose rebate it is deducted from.",
    )
    period_id = fields.Many2one(
        comodel_name="channel.period",
        compute="_compute_period_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True, precompute=True)
    reason = fields.Text(
        required=True, help="The partner is told: on the statement and on its document."
    )

    # How much
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="That of the partner's agreement.",
    )
    amount = fields.Monetary(help="Deducted from the rebate, without tax.")

    # The life of it
    state = fields.Selection(
        selection=[("draft", "Draft"), ("confirmed", "Confirmed"), ("lifted", "Lifted")],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, groups="base.group_user"
    )
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    lifted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, groups="base.group_user"
    )
    lifted_on = fields.Datetime(readonly=True, copy=False)
    lift_reason = fields.Text(string="Why it was Lifted", readonly=True, copy=False)

    _amount_positive = models.Constraint(
        "CHECK (COALESCE(amount, 0) > 0 OR method != 'fixed')",
        "A penalty has to be more than zero. To take one back, lift it.",
    )

    @api.depends("date")
    def _compute_period_id(self):
        """Take the period of the day; a day outside of all periods leaves the one that is there."""
        for penalty in self:
            penalty.period_id = (
                self.env["channel.period"].search(
                    [
                        ("company_id", "=", (penalty._origin.company_id or self.env.company).id),
                        ("date_from", "<=", penalty.date),
                        ("date_to", ">=", penalty.date),
                    ],
                    limit=1,
                )
                or penalty.period_id
            )

    @api.depends("partner_id", "period_id")
    def _compute_currency_id(self):
        agreements = self._find_agreements()
        for penalty in self:
            agreement = agreements.get((penalty.partner_id, penalty.period_id))
            company = penalty.period_id.company_id or self.env.company
            penalty.currency_id = agreement.currency_id[:1] if agreement else company.currency_id

    @api.depends("partner_id.name", "period_id.name", "date")
    def _compute_display_name(self):
        for penalty in self:
            names = (penalty.period_id.name, penalty.partner_id.name)
            day = format_date(self.env, penalty.date)
            penalty.display_name = " · ".join(filter(None, (*names, day)))

    @api.constrains("partner_id")
    def _check_partner(self):
        for penalty in self:
            partner = penalty.partner_id
            if not partner.channel_role or not partner.channel_is_entity:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is neither a dealer nor a sub-distributor. Choose the "
                        "company itself, not one of its contacts.",
                        partner=partner.display_name,
                    )
                )

    @api.constrains("date", "period_id")
    def _check_date(self):
        for penalty in self:
            period = penalty.period_id
            if not period.date_from <= penalty.date <= period.date_to:
                raise ValidationError(
                    self.env._(
                        "%(penalty)s: the date of the breach is not within %(period)s (%(start)s "
                        "to %(end)s). Choose the period of that day.",
                        penalty=penalty.display_name,
                        period=period.name,
                        start=format_date(self.env, period.date_from),
                        end=format_date(self.env, period.date_to),
                    )
                )

    @api.constrains("reason")
    def _check_reason(self):
        for penalty in self.filtered(lambda record: not record.reason.strip()):
            raise ValidationError(
                self.env._("%(penalty)s: say what for.", penalty=penalty.display_name)
            )

    def write(self, vals):
        if self._decided_fields & vals.keys():
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        if decided := self.filtered(lambda penalty: penalty.state != "draft"):
            raise UserError(
                self.env._(
                    "%(penalties)s was confirmed and can't change any more. Lift it, and enter "
                    "another one.",
                    penalties=", ".join(decided.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if kept := self.filtered(lambda penalty: penalty.state != "draft"):
            raise UserError(
                self.env._(
                    "%(penalties)s can't be deleted: it was confirmed. Lift it instead.",
                    penalties=", ".join(kept.mapped("display_name")),
                )
            )

    # === Buttons === #

    def action_confirm(self):
        """Have the next settlement of the period deduct it (keeper, by access right)."""
        self.period_id._check_open()
        self._check_currency()
        self._move_to(
            "confirmed",
            allowed=("draft",),
            confirmed_by_id=self.env.uid,
            confirmed_on=fields.Datetime.now(),
        )
        self.env["channel.period.check"]._mark_periods(self.period_id)

    def action_lift(self):
        """Ask why."""
        self.period_id._check_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_penalty_lift_action"
        )
        return {**action, "context": {"default_penalty_ids": self.ids}}

    def _lift(self, reason):
        """Take it back (keeper, by access right); what was deducted comes with a correction."""
        self.period_id._check_open()
        self._move_to(
            "lifted",
            allowed=("confirmed",),
            lifted_by_id=self.env.uid,
            lifted_on=fields.Datetime.now(),
            lift_reason=reason,
        )
        self.env["channel.period.check"]._mark_periods(self.period_id)
