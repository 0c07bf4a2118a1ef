from odoo import api, fields, models
from odoo.tools import SQL

from .channel_ledger_analyses import DIGITS


class ChannelLedger(models.AbstractModel):
    """What dealers should have left: what was counted last, and what came and went since.

    Where nothing was counted, all that came and went, from the sums by year. After a count it is
    from the sums by month, and up to the end of the month of the count from the documents: what is
    dated on the day of a count comes after it.
    """

    _inherit = "channel.ledger"

    @api.model
    def _left_query(self):
        """Return the SQL of what dealers should have left, a row a company, dealer and product.

        The id is that of the row's first event, told apart from those of the other kind.
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")

        def rounded(quantity):
            # Thirds and the like first, lest a half is cut short.
            return SQL("ROUND(ROUND(SUM(%s), %s), %s)", SQL(quantity), DIGITS // 2, digits)

        return SQL(
            """
            SELECT MIN(event.id) AS id, event.company_id, event.dealer_id, event.product_id,
                   MAX(event.opening_date) AS opening_date,
                   ROUND(SUM(event.opening), %(digits)s) AS opening_quantity,
                   %(sell_in)s AS sell_in_quantity, %(sell_out)s AS sell_out_quantity,
                   %(left)s AS quantity_left
              FROM (%(events)s) AS event
             WHERE event.dealer_id IS NOT NULL
          GROUP BY event.company_id, event.dealer_id, event.product_id
            """,
            digits=digits,
            sell_in=rounded("event.sell_in"),
            sell_out=rounded("event.sell_out"),
            left=rounded("event.opening + event.sell_in - event.sell_out"),
            events=self._stock_events_query(),
        )

    @api.model
    def _stock_events_query(self):
        """Return the SQL of what came and went, and of what was counted last."""
        is_counted = SQL(
            """counted.company_id = sales.company_id AND counted.dealer_id = sales.dealer_id
               AND counted.product_id = sales.product_id"""
        )
        from_whole_months = "JOIN (%s) AS counted ON %s AND sales.date >= counted.whole_months"
        before_them = """JOIN (%s) AS counted ON %s AND sales.date >= counted.date
                          AND sales.date < counted.whole_months"""
        counts = self._last_counts_query()
        events = [
            self._sales_events_query(sales, SQL(rest, counts, is_counted))
            for sales, rest in (
                (
                    self._summed_sales_query("year"),
                    "WHERE NOT EXISTS (SELECT FROM (%s) AS counted WHERE %s)",
                ),
                (self._summed_sales_query("month"), from_whole_months),
                (self._sales_query(), before_them),
            )
        ]
        return SQL(" UNION ALL ").join([*events, self._count_events_query(counts)])

    @api.model
    def _count_events_query(self, counts):
        return SQL(
            """
            SELECT 2 * counted.id::bigint + 1 AS id, counted.company_id, counted.dealer_id,
                   counted.product_id, counted.date AS opening_date, counted.quantity AS opening,
                   0::numeric AS sell_in, 0::numeric AS sell_out
              FROM (%s) AS counted
            """,
            counts,
        )

    @api.model
    def _sales_events_query(self, sales, rest):
        """Return sales as events.

        :param SQL sales: rows as those of ``_sales_query``
        :param SQL rest: what follows after FROM
        """
        return SQL(
            """
            SELECT 2 * sales.id AS id, sales.company_id, sales.dealer_id, sales.product_id,
                   NULL::date AS opening_date, 0::numeric AS opening,
                   sales.sell_in_quantity AS sell_in, sales.sell_out_quantity AS sell_out
              FROM (%s) AS sales
              %s
            """,
            sales,
            rest,
        )

    @api.model
    def _last_counts_query(self):
        """Return the last counts by today, with the day from which all months are whole ones."""
        return SQL(
            """
            SELECT opening.id, opening.company_id, opening.dealer_id, opening.product_id,
                   opening.date, opening.quantity,
                   -- The first day of a month is its own, of any other day that of the next one.
                   date_trunc('month', opening.date + interval '1 month - 1 day')::date
                       AS whole_months
              FROM channel_opening AS opening
             WHERE opening.date <= %(today)s
               AND NOT EXISTS (
                   SELECT FROM channel_opening AS later
                    WHERE later.company_id = opening.company_id
                      AND later.dealer_id = opening.dealer_id
                      AND later.product_id = opening.product_id
                      AND later.date > opening.date
                      AND later.date <= %(today)s)
            """,
            today=fields.Date.context_today(self),
        )
