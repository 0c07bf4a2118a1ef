from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date


class ChannelPeriod(models.Model):
    """The time for which rates are sealed and after which they are settled, such as a quarter."""

    _name = "channel.period"
    _description = "Channel Period"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The last day that belongs to the period.",
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("closed", "Closed")],
        string="Status",
        required=True,
        default="open",
        help="Nothing can be agreed or settled in a closed period.",
    )
    agreement_count = fields.Integer(compute="_compute_agreement_count")

    _date_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A period can't end before it begins."
    )
    # For two users at once; deferred, so that the check in Python, which names the other period,
    # comes first.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) DEFERRABLE INITIALLY DEFERRED",
        "Another period of this company has some of these days already.",
    )

    @api.model
    def _default_date_from(self):
        """The day after the last period, or the first day of the coming quarter."""
        last = self.search(
            [("company_id", "=", self.env.company.id)], limit=1, order="date_to desc"
        )
        if last:
            return last.date_to + relativedelta(days=1)
        today = fields.Date.context_today(self)
        return today.replace(day=1, month=today.month - (today.month - 1) % 3) + relativedelta(
            months=3
        )

    @api.depends("date_from", "date_to")
    def _compute_name(self):
        for period in self:
            if period.name or not (period.date_from and period.date_to):
                continue
            quarter_end = period.date_from + relativedelta(months=3, days=-1)
            if period.date_from.month % 3 == 1 and period.date_to == quarter_end:
                period.name = f"{period.date_from.year}-Q{period.date_from.month // 3 + 1}"
            else:
                period.name = f"{period.date_from} – {period.date_to}"

    @api.depends("date_from")
    def _compute_date_to(self):
        for period in self:
            if period.date_from and not period.date_to:
                period.date_to = period.date_from + relativedelta(months=3, days=-1)

    @api.depends_context("uid")
    def _compute_agreement_count(self):
        """Count what the reader may see: everybody reads periods, not everybody agreements."""
        Agreement = self.env["channel.agreement"]
        counts = {}
        if Agreement.has_access("read"):
            counts = dict(
                Agreement._read_group([("period_id", "in", self.ids)], ["period_id"], ["__count"])
            )
        for period in self:
            period.agreement_count = counts.get(period, 0)

    @api.constrains("date_from", "date_to", "company_id")
    def _check_no_overlap(self):
        for period in self:
            other = self.search(
                [
                    ("id", "!=", period.id),
                    ("company_id", "=", period.company_id.id),
                    ("date_from", "<=", period.date_to),
                    ("date_to", ">=", period.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(period)s overlaps %(other)s (%(start)s to %(end)s). Choose dates "
                        "outside of it.",
                        period=period.name,
                        other=other.name,
                        start=format_date(self.env, other.date_from),
                        end=format_date(self.env, other.date_to),
                    )
                )

    @api.constrains("date_from", "date_to", "company_id")
    def _check_dates_not_in_use(self):
        """Dates are part of what was sealed."""
        used = self.env["channel.agreement"].search(
            [("period_id", "in", self.ids), ("state", "not in", ("draft", "cancelled"))], limit=1
        )
        if used:
            raise ValidationError(
                self.env._(
                    "The dates of %(period)s are part of sealed agreements and can't change.",
                    period=used.period_id.name,
                )
            )

    def write(self, vals):
        """Agreements in draft that begin with their period go on doing so."""
        if not {"date_from", "date_to"} & vals.keys():
            return super().write(vals)
        # Elevated: officers keep periods and may not write agreements.
        drafts_sudo = (
            self.env["channel.agreement"]
            .sudo()
            .search([("period_id", "in", self.ids), ("state", "=", "draft")])
        )
        following_sudo = drafts_sudo.filtered(
            lambda agreement: agreement.date_from == agreement.period_id.date_from
        )
        result = super().write(vals)
        for agreement_sudo in following_sudo:
            agreement_sudo.date_from = agreement_sudo.period_id.date_from
        drafts_sudo._check_date_from()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        if used := self.filtered("agreement_count"):
            raise UserError(
                self.env._(
                    "%(periods)s can't be deleted: there are agreements for it. Close it instead.",
                    periods=", ".join(used.mapped("name")),
                )
            )

    def action_close(self):
        self.state = "closed"

    def action_reopen(self):
        self.state = "open"

    def action_create_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_create_action"
        )
        return {**action, "context": {"default_period_id": self.id}}

    def action_open_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_action"
        )
        return {
            **action,
            "domain": [("period_id", "=", self.id)],
            "context": {"default_period_id": self.id},
        }

    def _check_open(self):
        if closed := self.filtered(lambda period: period.state == "closed"):
            raise UserError(
                self.env._(
                    "%(periods)s is closed. Reopen it first.",
                    periods=", ".join(closed.mapped("name")),
                )
            )

    def _create_agreements(self, partners, template_lines, *, copy_terms=True, copy_rates=False):
        """Make one draft agreement for each partner.

        :param partners: dealers or sub-distributors; those with a live agreement are left out
        :param template_lines: line values for partners that have nothing to copy
        :param copy_terms: take each partner's lines from his latest agreement
        :param copy_rates: take its rates as well; never by itself
        :return: the new agreements
        """
        self.ensure_one()
        if copy_rates:
            self.env["channel.rate"]._check_may_copy()
        self._check_open()
        Agreement = self.env["channel.agreement"]
        taken = Agreement.search([("period_id", "=", self.id), ("state", "!=", "cancelled")])
        partners -= taken.partner_id
        sources = self._find_latest_agreements(partners) if copy_terms else {}
        dealers = partners.filtered(lambda partner: partner.channel_role == "dealer")
        created = Agreement
        # Dealers first: a sub-distributor's agreement looks for his dealer's when it is made.
        for group in (dealers, partners - dealers):
            created |= Agreement.create(
                [
                    self._prepare_agreement_values(partner, sources.get(partner), template_lines)
                    for partner in group
                ]
            )
        if copy_rates:
            self.env["channel.rate"]._copy_rates(
                [
                    (sources[agreement.partner_id], agreement)
                    for agreement in created
                    if agreement.partner_id in sources
                ]
            )
        return created

    def _prepare_agreement_values(self, partner, source, template_lines):
        lines = source.line_ids._prepare_copy_values() if source else template_lines
        return {
            **(source._prepare_copy_terms() if source else {}),
            "partner_id": partner.id,
            "period_id": self.id,
            "line_ids": [Command.create(values) for values in lines],
        }

    def _find_latest_agreements(self, partners):
        """Return each partner's latest agreement before this period, as a dictionary."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (agreement.partner_id) agreement.id
                     FROM channel_agreement AS agreement
                     JOIN channel_period AS period ON period.id = agreement.period_id
                    WHERE agreement.partner_id = ANY(%s)
                      AND agreement.company_id = %s
                      AND agreement.state != 'cancelled'
                      AND period.date_to < %s
                 ORDER BY agreement.partner_id, period.date_to DESC, agreement.version DESC""",
                partners.ids,
                self.company_id.id,
                self.date_from,
            )
        )
        agreements = self.env["channel.agreement"].browse(agreement_id for (agreement_id,) in rows)
        return {agreement.partner_id: agreement for agreement in agreements}
