from odoo import api, models
from odoo.tools import SQL

from .channel_ledger_returns import DIGITS


class ChannelLedger(models.AbstractModel):
    """No more is passed on to sub-distributors than their dealer can have had.

    Looked at for each dealer and product, over all of his sub-distributors, whether their
    agreements are signed or not: who signs late or is settled apart changes nothing for the
    others. Goods move on the day of their own document; what was sold out is that of the period in
    which it counts. A count (an opening quantity) begins a new account: what was before it is in
    it. Sell-out before the first period was never counted and takes nothing away.

    Available in a period = opening quantity + sell-in − returns by its end − what earlier periods
    counted. Of what is sold beyond it, every line counts by the share ``available ÷ sold``.
    """

    _inherit = "channel.ledger"

    @api.model
    def _available_tables(self):
        """Return the table ``available``, a row a dealer, product, period and account of it.

        ``company_id, dealer_id, product_id, period_id, counted_on`` (day of the count that began
        the account, if any), ``share`` (of what was sold, 1 if there was enough).
        """
        return SQL(
            """
            shelf AS MATERIALIZED (
                SELECT ordered.company_id, ordered.dealer_id, ordered.product_id,
                       MAX(period.date_to) AS date_to
                  FROM ordered
                  JOIN channel_period AS period ON period.id = ordered.period_id
                 WHERE ordered.flaw IS NULL AND ordered.dealer_id IS NOT NULL
              GROUP BY ordered.company_id, ordered.dealer_id, ordered.product_id
            ), movement AS MATERIALIZED (
                %(sell_in)s
                UNION ALL
                %(sell_out)s
                UNION ALL
                %(openings)s
            ), step AS MATERIALIZED (
                %(steps)s
            ), taken AS (
                %(taken)s
            ), available AS MATERIALIZED (
                SELECT taken.company_id, taken.dealer_id, taken.product_id, taken.counted_on,
                       period.id AS period_id,
                       CASE WHEN ROUND(taken.sold - taken.counted, %(digits)s) > 0
                            THEN taken.counted / taken.sold ELSE 1 END AS share
                  FROM taken
                  JOIN channel_period AS period
                    ON period.company_id = taken.company_id AND period.date_to = taken.date_to
            )
            """,
            digits=DIGITS,
            sell_in=self._supplied_query(),
            sell_out=self._passed_on_query(),
            openings=self._openings_query(),
            steps=self._steps_query(),
            taken=self._taken_query(),
        )

    @api.model
    def _counted_on(self, row):
        """Return SQL for the day of the last count by the ``date`` of a row."""
        return SQL(
            """(SELECT MAX(opening.date) FROM channel_opening AS opening
                 WHERE opening.company_id = %(row)s.company_id
                   AND opening.dealer_id = %(row)s.dealer_id
                   AND opening.product_id = %(row)s.product_id
                   AND opening.date <= %(row)s.date)""",
            row=row,
        )

    @api.model
    def _supplied_query(self):
        """Return what dealers bought, in the first period that ends on that day or later."""
        return SQL(
            """
            SELECT shelf.company_id, shelf.dealer_id, shelf.product_id,
                   move.invoice_date AS date, (
                       SELECT MIN(period.date_to) FROM channel_period AS period
                        WHERE period.company_id = shelf.company_id
                          AND period.date_to >= move.invoice_date) AS date_to,
                   SUM(%(quantity)s) AS supplied, 0::numeric AS sold
              FROM shelf
              JOIN account_move AS move
                ON move.commercial_partner_id = shelf.dealer_id
               AND move.company_id = shelf.company_id
               AND move.invoice_date <= shelf.date_to
              JOIN account_move_line AS line
                ON line.move_id = move.id AND line.product_id = shelf.product_id
              %(product)s
             WHERE %(condition)s
          GROUP BY shelf.company_id, shelf.dealer_id, shelf.product_id, move.invoice_date
            """,
            quantity=self._sell_in_quantity(),
            product=self._product_joins(),
            condition=self._sell_in_condition(),
        )

    @api.model
    def _passed_on_query(self):
        """Return what they sold to sub-distributors, in the period in which it counts."""
        return SQL(
            """
            SELECT shelf.company_id, shelf.dealer_id, shelf.product_id, %(day)s AS date,
                   period.date_to, 0::numeric AS supplied, SUM(%(quantity)s) AS sold
              FROM shelf
              JOIN sale_order AS sale
                ON sale.channel_dealer_id = shelf.dealer_id
               AND sale.company_id = shelf.company_id
         LEFT JOIN sale_order AS origin ON origin.id = sale.channel_origin_order_id
              JOIN channel_period AS period
                ON period.company_id = shelf.company_id
               AND %(day)s BETWEEN period.date_from AND period.date_to
               AND period.date_to <= shelf.date_to
              JOIN sale_order_line AS line
                ON line.order_id = sale.id AND line.product_id = shelf.product_id
              %(product)s
             WHERE %(condition)s
          GROUP BY shelf.company_id, shelf.dealer_id, shelf.product_id, %(day)s, period.date_to
            """,
            day=self._sell_out_day(),
            quantity=self._sell_out_quantity(),
            product=self._product_joins(),
            condition=self._sell_out_condition(),
        )

    @api.model
    def _openings_query(self):
        return SQL(
            """
            SELECT shelf.company_id, shelf.dealer_id, shelf.product_id, opening.date, (
                       SELECT MIN(period.date_to) FROM channel_period AS period
                        WHERE period.company_id = shelf.company_id
                          AND period.date_to >= opening.date) AS date_to,
                   opening.quantity AS supplied, 0::numeric AS sold
              FROM shelf
              JOIN channel_opening AS opening
                ON opening.company_id = shelf.company_id
               AND opening.dealer_id = shelf.dealer_id
               AND opening.product_id = shelf.product_id
               AND opening.date <= shelf.date_to
            """
        )

    @api.model
    def _steps_query(self):
        """Return what was supplied by the end of each period and sold in it, account by account."""
        return SQL(
            """
            SELECT account.company_id, account.dealer_id, account.product_id, account.counted_on,
                   account.date_to, SUM(account.sold) AS sold,
                   SUM(SUM(account.supplied)) OVER steps AS supplied,
                   ROW_NUMBER() OVER steps AS position
              FROM (SELECT movement.*, %(counted_on)s AS counted_on FROM movement) AS account
          GROUP BY account.company_id, account.dealer_id, account.product_id, account.counted_on,
                   account.date_to
            WINDOW steps AS (
                   PARTITION BY account.company_id, account.dealer_id, account.product_id,
                                account.counted_on
                   ORDER BY account.date_to)
            """,
            counted_on=self._counted_on(SQL("movement")),
        )

    @api.model
    def _taken_query(self):
        """Return what each period counts of what was sold in it, one period after the other."""
        return SQL(
            """
            SELECT company_id, dealer_id, product_id, counted_on, position, date_to, sold,
                   LEAST(sold, GREATEST(supplied, 0)) AS counted,
                   LEAST(sold, GREATEST(supplied, 0)) AS so_far
              FROM step
             WHERE position = 1
            UNION ALL
            SELECT step.company_id, step.dealer_id, step.product_id, step.counted_on,
                   step.position, step.date_to, step.sold, now.counted,
                   taken.so_far + now.counted
              FROM taken
              JOIN step
                ON step.company_id = taken.company_id
               AND step.dealer_id = taken.dealer_id
               AND step.product_id = taken.product_id
               AND step.counted_on IS NOT DISTINCT FROM taken.counted_on
               AND step.position = taken.position + 1
        CROSS JOIN LATERAL (
                   SELECT LEAST(step.sold, GREATEST(step.supplied - taken.so_far, 0)) AS counted
                   ) AS now
            """
        )
