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
    "unit_id": "int4",
    "product_id": "int4",
}
# Without the products, of which only the units are known.
PARTNER_DIMENSIONS = {**DIMENSIONS, "product_unit_id": "int4"}
del PARTNER_DIMENSIONS["product_id"]
MONTHS, YEARS = SQL("channel_sales_total"), SQL("channel_sales_total_year")
PARTNERS, MARKS = SQL("channel_sales_total_partner"), SQL("channel_sales_mark")
EACH_MARK = SQL("(SELECT DISTINCT * FROM %s)", MARKS)


def name_columns(dimensions):
    return SQL(", ").join(map(SQL.identifier, dimensions))


class ChannelLedger(models.AbstractModel):
    """All sales of the channel from sums where nothing has changed, else from the documents.

    ``channel.sales.total`` keeps the sums, in three sizes, and marks of the months in which a
    partner's documents have changed since.
    """

    _inherit = "channel.ledger"

    @api.model
    def _summed_sales_query(self, size):
        """Return the SQL of all sales for analyses, ``lines`` document lines a row.

        A row has the first day of its month or year or, if read from a document, its date.

        :param str size: ``month``, ``year``, or ``partner``: by month, but of no product
        """
        sales = [*map(self._analysed_sales, self._marked_months_queries())]
        if size == "year":
            sales += [
                self._analysed_sales(self._sums(YEARS, self._unmarked("year"))),
                self._analysed_sales(
                    self._sums(
                        MONTHS,
                        SQL("%s AND %s", self._marked(MONTHS, "year"), self._unmarked("month")),
                    )
                ),
            ]
        elif size == "partner":
            changed = SQL("EXISTS (SELECT FROM channel_sales_mark WHERE tier = 'product')")
            unmarked = self._unmarked("month")
            of_partners = self._sums(PARTNERS, SQL("NOT %s AND %s", changed, unmarked))
            sales += [
                self._analysed_sales(of_partners, SQL(UNIT_JOIN)),
                self._analysed_sales(self._sums(MONTHS, SQL("%s AND %s", changed, unmarked))),
            ]
        else:
            sales.append(self._analysed_sales(self._sums(MONTHS, self._unmarked("month"))))
        return SQL(" UNION ALL ").join(sales)

    @api.model
    def _sums(self, table, condition):
        """Return the SQL of sums; a dealer's own sales are in his territory of today.

        :param SQL condition: on ``total``
        """
        is_of_partners = table == PARTNERS
        return SQL(
            """
            SELECT total.id, total.tier, NULL::varchar AS document, NULL::int4 AS move_id,
                   NULL::int4 AS order_id, total.date, total.dealer_id, total.sub_distributor_id,
                   CASE total.tier WHEN 'sell_in' THEN partner.channel_territory_id
                                   ELSE total.territory_id END AS territory_id,
                   total.user_id, total.company_id, %s AS product_id, total.unit_id,
                   total.quantity, total.amount, total.lines %s
              FROM %s AS total
         LEFT JOIN res_partner AS partner ON partner.id = total.dealer_id
             WHERE %s
            """,
            SQL("NULL::int4" if is_of_partners else "total.product_id"),
            SQL(", total.product_unit_id" if is_of_partners else ""),
            table,
            condition,
        )

    # === Marks === #

    @api.model
    def _unmarked(self, part):
        """Return the condition that nothing has changed in a month or year of ``total``.

        As sets, which PostgreSQL looks up whatever it thinks how many marks there are. There is
        nobody without an id in them: of that NOT IN could not tell anything.
        """
        return SQL(
            """
            (total.tier, COALESCE(total.sub_distributor_id, total.dealer_id), total.date) NOT IN (
                SELECT DISTINCT tier, partner_id, date_trunc(%s, month::timestamp)::date
                  FROM channel_sales_mark
                 WHERE month IS NOT NULL AND partner_id IS NOT NULL)
            AND (total.tier, COALESCE(total.sub_distributor_id, total.dealer_id)) NOT IN (
                SELECT DISTINCT tier, partner_id FROM channel_sales_mark
                 WHERE month IS NULL AND partner_id IS NOT NULL)
            """,
            part,
        )

    @api.model
    def _marked(self, table, part, marks=EACH_MARK):
        """Return the condition that ``total`` is of a month or year in which something changed.

        :param SQL marks: where the marks are
        """
        return SQL(
            """total.ctid = ANY(ARRAY(
                   SELECT found.ctid
                     FROM %(marks)s AS mark
               CROSS JOIN LATERAL (
                          SELECT total.ctid
                            FROM %(table)s AS total
                           WHERE COALESCE(total.sub_distributor_id, total.dealer_id)
                                 = mark.partner_id
                             AND total.tier = mark.tier AND %(is_in)s
                          OFFSET 0) AS found))""",
            marks=marks,
            table=table,
            is_in=self._is_in_marked(SQL("total.date"), part),
        )

    @api.model
    def _is_in_marked(self, day, part):
        """Return the condition that a day is in the month or year of a mark, or in any."""
        return SQL(
            """%(day)s >= COALESCE(date_trunc(%(part)s, mark.month::timestamp), '-infinity')::date
               AND %(day)s < COALESCE(
                   date_trunc(%(part)s, mark.month::timestamp) + %(length)s::interval,
                   'infinity')::date""",
            day=day,
            part=part,
            length=f"1 {part}",
        )

    @api.model
    def _marked_months_queries(self, marks=EACH_MARK):
        """Return the SQL of what is marked, from the documents: sell-in and sell-out.

        The documents are found first, mark by mark, whatever PostgreSQL thinks how many there are.
        """
        moves = self._marked_documents(
            SQL("account_move AS move"),
            SQL(
                "mark.tier = 'sell_in' AND move.commercial_partner_id = mark.partner_id AND %s",
                self._invoice_condition(),
            ),
            SQL("move.invoice_date"),
            marks,
        )
        orders = self._marked_documents(
            SQL("sale_order AS sale"),
            SQL(
                "mark.tier = 'sell_out' AND sale.channel_partner_id = mark.partner_id AND %s",
                self._order_condition(),
            ),
            SQL("sale.channel_order_date"),
            marks,
        )
        return (
            self._all_sell_in_query(SQL("move.id = %s", moves)),
            self._all_sell_out_query(SQL("sale.id = %s", orders)),
        )

    @api.model
    def _marked_documents(self, table, condition, day, marks):
        return SQL(
            """ANY(ARRAY(
                   SELECT found.id
                     FROM %(marks)s AS mark
               CROSS JOIN LATERAL (
                          SELECT id FROM %(table)s WHERE %(condition)s AND %(is_in)s OFFSET 0
                          ) AS found))""",
            marks=marks,
            table=table,
            condition=condition,
            is_in=self._is_in_marked(day, "month"),
        )


UNIT_JOIN = """
    CROSS JOIN LATERAL (
          SELECT NULL::int4 AS product_tmpl_id, NULL::int4 AS categ_id,
                 sold.product_unit_id AS uom_id) AS template
"""
