from odoo import api, fields, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS, OTHERS, SUMS, WHOLE


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
        self._lay_out_sales(agreements, settlement.cutoff_date, WHOLE)
        if settlement.kind == "supplementary":
            self._insert_sales(self._differences_query(self._counting_query()))
        else:
            packs = self._packs_query(WHOLE)
            self._insert_packs(SQL("SELECT *, NULL::varchar AS change FROM (%s) AS pack", packs))
        self._insert_lines(settlement)
        self._write_sums()
        self.env.invalidate_all()

    @api.model
    def _insert_statements(self, settlement, agreements):
        """Insert a statement for each partner, a sub-distributor's pointing to his dealer's.

        Dealers' come first: a row that a transaction inserts and then changes has all its
        references checked twice.
        """
        self.env.execute_query(
            SQL(
                """
                WITH due AS MATERIALIZED (
                    SELECT agreement.partner_id, agreement.role, agreement.period_id, period.year,
                           agreement.company_id, company.currency_id AS company_currency_id,
                           agreement.currency_id, MAX(dealers.partner_id) AS dealer_id
                      FROM channel_agreement AS agreement
                      JOIN channel_period AS period ON period.id = agreement.period_id
                      JOIN res_company AS company ON company.id = agreement.company_id
                 LEFT JOIN channel_agreement AS dealers
                        ON dealers.id = agreement.dealer_agreement_id
                     WHERE agreement.id = ANY(%(agreement_ids)s)
                  GROUP BY agreement.partner_id, agreement.role, agreement.period_id, period.year,
                           agreement.company_id, company.currency_id, agreement.currency_id
                ), dealer AS (
                    %(dealers)s
                ), sub AS (
                    %(subs)s
                )
                INSERT INTO channel_statement_agreement_rel (statement_id, agreement_id)
                SELECT statement.id, agreement.id
                  FROM (SELECT * FROM dealer UNION ALL SELECT * FROM sub) AS statement
                  JOIN channel_agreement AS agreement
                    ON agreement.partner_id = statement.partner_id
                 WHERE agreement.id = ANY(%(agreement_ids)s)
             RETURNING statement_id
                """,
                agreement_ids=agreements.ids,
                dealers=self._insert_due_query(
                    settlement,
                    SQL("NULL::int, due.partner_id FROM due WHERE due.role = 'dealer'"),
                ),
                subs=self._insert_due_query(
                    settlement,
                    SQL(
                        """dealer.id, COALESCE(dealer.partner_id, due.partner_id)
                            FROM due LEFT JOIN dealer ON dealer.partner_id = due.dealer_id
                           WHERE due.role != 'dealer'"""
                    ),
                ),
            )
        )

    @api.model
    def _insert_due_query(self, settlement, dealers):
        """Return the SQL that inserts statements that are ``due``.

        :param SQL dealers: of the dealer's statement and the dealer, and what follows SELECT's list
        """
        return SQL(
            """
            INSERT INTO channel_statement
                   (settlement_id, state, kind, number, create_uid, write_uid, create_date,
                    write_date, partner_id, role, period_id, year, company_id,
                    company_currency_id, currency_id, dealer_statement_id, dealer_id)
            SELECT %(settlement_id)s, %(state)s, %(kind)s, %(number)s, %(uid)s, %(uid)s,
                   %(now)s::timestamp, %(now)s::timestamp, due.partner_id, due.role,
                   due.period_id, due.year, due.company_id, due.company_currency_id,
                   due.currency_id, %(dealers)s
         RETURNING id, partner_id
            """,
            settlement_id=settlement.id,
            state=settlement.state,
            kind=settlement.kind,
            number=settlement.number,
            uid=self.env.uid,
            now=fields.Datetime.now(),
            dealers=dealers,
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
                packed=self._packed(WHOLE),
                sales=sales,
            )
        )

    @api.model
    def _write_sums(self):
        """Write what statements come to, and what they were computed from.

        Summed first, into a table that is counted: statistics of statements may be of a time when
        there were none.
        """
        self._lay_out(
            {
                "counting_total": SQL(
                    """
                    SELECT own.id, total.*, fresh.digest
                      FROM counting_live AS own
                      %(totals)s
                 LEFT JOIN (%(digests)s) AS fresh ON fresh.partner_id = own.partner_id
                     WHERE own.is_own
                    """,
                    totals=self._totals(),
                    digests=self._digests_query(),
                )
            }
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET base_amount = total.base_amount,
                       base_company_amount = total.base_company_amount,
                       sales_digest = COALESCE(total.digest, 0)::text
                  FROM counting_total AS total
                 WHERE statement.id = total.id
             RETURNING statement.id
                """
            )
        )
