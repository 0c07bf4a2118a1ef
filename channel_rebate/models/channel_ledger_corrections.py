from odoo import api, models
from odoo.tools import SQL

from .channel_ledger import SALE_KEY
from .channel_ledger_returns import DIGITS
from .channel_statement_pack import SUMMED


class ChannelLedger(models.AbstractModel):
    """What has changed since a period was settled: the same sums again, less what is settled.

    Live statements are those of approved settlements. What they have in their sales and lines adds
    up, document line by document line, to what the period has come to: each correction holds the
    differences to all before it.
    """

    _inherit = "channel.ledger"

    @api.model
    def _lay_out_live(self, agreements, settlement=None):
        """Lay out the live statements of the agreements' partners and periods.

        ``counting_live`` has a row each: ``id, partner_id, number, company_id, currency_id,
        company_currency_id, sales_digest, is_own``. ``counting_untold`` has the agreement lines
        and products of those of their lines that do not tell their taxes.

        :param settlement: a run whose statements are taken as well, as its own, although they are
            not approved yet
        """
        self._lay_out(
            {
                "counting_live": self._live_query(agreements, settlement),
                "counting_untold": SQL(
                    """
                    SELECT DISTINCT line.agreement_line_id, line.product_id
                      FROM counting_live AS live
                      JOIN channel_statement_line AS line ON line.statement_id = live.id
                     WHERE line.tax_key IS NULL
                    """
                ),
            }
        )

    @api.model
    def _live_query(self, agreements, settlement):
        return SQL(
            """
            SELECT statement.id, statement.partner_id, statement.number, statement.company_id,
                   statement.currency_id, statement.company_currency_id, statement.sales_digest,
                   COALESCE(statement.settlement_id = %(settlement_id)s, false) AS is_own
              FROM channel_statement AS statement
             WHERE (statement.partner_id, statement.period_id) IN (
                       SELECT partner_id, period_id FROM channel_agreement
                        WHERE id = ANY(%(agreement_ids)s))
               AND (statement.state IN ('approved', 'done')
                    OR statement.settlement_id = %(settlement_id)s)
            """,
            agreement_ids=agreements.ids,
            settlement_id=settlement.id if settlement else None,
        )

    @api.model
    def _find_changed(self, agreements, cutoff):
        """Return the partners whose sales no longer come to what was settled.

        By agreement line, product and tax set: an invoice that another of the same amount has
        replaced changes nothing.

        :param agreements: all versions of partners of one period, settled or not
        :param cutoff: day up to which payments are looked at on paid basis
        """
        if not agreements:
            return agreements.partner_id
        self._flush()
        self._flush_statements()
        self._lay_out_live(agreements)
        self._lay_out_sales(agreements, cutoff, SUMMED)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT difference.partner_id
                  FROM (SELECT partner_id
                          FROM ((%(fresh)s) UNION ALL (%(settled)s)) AS sums
                      GROUP BY partner_id, agreement_line_id, product_id, tax_key
                        HAVING SUM(quantity) != 0 OR SUM(base_amount) != 0
                               OR SUM(base_company_amount) != 0) AS difference
                """,
                fresh=self._summed_query(),
                settled=SQL(
                    """
                    SELECT live.partner_id, line.agreement_line_id, line.product_id, line.tax_key,
                           -line.quantity, -line.base_amount, -line.base_company_amount
                      FROM counting_live AS live
                      JOIN channel_statement_line AS line ON line.statement_id = live.id
                    """
                ),
            )
        )
        return agreements.partner_id.browse(sorted(partner_id for (partner_id,) in rows))

    @api.model
    def _summed_query(self):
        """Return the SQL of sums as statement lines have them, of the sales that are laid out."""
        return SQL(
            """
            SELECT sums.partner_id, sums.agreement_line_id, sums.product_id, sums.tax_key,
                   %(quantity)s AS quantity, %(base)s AS base_amount,
                   %(company_base)s AS base_company_amount
              FROM (SELECT sale.partner_id, sale.agreement_line_id, sale.product_id,
                           %(tax_key)s AS tax_key, SUM(sale.base_quantity) AS quantity,
                           SUM(sale.base_amount) AS base,
                           SUM(sale.base_company_amount) AS company_base
                      FROM (%(packs)s) AS sale
                     WHERE sale.is_counted
                  GROUP BY 1, 2, 3, 4) AS sums
              JOIN counting_party AS party ON party.partner_id = sums.partner_id
              JOIN res_currency AS currency ON currency.id = party.currency_id
              JOIN res_currency AS company_currency
                ON company_currency.id = party.company_currency_id
            """,
            tax_key=self._settled_tax_key(),
            quantity=self._round_quantity(SQL("sums.quantity")),
            base=self._round(SQL("sums.base"), SQL("currency")),
            company_base=self._round(SQL("sums.company_base"), SQL("company_currency")),
            packs=self._packs_query(SUMMED),
        )

    @api.model
    def _settled_tax_key(self):
        """Return SQL for the tax key under which a counted ``sale`` is compared with live ones.

        Lines that were settled before they told their taxes have none. What is corrected of them
        goes without as well: its documents then have the taxes that those had.
        """
        return SQL(
            """CASE WHEN (sale.agreement_line_id, sale.product_id) IN (
                        SELECT agreement_line_id, product_id FROM counting_untold)
                    THEN NULL ELSE sale.tax_key END"""
        )

    @api.model
    def _compare_query(self, sales):
        """Return the SQL of the sales as they are now and, negative, as live statements say."""
        return SQL(
            """
            SELECT true AS is_fresh, 0 AS number, sales.partner_id, agreement_line_id,
                   move_line_id, order_line_id, document, document_date, date, product_id,
                   tax_key, is_counted, reason, quantity, amount,
                   base_quantity, base_amount, base_company_amount
              FROM (%(sales)s) AS sales
         UNION ALL
            SELECT false, live.number, live.partner_id, agreement_line_id,
                   move_line_id, order_line_id, document, document_date, date, product_id,
                   tax_key, true, NULL, quantity, amount,
                   -base_quantity, -base_amount, -base_company_amount
              FROM counting_live AS live
              JOIN channel_statement_sale AS sale
                ON sale.statement_id = live.id AND sale.is_counted
             WHERE NOT live.is_own
            """,
            sales=sales,
        )

    @api.model
    def _differences_query(self, sales):
        """Return the SQL of sales that were added, removed or changed, and of what does not count.

        :param SQL sales: all sales of the partners and period, as they are now
        """
        return SQL(
            """
            SELECT partner_id, agreement_line_id, move_line_id, order_line_id, product_id, tax_key,
                   document, document_date, date, quantity, amount, reason,
                   base_quantity, base_amount, base_company_amount, is_different AS is_counted,
                   CASE WHEN NOT is_different THEN NULL
                        WHEN NOT was_counted THEN 'added'
                        WHEN NOT counts_now THEN 'removed'
                        ELSE 'changed' END AS change
              FROM (%s) AS difference
            """,
            self._compared_query(sales),
        )

    @api.model
    def _compared_query(self, sales):
        """Return a row a sale that differs, or that does not count, with what it is known by."""
        latest = "(ARRAY_AGG(%s ORDER BY is_fresh DESC, number DESC))[1] AS %s"
        known = SQL(", ").join(
            SQL(latest, SQL.identifier(name), SQL.identifier(name))
            for name in ("document", "document_date", "date", "quantity", "amount", "reason")
        )
        is_different = SQL(
            """(SUM(base_quantity) != 0 OR SUM(base_amount) != 0
                OR SUM(base_company_amount) != 0)"""
        )
        return SQL(
            """
            SELECT partner_id, agreement_line_id, move_line_id, order_line_id, product_id,
                   tax_key, %(known)s,
                   SUM(base_quantity) AS base_quantity, SUM(base_amount) AS base_amount,
                   SUM(base_company_amount) AS base_company_amount,
                   %(is_different)s AS is_different,
                   COALESCE(SUM(ABS(base_quantity) + ABS(base_amount))
                            FILTER (WHERE is_fresh), 0) != 0 AS counts_now,
                   COALESCE(SUM(base_quantity) FILTER (WHERE NOT is_fresh), 0) != 0
                   OR COALESCE(SUM(base_amount) FILTER (WHERE NOT is_fresh), 0) != 0
                       AS was_counted
              FROM (%(sales)s) AS compared
          GROUP BY partner_id, %(key)s
            HAVING %(is_different)s OR BOOL_OR(is_fresh AND NOT is_counted)
            """,
            known=known,
            is_different=is_different,
            sales=self._compare_query(sales),
            key=SALE_KEY,
        )

    @api.model
    def _flush_statements(self):
        for model in ("channel.statement", "channel.statement.line", "channel.statement.sale"):
            self.env[model].flush_model()

    @api.model
    def _round_quantity(self, quantity):
        """Return SQL for a quantity in the digits of one, without the noise of quotients."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL("ROUND(ROUND(%s, %s), %s)", quantity, DIGITS, digits)
