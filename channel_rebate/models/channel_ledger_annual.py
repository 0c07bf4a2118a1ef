from odoo import api, fields, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Writing year-end statements: from the live statements of a year to one of the year.

    A fixed number of queries, however many dealers there are. Nothing here knows a rate: what the
    statements come to is computed from their sources once this has written which ones they are.
    """

    _inherit = "channel.ledger"

    @api.model
    def _write_year_statements(self, settlement, rows):
        """Insert the statements of a year-end run and their lines; amounts stay NULL.

        :param settlement: the run, with no statement yet
        :param rows: list of :class:`YearBasis` that are due
        """
        self._flush()
        self._flush_statements()
        self._insert_year_statements(settlement, rows)
        self._insert_year_sources(settlement, rows)
        self._insert_year_lines(settlement)
        self._sum_bases(settlement)
        self.env.invalidate_all()

    @api.model
    def _sum_bases(self, settlement):
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET base_amount = total.base_amount,
                       base_company_amount = total.base_company_amount
                  FROM channel_statement AS own
                  %(totals)s
                 WHERE own.id = statement.id AND own.settlement_id = %(settlement_id)s
             RETURNING statement.id
                """,
                totals=self._totals(),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _insert_year_statements(self, settlement, rows):
        company = settlement.company_id
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_statement
                       (settlement_id, year, company_id, company_currency_id, currency_id,
                        state, kind, number, partner_id, dealer_id, role,
                        coefficient, annual_average,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(settlement_id)s, %(year)s, %(company_id)s, %(company_currency_id)s,
                       basis.currency_id, %(state)s, 'annual', %(number)s,
                       basis.partner_id, basis.partner_id, 'dealer',
                       basis.coefficient, basis.average,
                       %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM unnest(%(partners)s::int[], %(currencies)s::int[],
                              %(coefficients)s::numeric[], %(averages)s::text[])
                       AS basis(partner_id, currency_id, coefficient, average)
             RETURNING id
                """,
                settlement_id=settlement.id,
                year=settlement.year,
                company_id=company.id,
                company_currency_id=company.currency_id.id,
                state=settlement.state,
                number=settlement.number,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                partners=[row.partner_id for row in rows],
                currencies=[row.currency_id for row in rows],
                coefficients=[row.coefficient for row in rows],
                # A correction is reckoned like what it corrects, whatever the setting is now.
                averages=[row.settled_average or company.channel_annual_average for row in rows],
            )
        )

    @api.model
    def _insert_year_sources(self, settlement, rows):
        sources = [
            (row.partner_id, row.currency_id, source_id)
            for row in rows
            for source_id in sorted(row.sources)
        ]
        partners, currencies, ids = zip(*sources, strict=True)
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_statement_source_rel (statement_id, source_id)
                SELECT statement.id, source.id
                  FROM unnest(%(partners)s::int[], %(currencies)s::int[], %(ids)s::int[])
                       AS source(partner_id, currency_id, id)
                  JOIN channel_statement AS statement
                    ON statement.partner_id = source.partner_id
                   AND statement.currency_id = source.currency_id
                 WHERE statement.settlement_id = %(settlement_id)s
             RETURNING statement_id
                """,
                partners=list(partners),
                currencies=list(currencies),
                ids=list(ids),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _insert_year_lines(self, settlement):
        """Sum the lines of the year up, less those of the live statements that are corrected."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_statement_line
                       (statement_id, company_id, company_currency_id, currency_id,
                        product_id, tax_key, total_quantity, total_base_amount,
                        quantity, base_amount, base_company_amount)
                SELECT own.id, own.company_id, own.company_currency_id, own.currency_id,
                       sums.product_id, sums.tax_key,
                       SUM(sums.total_quantity), SUM(sums.total_base_amount),
                       SUM(sums.quantity), SUM(sums.base_amount), SUM(sums.base_company_amount)
                  FROM channel_statement AS own
                  JOIN (%(sums)s) AS sums ON sums.statement_id = own.id
                 WHERE own.settlement_id = %(settlement_id)s
              GROUP BY own.id, sums.product_id, sums.tax_key
              ORDER BY own.id, sums.product_id, sums.tax_key
             RETURNING id
                """,
                sums=self._year_sums_query(settlement),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _year_sums_query(self, settlement):
        return SQL(
            """
            SELECT relation.statement_id, line.product_id, line.tax_key,
                   line.quantity AS total_quantity, line.base_amount AS total_base_amount,
                   line.quantity, line.base_amount, line.base_company_amount
              FROM channel_statement AS statement
              JOIN channel_statement_source_rel AS relation
                ON relation.statement_id = statement.id
              JOIN channel_statement_line AS line ON line.statement_id = relation.source_id
             WHERE statement.settlement_id = %(settlement_id)s
         UNION ALL
            SELECT statement.id, line.product_id, line.tax_key,
                   0, 0, -line.quantity, -line.base_amount, -line.base_company_amount
              FROM channel_statement AS statement
              JOIN channel_statement AS earlier
                ON earlier.partner_id = statement.partner_id
               AND earlier.company_id = statement.company_id
               AND earlier.year = statement.year
               AND earlier.currency_id = statement.currency_id
               AND earlier.kind = 'annual' AND earlier.state IN ('approved', 'done')
              JOIN channel_statement_line AS line ON line.statement_id = earlier.id
             WHERE statement.settlement_id = %(settlement_id)s
            """,
            settlement_id=settlement.id,
        )
