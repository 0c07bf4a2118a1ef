from odoo import api, models
from odoo.tools import SQL

# What sales are summed up by, besides the month.
DIMENSIONS = {
    "tier": "varchar",
    "dealer_id": "int4",
    "sub_distributor_id": "int4",
    "territory_id": "int4",
    "user_id": "int4",
    "company_id": "int4",
    "product_id": "int4",
    "unit_id": "int4",
}
KEYS = SQL(", ").join(map(SQL.identifier, DIMENSIONS))


class ChannelLedger(models.AbstractModel):
    """All sales of the channel, summed up by months: counted beforehand where nothing has changed.

    ``channel.sales.total`` keeps the sums, and marks of the months in which a partner's documents
    have changed since. What is marked is read from the documents.
    """

    _inherit = "channel.ledger"

    @api.model
    def _monthly_sales_query(self):
        """Return the SQL of all sales for analyses by months, ``lines`` document lines a row.

        A row has the first day of its month or, if read from a document, that of the document.
        """
        return SQL(" UNION ALL ").join(
            map(self._analysed_sales, (self._counted_months_query(), *self._marked_months_queries()))
        )

    @api.model
    def _counted_months_query(self):
        """Return the SQL of the sums that are up to date.

        A dealer's own sales are in his territory of today.
        """
        return SQL(
            """
            SELECT NULL::int8 AS id, total.tier, NULL::varchar AS document, NULL::int4 AS move_id,
                   NULL::int4 AS order_id, total.date, total.dealer_id, total.sub_distributor_id,
                   CASE total.tier WHEN 'sell_in' THEN partner.channel_territory_id
                                   ELSE total.territory_id END AS territory_id,
                   total.user_id, total.company_id, total.product_id, total.unit_id,
                   total.quantity, total.amount, total.lines
              FROM channel_sales_total AS total
         LEFT JOIN res_partner AS partner ON partner.id = total.dealer_id
             WHERE NOT EXISTS (
                   SELECT FROM channel_sales_mark AS mark
                    WHERE mark.tier = total.tier
                      AND mark.partner_id = COALESCE(total.sub_distributor_id, total.dealer_id)
                      AND total.date BETWEEN mark.date_from AND mark.date_to)
            """
        )

    @api.model
    def _marked_months_queries(self, marks=None):
        """Return the SQL of what is marked, from the documents: sell-in and sell-out.

        The documents are found first, mark by mark, whatever PostgreSQL thinks how many there are.

        :param SQL marks: where the marks are
        """
        marks = marks or SQL("channel_sales_mark")
        moves = SQL(
            """move.id = ANY(ARRAY(
                   SELECT found.id
                     FROM %s AS mark
               CROSS JOIN LATERAL (
                          SELECT move.id
                            FROM account_move AS move
                           WHERE move.commercial_partner_id = mark.partner_id
                             AND move.invoice_date BETWEEN mark.date_from AND mark.date_to
                             AND %s
                          OFFSET 0) AS found
                    WHERE mark.tier = 'sell_in'))""",
            marks,
            self._invoice_condition(),
        )
        orders = SQL(
            """sale.id = ANY(ARRAY(
                   SELECT found.id
                     FROM %s AS mark
               CROSS JOIN LATERAL (
                          SELECT sale.id
                            FROM sale_order AS sale
                           WHERE sale.channel_partner_id = mark.partner_id
                             AND sale.channel_order_date BETWEEN mark.date_from AND mark.date_to
                             AND %s
                          OFFSET 0) AS found
                    WHERE mark.tier = 'sell_out'))""",
            marks,
            self._order_condition(),
        )
        return self._all_sell_in_query(moves), self._all_sell_out_query(orders)

    @api.model
    def _summed_by_months(self, *sales):
        """Return the SQL of sales summed up by months.

        :param SQL sales: rows as those of ``_all_sell_in_query``
        """
        return SQL(
            """
            SELECT %(keys)s, date_trunc('month', sold.date::timestamp)::date AS date,
                   SUM(sold.quantity) AS quantity, SUM(sold.amount) AS amount,
                   SUM(sold.lines) AS lines
              FROM (%(sales)s) AS sold
          GROUP BY %(keys)s, date_trunc('month', sold.date::timestamp)
            """,
            keys=KEYS,
            sales=SQL(" UNION ALL ").join(sales),
        )
