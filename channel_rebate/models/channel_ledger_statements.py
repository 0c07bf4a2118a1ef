from odoo import api, fields, models
from odoo.tools import SQL


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
        self._insert_statements(settlement, agreements)
        self._insert_sales(settlement, agreements)
        self._insert_lines(settlement)
        self._sum_bases(settlement)
        self.env.invalidate_all()

    @api.model
    def _insert_statements(self, settlement, agreements):
        self.env.execute_query(
            SQL(
                """
                WITH statement AS (
                    INSERT INTO channel_statement
                           (settlement_id, period_id, company_id, company_currency_id, currency_id,
                            state, partner_id, role, create_uid, write_uid, create_date, write_date)
                    SELECT DISTINCT %(settlement_id)s, agreement.period_id, agreement.company_id,
                           company.currency_id, agreement.currency_id, %(state)s,
                           agreement.partner_id, agreement.role,
                           %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                      FROM channel_agreement AS agreement
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
                uid=self.env.uid,
                now=fields.Datetime.now(),
                agreement_ids=agreements.ids,
            )
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET dealer_statement_id = dealer.id
                  FROM channel_statement_agreement_rel AS own
                  JOIN channel_agreement AS agreement ON agreement.id = own.agreement_id
                  JOIN channel_statement_agreement_rel AS dealers
                    ON dealers.agreement_id = agreement.dealer_agreement_id
                  JOIN channel_statement AS dealer ON dealer.id = dealers.statement_id
                 WHERE own.statement_id = statement.id
                   AND statement.settlement_id = %(settlement_id)s
                   AND dealer.settlement_id = %(settlement_id)s
             RETURNING statement.id
                """,
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _insert_sales(self, settlement, agreements):
        columns = SQL(
            """
            agreement_line_id, move_line_id, order_line_id, document, document_date, date,
            product_id, tax_key, is_counted, reason, quantity, amount, base_quantity, base_amount,
            base_company_amount
            """
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO channel_statement_sale (statement_id, %(columns)s)
                SELECT statement.id, %(columns)s
                  FROM (%(sales)s) AS sales
                  JOIN (SELECT id, partner_id AS settled_partner_id
                          FROM channel_statement
                         WHERE settlement_id = %(settlement_id)s) AS statement
                    ON statement.settled_partner_id = sales.partner_id
              ORDER BY statement.id, document_date, document, move_line_id, order_line_id, date
                """,
                columns=columns,
                sales=self._counting_query(agreements, settlement.cutoff_date),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _insert_lines(self, settlement):
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_statement_line
                       (statement_id, company_id, company_currency_id, currency_id,
                        agreement_line_id, product_id, tax_key, quantity, base_amount,
                        base_company_amount, create_uid, write_uid, create_date, write_date)
                SELECT statement.id, statement.company_id, statement.company_currency_id,
                       statement.currency_id, sale.agreement_line_id, sale.product_id, sale.tax_key,
                       ROUND(SUM(sale.base_quantity), %(digits)s), %(base)s, %(company_base)s,
                       %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM channel_statement AS statement
                  JOIN res_currency AS currency ON currency.id = statement.currency_id
                  JOIN res_currency AS company_currency
                    ON company_currency.id = statement.company_currency_id
                  JOIN channel_statement_sale AS sale ON sale.statement_id = statement.id
                 WHERE statement.settlement_id = %(settlement_id)s AND sale.is_counted
              GROUP BY statement.id, sale.agreement_line_id, sale.product_id, sale.tax_key,
                       currency.rounding, company_currency.rounding
              ORDER BY statement.id, sale.product_id, sale.agreement_line_id, sale.tax_key
             RETURNING id
                """,
                digits=self.env["decimal.precision"].precision_get("Product Unit"),
                base=self._round(SQL("SUM(sale.base_amount)"), SQL("currency")),
                company_base=self._round(
                    SQL("SUM(sale.base_company_amount)"), SQL("company_currency")
                ),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _sum_bases(self, settlement):
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET base_amount = COALESCE(total.base_amount, 0),
                       base_company_amount = COALESCE(total.base_company_amount, 0)
                  FROM channel_statement AS own
             LEFT JOIN LATERAL (
                       SELECT SUM(line.base_amount) AS base_amount,
                              SUM(line.base_company_amount) AS base_company_amount
                         FROM channel_statement_line AS line
                        WHERE line.statement_id = own.id
                       ) AS total ON true
                 WHERE own.id = statement.id AND own.settlement_id = %s
             RETURNING statement.id
                """,
                settlement.id,
            )
        )
