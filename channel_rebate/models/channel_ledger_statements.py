from odoo import api, fields, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS, OTHERS, SUMS


class ChannelLedger(models.AbstractModel):
    """Writing statements: the sales of a run line by line, and what they add up to."""

    _inherit = "channel.ledger"

    @api.model
    def _write_statements(self, settlement, agreements):
        """Insert the statements of a run and their lines; amounts and rates stay NULL.

        :param settlement: the run, with no statement yet
        :param agreements: those of the run, all of its period
        """
        self._flush()
        self._flush_statements()
        self._insert_statements(settlement, agreements)
        self._lay_out_live(agreements, settlement)
        self._link_to_dealers(agreements)
        self._lay_out_sales(agreements, settlement.cutoff_date, is_kept=True)
        if settlement.kind == "supplementary":
            self._insert_sales(self._differences_query(self._counting_query()))
        else:
            packs = self._packs_query(is_kept=True)
            self._insert_packs(SQL("SELECT *, NULL::varchar AS change FROM (%s) AS pack", packs))
        self._insert_lines(settlement)
        self._write_sums(settlement)
        self.env.invalidate_all()

    @api.model
    def _insert_statements(self, settlement, agreements):
        self.env.execute_query(
            SQL(
                """
                WITH statement AS (
                    INSERT INTO channel_statement
                           (settlement_id, period_id, year,
                            company_id, company_currency_id, currency_id,
                            state, kind, number, partner_id, dealer_id, role,
                            create_uid, write_uid, create_date, write_date)
                    SELECT DISTINCT %(settlement_id)s, agreement.period_id, period.year,
                           agreement.company_id, company.currency_id, agreement.currency_id,
                           %(state)s, %(kind)s, %(number)s,
                           agreement.partner_id, agreement.partner_id, agreement.role,
                           %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                      FROM channel_agreement AS agreement
                      JOIN channel_period AS period ON period.id = agreement.period_id
                      JOIN res_company AS company ON company.id = agreement.company_id
                     WHERE agreement.id = ANY(%(agreement_ids)s)
                 RETURNING id, partner_id
                )
                INSERT INTO channel_statement_agreement_rel (statement_id, agreement_id)
                SELECT statement.id, agreement.id
                  FROM statement
                  JOIN channel_agreement AS agreement
                    ON agreement.partner_id = statement.partner_id
                 WHERE agreement.id = ANY(%(agreement_ids)s)
             RETURNING statement_id
                """,
                settlement_id=settlement.id,
                state=settlement.state,
                kind=settlement.kind,
                number=settlement.number,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                agreement_ids=agreements.ids,
            )
        )

    @api.model
    def _link_to_dealers(self, agreements):
        """Have each sub-distributor's statement point to that of his dealer in the same run."""
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET dealer_statement_id = dealer.id, dealer_id = dealer.partner_id
                  FROM channel_agreement AS agreement
                  JOIN counting_live AS own
                    ON own.partner_id = agreement.partner_id AND own.is_own
                  JOIN channel_agreement AS dealers ON dealers.id = agreement.dealer_agreement_id
                  JOIN counting_live AS dealer
                    ON dealer.partner_id = dealers.partner_id AND dealer.is_own
                 WHERE agreement.id = ANY(%s) AND statement.id = own.id
             RETURNING statement.id
                """,
                agreements.ids,
            )
        )

    @api.model
    def _insert_packs(self, packs):
        """Write the sales of a run down; see ``channel.statement.pack``.

        :param SQL packs: with the columns of that model, and ``partner_id``
        """
        columns = {name: SQL.identifier("pack", name) for name in ("is_counted", *OTHERS, *ARRAYS)}
        for name in SUMS:
            columns[name] = SQL("CASE WHEN pack.is_counted THEN %s ELSE 0 END", columns[name])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_statement_pack (statement_id, %(names)s)
                SELECT own.id, %(columns)s
                  FROM (%(packs)s) AS pack
                  JOIN counting_live AS own ON own.partner_id = pack.partner_id AND own.is_own
                """,
                names=SQL(", ").join(SQL.identifier(name) for name in columns),
                columns=SQL(", ").join(columns.values()),
                packs=packs,
            )
        )

    @api.model
    def _insert_sales(self, sales):
        """Pack sales, and write them down.

        :param SQL sales: a row a sale, with the columns of ``channel.statement.sale`` and with
            ``partner_id``
        """
        keys = SQL(
            """sale.partner_id, sale.agreement_line_id, sale.product_id, sale.tax_key,
               sale.is_counted, sale.reason, sale.change"""
        )
        self._insert_packs(
            SQL(
                "SELECT %(keys)s, %(packed)s FROM (%(sales)s) AS sale GROUP BY %(keys)s",
                keys=keys,
                packed=self._packed(is_kept=True),
                sales=sales,
            )
        )

    @api.model
    def _insert_lines(self, settlement):
        """Sum the sales up, together with those of what a correction corrects.

        A sum is rounded once: the difference is that of rounded sums, not a rounded difference.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_statement_line
                       (statement_id, company_id, company_currency_id, currency_id,
                        agreement_line_id, product_id, tax_key, total_quantity, total_base_amount,
                        quantity, base_amount, base_company_amount,
                        create_uid, write_uid, create_date, write_date)
                SELECT own.id, own.company_id, own.company_currency_id, own.currency_id,
                       sums.agreement_line_id, sums.product_id, sums.tax_key,
                       sums.total_quantity, sums.total_base_amount,
                       sums.quantity, sums.base_amount, sums.base_company_amount,
                       %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM counting_live AS own
                  JOIN (%(sums)s) AS sums ON sums.partner_id = own.partner_id
                 WHERE own.is_own
              ORDER BY own.id, sums.product_id, sums.agreement_line_id, sums.tax_key
                """,
                sums=self._line_sums_query(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _line_sums_query(self):
        """Return the SQL of new totals and of what of them is not settled yet, by partner."""
        return SQL(
            """
            SELECT partner_id, agreement_line_id, product_id, tax_key,
                   SUM(total_quantity) AS total_quantity,
                   SUM(total_base_amount) AS total_base_amount,
                   SUM(quantity) AS quantity, SUM(base_amount) AS base_amount,
                   SUM(base_company_amount) AS base_company_amount
              FROM ((%(total)s) UNION ALL (
                    SELECT live.partner_id, line.agreement_line_id, line.product_id, line.tax_key,
                           0, 0, -line.quantity, -line.base_amount, -line.base_company_amount
                      FROM counting_live AS live
                      JOIN channel_statement_line AS line ON line.statement_id = live.id
                   )) AS sums
          GROUP BY partner_id, agreement_line_id, product_id, tax_key
            """,
            total=SQL(
                """
                SELECT sums.partner_id, sums.agreement_line_id, sums.product_id, sums.tax_key,
                       rounded.*
                  FROM (SELECT live.partner_id, live.currency_id, live.company_currency_id,
                               sale.agreement_line_id, sale.product_id, %(tax_key)s AS tax_key,
                               SUM(sale.base_quantity) AS quantity, SUM(sale.base_amount) AS base,
                               SUM(sale.base_company_amount) AS company_base
                          FROM counting_live AS live
                          JOIN channel_statement_pack AS sale
                            ON sale.statement_id = live.id AND sale.is_counted
                      GROUP BY 1, 2, 3, 4, 5, 6) AS sums
                  JOIN res_currency AS currency ON currency.id = sums.currency_id
                  JOIN res_currency AS company_currency
                    ON company_currency.id = sums.company_currency_id
            CROSS JOIN LATERAL (
                       SELECT %(quantity)s AS total_quantity, %(base)s AS total_base_amount,
                              %(quantity)s AS quantity, %(base)s AS base_amount,
                              %(company_base)s AS base_company_amount) AS rounded
                """,
                tax_key=self._settled_tax_key(),
                quantity=self._round_quantity(SQL("sums.quantity")),
                base=self._round(SQL("sums.base"), SQL("currency")),
                company_base=self._round(SQL("sums.company_base"), SQL("company_currency")),
            ),
        )

    @api.model
    def _write_sums(self, settlement):
        """Write what statements come to, and what they were computed from."""
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET base_amount = COALESCE(total.base_amount, 0),
                       base_company_amount = COALESCE(total.base_company_amount, 0),
                       sales_digest = COALESCE(fresh.digest, 0)::text
                  FROM counting_live AS own
             LEFT JOIN (%(totals)s) AS total ON total.statement_id = own.id
             LEFT JOIN (%(digests)s) AS fresh ON fresh.partner_id = own.partner_id
                 WHERE own.id = statement.id AND own.is_own
             RETURNING statement.id
                """,
                totals=self._totals_query(settlement),
                digests=self._digests_query(),
            )
        )

    @api.model
    def _totals_query(self, settlement):
        return SQL(
            """
            SELECT line.statement_id, SUM(line.base_amount) AS base_amount,
                   SUM(line.base_company_amount) AS base_company_amount
              FROM channel_statement AS statement
              JOIN channel_statement_line AS line ON line.statement_id = statement.id
             WHERE statement.settlement_id = %s
          GROUP BY line.statement_id
            """,
            settlement.id,
        )
