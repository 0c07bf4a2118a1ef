from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.annual import is_year


class ChannelSettlement(models.Model):
    """What a settlement settles: a period or, at year's end, all periods of a company's year."""

    _inherit = "channel.settlement"

    year = fields.Char(
        size=4,
        compute="_compute_year",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        help="The fiscal year, named after the calendar year in which it ends.",
    )

    _period_or_year = models.Constraint(
        "CHECK ((kind = 'annual') = (period_id IS NULL))",
        "A year-end settlement has a year and no period, every other one a period.",
    )

    @api.model
    def _default_period_id(self):
        domain = [
            ("company_id", "=", self.env.company.id),
            ("state", "=", "open"),
            ("date_to", "<", fields.Date.context_today(self)),
        ]
        return self.env["channel.period"].search(domain, limit=1)

    @api.depends("kind")
    def _compute_period_id(self):
        """A year-end settlement has a year instead."""
        for settlement in self:
            if settlement.kind == "annual":
                settlement.period_id = False
            else:
                settlement.period_id = settlement.period_id or self._default_period_id()

    @api.depends("period_id.company_id")
    def _compute_company_id(self):
        for settlement in self:
            own = settlement.period_id.company_id or settlement.company_id
            settlement.company_id = own or self.env.company

    @api.depends("period_id.year", "kind")
    def _compute_year(self):
        """A year-end settlement begins with the last year that is over."""
        for settlement in self:
            settlement.year = (
                settlement.period_id.year or settlement.year or settlement._default_year()
            )

    def _default_year(self):
        company = self.company_id or self.env.company
        today = fields.Date.context_today(self)
        return str(int(company._get_channel_year(today)) - 1)

    @api.constrains("year", "period_id")
    def _check_year_of_period(self):
        for settlement in self.filtered("period_id"):
            if settlement.year != settlement.period_id.year:
                raise ValidationError(
                    self.env._(
                        "%(settlement)s: the year is that of %(period)s, %(year)s.",
                        settlement=settlement.name,
                        period=settlement.period_id.name,
                        year=settlement.period_id.year,
                    )
                )

    @api.depends("period_id.date_to", "year", "company_id")
    def _compute_is_period_over(self):
        today = fields.Date.context_today(self)
        for settlement in self:
            end = settlement._get_end()
            settlement.is_period_over = bool(end and end < today)

    @api.constrains("year", "kind")
    def _check_year(self):
        for settlement in self.filtered(lambda run: run.kind == "annual"):
            if not settlement._is_year_valid():
                raise ValidationError(
                    self.env._(
                        "%(settlement)s: the year has to be four digits, such as 2025.",
                        settlement=settlement.name,
                    )
                )

    def _is_year_valid(self):
        return is_year(self.year)

    def _get_periods(self):
        """Return the period or all periods of the year, open or closed."""
        self.ensure_one()
        if self.kind != "annual":
            return self.period_id
        return self.env["channel.period"].search(
            [("company_id", "=", self.company_id.id), ("year", "=", self.year)],
            order="date_from, id",
        )

    def _get_period_name(self):
        self.ensure_one()
        return self.period_id.name or self.year

    def _get_end(self):
        """Return the last day of the period or year, or nothing if there is none yet."""
        self.ensure_one()
        if self.kind != "annual":
            return self.period_id.date_to
        return (
            self.company_id._get_channel_year_dates(self.year)[1]
            if self._is_year_valid()
            else False
        )
