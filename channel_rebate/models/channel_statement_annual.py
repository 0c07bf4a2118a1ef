from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.annual import get_rate


class ChannelStatement(models.Model):
    """Year-end statements: coefficient × average hidden rebate × sales of the year.

    Computed from the live statements of the dealer's periods, which are revealed: nothing has to
    be unsealed, and there is no seal of its own to prove. Source: Design, §4.
    """

    _inherit = "channel.statement"

    source_ids = fields.Many2many(
        comodel_name="channel.statement",
        relation="channel_statement_source_rel",
        column1="statement_id",
        column2="source_id",
        string="Computed From",
        readonly=True,
        help="The statements of the year whose rebates and sales it is computed from.",
    )
    annual_ids = fields.Many2many(
        comodel_name="channel.statement",
        relation="channel_statement_source_rel",
        column1="source_id",
        column2="statement_id",
        string="Year-end Statements",
        readonly=True,
    )
    coefficient = fields.Float(
        digits=(6, 4),
        readonly=True,
        aggregator=None,
        help="Of the dealer's scorecard, as it was fixed when this was computed.",
    )
    annual_average = fields.Selection(
        selection=lambda self: self._get_annual_averages(),
        string="Average",
        readonly=True,
        help="How the average hidden rebate of the year is reckoned.",
    )

    _one_live_annual = models.UniqueIndex(
        "(partner_id, company_id, year, currency_id, COALESCE(number, 0)) "
        "WHERE kind = 'annual' AND state NOT IN ('cancelled', 'reversed')",
        "This dealer has a year-end statement for the year in another settlement already.",
    )

    def _get_annual_averages(self):
        company = self.env["res.company"]
        return company._fields["channel_annual_average"]._description_selection(self.env)

    def _get_period_name(self):
        """Return the period, or the year, as partners read it."""
        if self.kind != "annual":
            return super()._get_period_name()
        return self.env._("Year-end %(year)s", year=self.year)

    def _get_coefficient(self):
        """Return the coefficient as a decimal, exact to its last digit."""
        self.ensure_one()
        return Decimal(repr(self.coefficient))

    def _rests_on(self, basis):
        """Tell whether this year-end statement is computed from what there is now.

        :param basis: a ``YearBasis`` of the ledger, or None
        """
        self.ensure_one()
        own = self._get_coefficient(), set(self.source_ids.ids)
        return basis is not None and own == (basis.coefficient, basis.sources)

    # === Sums === #

    def _get_year_periods(self):
        """Return what each period has come to: ``{statement id: {period id: (base, gross)}}``.

        Exact decimals in the statement's currency, of what is settled and corrected together, in
        the order of time.
        """
        self.env["channel.ledger"]._flush_statements()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT relation.statement_id, source.period_id,
                       SUM(source.base_amount)::text, SUM(source.gross_amount)::text
                  FROM channel_statement_source_rel AS relation
                  JOIN channel_statement AS source ON source.id = relation.source_id
                  JOIN channel_period AS period ON period.id = source.period_id
                 WHERE relation.statement_id = ANY(%s)
              GROUP BY relation.statement_id, source.period_id, period.date_from
              ORDER BY period.date_from, source.period_id
                """,
                self._origin.ids,
            )
        )
        periods = {statement_id: {} for statement_id in self._origin.ids}
        for statement_id, period_id, base, gross in rows:
            periods[statement_id][period_id] = (Decimal(base or 0), Decimal(gross or 0))
        return periods

    def _get_year_rates(self):
        """Return what a unit of the year's sales earns, exactly: ``{statement id: Fraction}``."""
        periods = self._get_year_periods() if self else {}
        return {
            statement.id: get_rate(
                list(periods.get(statement._origin.id, {}).values()),
                statement.annual_average,
                statement._get_coefficient(),
            )
            for statement in self
        }

    def _get_rates(self, lines, secrets):
        """Return for lines of a year what its sales earn in percent: coefficient × average.

        They fall under no agreement line, and each unit of the year's sales earns the same.
        """
        covered = [line for line in lines if line.covering is not None]
        of_year = self.filtered(lambda statement: statement.kind == "annual")._get_year_rates()
        annual = {(statement_id, None): 100 * rate for statement_id, rate in of_year.items()}
        return super()._get_rates(covered, secrets) | annual

    # === Reversal === #

    def _check_not_corrected(self):  # pylint: disable=missing-return
        """Refuse also to take back what a year-end statement is computed from."""
        super()._check_not_corrected()
        later = self.annual_ids.filtered(lambda annual: annual.state in ("approved", "done"))
        if later:
            raise UserError(
                self.env._(
                    "%(partner)s: the year-end rebate %(settlement)s is computed from this one. "
                    "Reverse that one first.",
                    partner=later[0].partner_id.name,
                    settlement=later[0].settlement_id.name,
                )
            )

    # === Looking === #

    def action_open_sales(self):
        """Open the sales of the whole year: those behind the statements it is computed from."""
        annual = self.filtered(lambda statement: statement.kind == "annual")
        statements = (self - annual) | annual.source_ids
        return super(ChannelStatement, statements).action_open_sales()

    def action_open_sources(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_statement_action"
        )
        return {
            **action,
            "name": self.env._("Computed From"),
            "display_name": self.env._("Computed From"),
            "domain": [("id", "in", self.source_ids.ids)],
            "context": {},
        }
