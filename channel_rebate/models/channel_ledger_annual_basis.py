from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class YearBasis(NamedTuple):
    """What a dealer's year-end rebate in a currency rests on, and what it was settled on last.

    Sources are ids of statements; a coefficient is a decimal, or None without a fixed scorecard.
    """

    partner_id: int
    currency_id: int
    coefficient: Decimal | None
    sources: set
    # Of the latest live year-end statement, if there is one.
    settled_id: int | None
    settled_coefficient: Decimal | None
    settled_average: str | None
    settled_sources: set

    def has_changed(self):
        """Tell whether the live year-end statement would be another one now."""
        if self.coefficient is None or not self.settled_id:
            return False
        settled = self.settled_coefficient, self.settled_sources
        return (self.coefficient, self.sources) != settled

    def is_due(self):
        """Tell whether there is a coefficient, and nothing is settled, or not as it is now."""
        return self.coefficient is not None and (not self.settled_id or self.has_changed())


class ChannelLedger(models.AbstractModel):
    """What year-end rebates rest on: live statements of dealers, and fixed scorecards."""

    _inherit = "channel.ledger"

    @api.model
    def _find_year_basis(self, company, year):
        """Return what the year-end rebates of a company and year rest on.

        :return: list of :class:`YearBasis`, by dealer and currency
        """
        self._flush()
        self._flush_statements()
        self.env["channel.scorecard"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT source.partner_id, source.currency_id, card.coefficient::text,
                       ARRAY_AGG(source.id), settled.id, settled.coefficient::text,
                       settled.annual_average, settled.sources
                  FROM channel_statement AS source
                  JOIN channel_period AS period ON period.id = source.period_id
             LEFT JOIN (%(cards)s) AS card ON card.partner_id = source.partner_id
             LEFT JOIN (%(settled)s) AS settled
                    ON settled.partner_id = source.partner_id
                   AND settled.currency_id = source.currency_id
                 WHERE source.company_id = %(company_id)s AND period.year = %(year)s
                   AND source.role = 'dealer' AND source.state IN ('approved', 'done')
              GROUP BY source.partner_id, source.currency_id, card.coefficient, settled.id,
                       settled.coefficient, settled.annual_average, settled.sources
              ORDER BY source.partner_id, source.currency_id
                """,
                cards=self._fixed_scorecards_query(company, year),
                settled=self._year_settled_query(company, year),
                company_id=company.id,
                year=year or None,
            )
        )
        return [self._read_year_basis(*row) for row in rows]

    @api.model
    def _read_year_basis(self, partner_id, currency_id, coefficient, sources, settled_id, *settled):
        settled_coefficient, settled_average, settled_sources = settled
        return YearBasis(
            partner_id,
            currency_id,
            None if coefficient is None else Decimal(coefficient),
            set(sources),
            settled_id,
            None if settled_coefficient is None else Decimal(settled_coefficient),
            settled_average,
            set(settled_sources or ()),
        )

    @api.model
    def _fixed_scorecards_query(self, company, year):
        return SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, coefficient
              FROM channel_scorecard
             WHERE company_id = %s AND year = %s AND state = 'fixed'
          ORDER BY partner_id, id DESC
            """,
            company.id,
            year or None,
        )

    @api.model
    def _year_settled_query(self, company, year):
        """Return the SQL of the latest live year-end statement of each dealer and currency."""
        return SQL(
            """
            SELECT DISTINCT ON (annual.partner_id, annual.currency_id)
                   annual.id, annual.partner_id, annual.currency_id, annual.coefficient,
                   annual.annual_average,
                   (SELECT ARRAY_AGG(relation.source_id)
                      FROM channel_statement_source_rel AS relation
                     WHERE relation.statement_id = annual.id) AS sources
              FROM channel_statement AS annual
             WHERE annual.company_id = %s AND annual.year = %s AND annual.kind = 'annual'
               AND annual.state IN ('approved', 'done')
          ORDER BY annual.partner_id, annual.currency_id, annual.number DESC
            """,
            company.id,
            year or None,
        )
