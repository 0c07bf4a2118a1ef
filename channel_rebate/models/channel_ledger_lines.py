from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """The lines of statements: what the sales behind them add up to, by product and taxes."""

    _inherit = "channel.ledger"

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
                        quantity, base_amount, base_company_amount)
                SELECT own.id, own.company_id, own.company_currency_id, own.currency_id,
                       sums.agreement_line_id, sums.product_id, sums.tax_key,
                       sums.total_quantity, sums.total_base_amount,
                       sums.quantity, sums.base_amount, sums.base_company_amount
                  FROM counting_live AS own
                  JOIN (%(sums)s) AS sums ON sums.partner_id = own.partner_id
                 WHERE own.is_own
              ORDER BY own.id, sums.product_id, sums.agreement_line_id, sums.tax_key
                """,
                sums=self._line_sums_query(settlement),
            )
        )

    @api.model
    def _line_sums_query(self, settlement):
        """Return the SQL of new totals and of what of them is not settled yet, by partner."""
        totals = self._line_totals_query()
        if settlement.kind != "supplementary":
            return totals
        return SQL(
            """
            SELECT partner_id, agreement_line_id, product_id, tax_key,
                   SUM(total_quantity) AS total_quantity,
                   SUM(total_base_amount) AS total_base_amount,
                   SUM(quantity) AS quantity, SUM(base_amount) AS base_amount,
                   SUM(base_company_amount) AS base_company_amount
              FROM ((%s) UNION ALL (
                    SELECT live.partner_id, line.agreement_line_id, line.product_id, line.tax_key,
                           0, 0, -line.quantity, -line.base_amount, -line.base_company_amount
                      FROM counting_live AS live
                      JOIN channel_statement_line AS line ON line.statement_id = live.id
                   )) AS sums
          GROUP BY partner_id, agreement_line_id, product_id, tax_key
            """,
            totals,
        )

    @api.model
    def _line_totals_query(self):
        """Return the SQL of the sums of the sales behind live statements and those of this run."""
        return SQL(
            """
            SELECT sums.partner_id, sums.agreement_line_id, sums.product_id, sums.tax_key,
                   rounded.quantity AS total_quantity, rounded.base_amount AS total_base_amount,
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
                   SELECT %(quantity)s AS quantity, %(base)s AS base_amount,
                          %(company_base)s AS base_company_amount
                   OFFSET 0 -- is rounded once
                   ) AS rounded
            """,
            tax_key=self._settled_tax_key(),
            quantity=self._round_quantity(SQL("sums.quantity")),
            base=self._round(SQL("sums.base"), SQL("currency")),
            company_base=self._round(SQL("sums.company_base"), SQL("company_currency")),
        )

    @api.model
    def _totals(self):
        """Return the join of a statement ``own`` with the ``total`` of its lines."""
        return SQL(
            """
            CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(line.base_amount), 0) AS base_amount,
                          COALESCE(SUM(line.base_company_amount), 0) AS base_company_amount
                     FROM channel_statement_line AS line
                    WHERE line.statement_id = own.id) AS total
            """
        )
