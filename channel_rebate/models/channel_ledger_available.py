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
        """Return the table ``counting_available`` and what it is made of.

        It has a row a dealer, product, period and account of it: ``company_id, dealer_id,
        product_id, period_id, counted_on`` (day of the count that began the account, if any),
        ``has_counts`` (whether there are any) and ``share`` (of what was sold, 1 if there was
        enough).
        """
        return {
            "counting_shelf": self._shelf_query(),
            "counting_dealer": SQL(
                """
                SELECT company_id, dealer_id, MAX(date_to) AS date_to,
                       BOOL_OR(has_counts) AS has_counts
                  FROM counting_shelf
              GROUP BY company_id, dealer_id
                """
            ),
            "counting_supply": self._supply_query(),
            "counting_passed_on": self._passed_on_orders_query(),
            "counting_step": self._steps_query(),
            "counting_available": self._available_query(),
        }

    @api.model
    def _shelf_query(self):
        """Return the dealers' products of which sub-distributors bought in the periods."""
        return SQL(
            """
            SELECT party.company_id, batch.dealer_id, ordered.product_id,
                   MAX(party.date_to) AS date_to,
                   EXISTS (SELECT FROM channel_opening AS opening
                            WHERE opening.company_id = party.company_id
                              AND opening.dealer_id = batch.dealer_id
                              AND opening.product_id = ordered.product_id) AS has_counts
              FROM (%s) AS ordered
              JOIN counting_order_batch AS batch ON batch.id = ordered.batch_id
              JOIN counting_party AS party ON party.id = batch.party_id
              JOIN counting_product AS product ON product.id = ordered.product_id
             WHERE product.flaw IS NULL
               AND NOT ordered.is_downpayment
               AND batch.dealer_id IS NOT NULL
          GROUP BY party.company_id, batch.dealer_id, ordered.product_id
            """,
            self._packs_of("counting_ordered"),
        )

    @api.model
    def _available_query(self):
        return SQL(
            """
            WITH RECURSIVE taken AS (%(taken)s)
            SELECT taken.company_id, taken.dealer_id, taken.product_id, taken.counted_on,
                   shelf.has_counts, period.id AS period_id,
                   CASE WHEN ROUND(taken.sold - taken.counted, %(digits)s) > 0
                        THEN taken.counted / taken.sold ELSE 1 END AS share
              FROM taken
              JOIN channel_period AS period
                ON period.company_id = taken.company_id AND period.date_to = taken.date_to
              JOIN counting_shelf AS shelf
                ON shelf.company_id = taken.company_id
               AND shelf.dealer_id = taken.dealer_id
               AND shelf.product_id = taken.product_id
            """,
            digits=DIGITS,
            taken=self._taken_query(),
        )

    @api.model
    def _counted_on(self, row, has_counts, day):
        """Return SQL for the day of the last count by a day, of the product of a row.

        :param row: alias with ``company_id, dealer_id, product_id``
        :param has_counts: SQL of whether to look at all, which costs something for each row
        """
        return SQL(
            """CASE WHEN %(has_counts)s THEN (
                   SELECT MAX(opening.date) FROM channel_opening AS opening
                    WHERE opening.company_id = %(row)s.company_id
                      AND opening.dealer_id = %(row)s.dealer_id
                      AND opening.product_id = %(row)s.product_id
                      AND opening.date <= %(day)s) END""",
            row=row,
            has_counts=has_counts,
            day=day,
        )

    @api.model
    def _counted_on_shelf(self, day):
        return self._counted_on(SQL("shelf"), SQL("shelf.has_counts"), day)

    @api.model
    def _openings_query(self):
        return SQL(
            """
            SELECT shelf.company_id, shelf.dealer_id, shelf.product_id, (
                       SELECT MIN(period.date_to) FROM channel_period AS period
                        WHERE period.company_id = shelf.company_id
                          AND period.date_to >= opening.date) AS date_to,
                   opening.date AS counted_on, opening.quantity AS supplied, 0 AS sold
              FROM counting_shelf AS shelf
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
              FROM (%(sell_in)s UNION ALL %(sell_out)s UNION ALL %(openings)s) AS account
          GROUP BY account.company_id, account.dealer_id, account.product_id, account.counted_on,
                   account.date_to
            WINDOW steps AS (
                   PARTITION BY account.company_id, account.dealer_id, account.product_id,
                                account.counted_on
                   ORDER BY account.date_to)
            """,
            sell_in=self._supplied_query(),
            sell_out=self._passed_on_query(),
            openings=self._openings_query(),
        )

    @api.model
    def _taken_query(self):
        """Return what each period counts of what was sold in it, one period after the other."""
        return SQL(
            """
            SELECT company_id, dealer_id, product_id, counted_on, position, date_to, sold,
                   LEAST(sold, GREATEST(supplied, 0)) AS counted,
                   LEAST(sold, GREATEST(supplied, 0)) AS so_far
              FROM counting_step AS step
             WHERE position = 1
            UNION ALL
            SELECT step.company_id, step.dealer_id, step.product_id, step.counted_on,
                   step.position, step.date_to, step.sold, now.counted,
                   taken.so_far + now.counted
              FROM taken
              JOIN counting_step AS step
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
