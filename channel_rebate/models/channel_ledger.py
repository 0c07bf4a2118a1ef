from odoo import api, fields, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """What counts: the one place where sales are summed and statements written, in SQL.

    Every method takes all agreements of a run at once and sends a fixed number of statements,
    however many agreements and invoice lines there are. Amounts are in company currency.

    *Sell-in* (a dealer's base): posted customer invoices minus credit notes of the commercial
    partner, by invoice date, without tax; lines with goods only, no down payments, and never a
    document of a settlement. A credit note that reverses an invoice counts at that invoice's date.

    *Sell-out* (a sub-distributor's base): his confirmed sell-out orders with the dealer of his
    agreement, by the order's channel date, without tax.

    Each product falls under the most specific line of the agreement: variant, product, nearest
    category, all. Sales that no line covers do not count.
    """

    _name = "channel.ledger"
    _description = "Channel Sales Ledger"

    @api.model
    def _flush(self):
        """Write pending changes of everything that the statements below read."""
        for model in (
            "account.move",
            "account.move.line",
            "channel.agreement",
            "channel.agreement.line",
            "channel.period",
            "channel.settlement",
            "product.product",
            "product.template",
            "sale.order",
            "sale.order.line",
            "uom.uom",
        ):
            self.env[model].flush_model()

    @api.model
    def _base_query(self, agreements, until=None):
        """Return the SQL of the sales that count.

        :param until: last day that counts, if it comes before the end of the period

        Its rows: ``agreement_id, agreement_line_id, product_id, quantity, base_amount`` with the
        quantity in the product's unit and the base in company currency, net of tax.
        """
        return SQL(
            """
            WITH agreement AS (
                SELECT agreement.id, agreement.role, agreement.partner_id, agreement.company_id,
                       agreement.date_from, LEAST(period.date_to, %(until)s::date) AS date_to,
                       dealer.partner_id AS dealer_id
                  FROM channel_agreement AS agreement
                  JOIN channel_period AS period ON period.id = agreement.period_id
             LEFT JOIN channel_agreement AS dealer ON dealer.id = agreement.dealer_agreement_id
                 WHERE agreement.id = ANY(%(agreement_ids)s)
            ), sold AS (
                %(sell_in)s
                UNION ALL
                %(sell_out)s
            )
            SELECT sold.agreement_id, covering.id AS agreement_line_id, sold.product_id,
                   sold.quantity, sold.base_amount
              FROM sold
              JOIN product_product AS product ON product.id = sold.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category AS category ON category.id = template.categ_id
              JOIN LATERAL (
                    SELECT line.id
                      FROM channel_agreement_line AS line
                 LEFT JOIN product_category AS line_category ON line_category.id = line.categ_id
                     WHERE line.agreement_id = sold.agreement_id
                       AND (line.product_id = product.id
                            OR line.product_tmpl_id = template.id
                            OR category.parent_path LIKE line_category.parent_path || '%%'
                            OR line.applied_on = 'all')
                  ORDER BY line.product_id IS NULL, line.product_tmpl_id IS NULL,
                           length(line_category.parent_path) DESC NULLS LAST
                     LIMIT 1
                   ) AS covering ON true
            """,
            agreement_ids=agreements.ids,
            until=until,
            sell_in=self._sell_in_query(),
            sell_out=self._sell_out_query(),
        )

    @api.model
    def _sell_in_query(self):
        return SQL(
            """
            SELECT agreement.id AS agreement_id, line.product_id,
                   SUM(%(quantity)s) AS quantity,
                   SUM(%(amount)s) AS base_amount
              FROM agreement
              JOIN account_move AS move
                ON move.commercial_partner_id = agreement.partner_id
               AND move.company_id = agreement.company_id
         LEFT JOIN account_move AS origin
                ON origin.id = move.reversed_entry_id AND move.move_type = 'out_refund'
              %(joins)s
             WHERE agreement.role = 'dealer'
               AND COALESCE(origin.invoice_date, move.invoice_date)
                   BETWEEN agreement.date_from AND agreement.date_to
               AND %(condition)s
          GROUP BY agreement.id, line.product_id
            """,
            quantity=self._sell_in_quantity(),
            amount=self._sell_in_amount(),
            joins=self._sell_in_joins(),
            condition=self._sell_in_condition(),
        )

    @api.model
    def _sell_out_query(self):
        return SQL(
            """
            SELECT agreement.id AS agreement_id, line.product_id,
                   SUM(%(quantity)s) AS quantity,
                   ROUND(SUM(%(amount)s), currency.decimal_places) AS base_amount
              FROM agreement
              JOIN res_company AS company ON company.id = agreement.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              JOIN sale_order AS sale
                ON sale.channel_partner_id = agreement.partner_id
               AND sale.channel_dealer_id = agreement.dealer_id
               AND sale.company_id = agreement.company_id
              %(joins)s
             WHERE agreement.role = 'sub_distributor'
               AND sale.channel_order_date BETWEEN agreement.date_from AND agreement.date_to
               AND %(condition)s
          GROUP BY agreement.id, line.product_id, currency.decimal_places
            """,
            quantity=self._sell_out_quantity(),
            amount=self._sell_out_amount(),
            joins=self._sell_out_joins(),
            condition=self._sell_out_condition(),
        )

    # === Writing statements === #

    @api.model
    def _write_statements(self, settlement, agreements):
        """Insert the statements of a run and their lines; amounts and rates stay NULL.

        :param settlement: the run, with no statement yet
        :param agreements: those of the run, all of its period
        """
        self._flush()
        self._insert_statements(settlement, agreements)
        self._insert_lines(settlement, agreements)
        self._sum_bases(settlement)
        self.env.invalidate_all()

    @api.model
    def _insert_statements(self, settlement, agreements):
        self.env.execute_query(
            SQL(
                """
                WITH statement AS (
                    INSERT INTO channel_statement
                           (settlement_id, period_id, company_id, currency_id, state, partner_id,
                            role, create_uid, write_uid, create_date, write_date)
                    SELECT DISTINCT %(settlement_id)s, agreement.period_id, agreement.company_id,
                           agreement.currency_id, %(state)s, agreement.partner_id, agreement.role,
                           %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM channel_agreement AS agreement
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
    def _insert_lines(self, settlement, agreements):
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_statement_line
                       (statement_id, company_id, currency_id, agreement_line_id, product_id,
                        quantity, base_amount, create_uid, write_uid, create_date, write_date)
                SELECT statement.id, statement.company_id, statement.currency_id,
                       base.agreement_line_id, base.product_id, base.quantity, base.base_amount,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM (%(base)s) AS base
                  JOIN channel_statement_agreement_rel AS rel
                    ON rel.agreement_id = base.agreement_id
                  JOIN channel_statement AS statement ON statement.id = rel.statement_id
                 WHERE statement.settlement_id = %(settlement_id)s
              ORDER BY statement.id, base.product_id
             RETURNING id
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                base=self._base_query(agreements),
                settlement_id=settlement.id,
            )
        )

    @api.model
    def _sum_bases(self, settlement):
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET base_amount = COALESCE(
                       (SELECT SUM(line.base_amount) FROM channel_statement_line AS line
                         WHERE line.statement_id = statement.id), 0)
                 WHERE statement.settlement_id = %s
             RETURNING statement.id
                """,
                settlement.id,
            )
        )

    @api.model
    def _find_moved(self, settlement, agreements):
        """Return the agreements whose sales are no longer those that the run has written down."""
        self._flush()
        self.env["channel.statement"].flush_model()
        self.env["channel.statement.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT COALESCE(base.agreement_id, stored.agreement_id)
                  FROM (%(base)s) AS base
             FULL JOIN (
                       SELECT covering.agreement_id, line.agreement_line_id, line.product_id,
                              line.quantity, line.base_amount
                         FROM channel_statement_line AS line
                         JOIN channel_statement AS statement ON statement.id = line.statement_id
                         JOIN channel_agreement_line AS covering
                           ON covering.id = line.agreement_line_id
                        WHERE statement.settlement_id = %(settlement_id)s
                       ) AS stored
                    ON stored.agreement_id = base.agreement_id
                   AND stored.agreement_line_id = base.agreement_line_id
                   AND stored.product_id = base.product_id
                   AND stored.quantity = base.quantity
                   AND stored.base_amount = base.base_amount
                 WHERE base.agreement_id IS NULL OR stored.agreement_id IS NULL
                """,
                base=self._base_query(agreements),
                settlement_id=settlement.id,
            )
        )
        return agreements.browse(agreement_id for (agreement_id,) in rows)
