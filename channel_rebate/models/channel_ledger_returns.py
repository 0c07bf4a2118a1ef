from odoo import api, models
from odoo.tools import SQL

# Quantities are compared with so many decimals: from other units they come with noise in the last.
DIGITS = 6


class ChannelLedger(models.AbstractModel):
    """How a return finds its sale.

    A credit note that reverses an invoice is the return of that invoice. One that was made from
    the sales order or the stock return names the order line only, and so does a negative quantity
    on an invoice: it takes back what was invoiced of that order line last, before it, up to the
    quantity; then what was invoiced before that, and so on. The invoices of an order line are a
    pile: each lays its quantity on top, each return takes from the top. So a later invoice changes
    nothing for earlier returns. What credit notes reverse by name is not on the pile.

    The pile is computed at once for all order lines: an invoice fills it from one height to
    another, a return empties it between two heights, and the sale of a slice that is taken away is
    the last invoice before that filled this height.
    """

    _inherit = "channel.ledger"

    @api.model
    def _return_tables(self):
        """Return the table ``counting_returned``: a row a line and sale that it takes from.

        ``line_id, quantity`` (positive, in the product's unit), ``move_id, date, currency_id,
        rate``, the last four those of the sale.
        """
        return {
            "counting_pile": self._pile_query(),
            "counting_returned": SQL(
                """
                WITH slice AS (
                SELECT bound.*,
                       COALESCE(LAG(bound.top) OVER (PARTITION BY bound.line_id ORDER BY bound.top),
                                bound.height) AS bottom
                  FROM (%(bounds)s) AS bound
                )
                SELECT DISTINCT ON (slice.line_id, slice.top)
                       slice.line_id, slice.top - slice.bottom AS quantity, sale.move_id,
                       sale.date, sale.currency_id, sale.rate
                  FROM slice
                  JOIN counting_pile AS sale
                    ON sale.sale_line_id = slice.sale_line_id
                   AND sale.product_id = slice.product_id
                   AND sale.partner_id = slice.partner_id
                   AND sale.position < slice.position
                   AND sale.before < slice.top
                   AND sale.height >= slice.top
              ORDER BY slice.line_id, slice.top, sale.position DESC
                """,
                bounds=self._bounds_query(),
            ),
        }

    @api.model
    def _bounds_query(self):
        """Return where the slices of each return end: its own top, and heights in between."""
        return SQL(
            """
            SELECT back.partner_id, back.sale_line_id, back.product_id, back.position,
                   back.line_id, back.height, back.before AS top
              FROM counting_pile AS back
             WHERE back.height < back.before
            UNION
            SELECT back.partner_id, back.sale_line_id, back.product_id, back.position,
                   back.line_id, back.height, other.height AS top
              FROM counting_pile AS back
              JOIN counting_pile AS other
                ON other.sale_line_id = back.sale_line_id
               AND other.product_id = back.product_id
               AND other.partner_id = back.partner_id
               AND other.position < back.position
               AND other.height > back.height
               AND other.height < back.before
            """
        )

    @api.model
    def _pile_query(self):
        """Return the height of each pile before and after each invoice and return.

        It never falls below zero: what comes back beyond it has no sale here.
        """
        return SQL(
            """
            SELECT summed.*, COALESCE(LAG(summed.height) OVER pile, 0) AS before
              FROM (
                   SELECT running.*,
                          running.total - LEAST(MIN(running.total) OVER pile, 0) AS height,
                          ROW_NUMBER() OVER pile AS position
                     FROM (
                          SELECT trail.*, SUM(trail.quantity) OVER pile AS total
                            FROM (%(trail)s) AS trail
                          WINDOW pile AS (
                                 PARTITION BY trail.partner_id, trail.sale_line_id, trail.product_id
                                 ORDER BY trail.date, trail.quantity < 0, trail.line_id)
                          ) AS running
                   WINDOW pile AS (
                          PARTITION BY running.partner_id, running.sale_line_id, running.product_id
                          ORDER BY running.date, running.quantity < 0, running.line_id)
                   ) AS summed
            WINDOW pile AS (
                   PARTITION BY summed.partner_id, summed.sale_line_id, summed.product_id
                   ORDER BY summed.position)
            """,
            trail=self._trail_query(),
        )

    @api.model
    def _trail_query(self):
        """Return all invoice lines of the order lines of which something came back."""
        return SQL(
            """
            SELECT sought.partner_id, sought.sale_line_id, sought.product_id, line.id AS line_id,
                   move.id AS move_id, move.invoice_date AS date, move.currency_id,
                   move.invoice_currency_rate AS rate,
                   ROUND(%(quantity)s - COALESCE(reversed.quantity, 0), %(digits)s) AS quantity
              FROM (SELECT DISTINCT partner_id, company_id, sale_line_id, product_id
                      FROM counting_returning
                     WHERE sale_line_id IS NOT NULL AND flaw IS NULL) AS sought
              JOIN sale_order_line_invoice_rel AS link ON link.order_line_id = sought.sale_line_id
              JOIN account_move_line AS line
                ON line.id = link.invoice_line_id AND line.product_id = sought.product_id
              JOIN account_move AS move
                ON move.id = line.move_id
               AND move.commercial_partner_id = sought.partner_id
               AND move.company_id = sought.company_id
              JOIN counting_product AS product_unit
                ON product_unit.id = line.product_id AND product_unit.flaw IS NULL
         LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
         LEFT JOIN account_move AS origin ON %(is_origin)s
         LEFT JOIN LATERAL (%(reversed)s) AS reversed ON %(quantity)s > 0
             WHERE origin.id IS NULL
               AND sought.sale_line_id = %(sale_line)s
               AND %(is_invoice)s
               AND %(is_invoice_line)s
            """,
            quantity=self._sell_in_quantity(),
            digits=DIGITS,
            is_origin=self._is_origin(),
            reversed=self._reversed_query(),
            sale_line=self._sale_line(),
            is_invoice=self._invoice_condition(),
            is_invoice_line=self._invoice_line_condition(),
        )

    @api.model
    def _reversed_query(self):
        """Return what of ``line``, in the product's unit, credit notes take back by name.

        They name the invoice, so that it is shared over its lines of the product. Of a sale on a
        credit note, which has a negative quantity there, nothing is taken back by name.
        """
        return SQL(
            """
            SELECT LEAST(COALESCE(SUM(back.quantity * back_unit.factor) * %(quantity)s / (
                             SELECT SUM(twin.quantity * twin_unit.factor)
                               FROM account_move_line AS twin
                               JOIN uom_uom AS twin_unit ON twin_unit.id = twin.product_uom_id
                              WHERE twin.move_id = move.id AND twin.product_id = line.product_id
                                AND twin.display_type = 'product' AND twin.quantity > 0), 0),
                         %(quantity)s) AS quantity
              FROM account_move AS reversal
              JOIN account_move_line AS back
                ON back.move_id = reversal.id
               AND back.product_id = line.product_id
               AND back.display_type = 'product'
              JOIN uom_uom AS back_unit ON back_unit.id = back.product_uom_id
             WHERE reversal.reversed_entry_id = move.id
               AND reversal.state = 'posted'
               AND reversal.move_type = 'out_refund'
               AND reversal.commercial_partner_id = move.commercial_partner_id
               AND reversal.company_id = move.company_id
            """,
            quantity=self._sell_in_quantity(),
        )

    @api.model
    def _parts_query(self):
        """Return the lines of ``counting_returning``, in a row for each sale that they are of.

        It adds ``share``, the part of the line, and ``sale_move_id``; ``date`` and ``sale_rate``
        become those of the sale. What has no sale stays on its own day.
        """
        columns = SQL(
            """line.partner_id, line.party_id, line.date_from, line.date_to, line.line_id,
               line.document, line.document_date, line.product_id, line.currency_id,
               line.agreement_currency_id, line.company_currency_id, line.root_company_id,
               line.quantity, line.amount, line.company_amount"""
        )
        return SQL(
            """
            SELECT %(columns)s, 1::numeric AS share, line.date, line.sale_rate,
                   COALESCE(line.origin_id, line.move_id) AS sale_move_id,
                   CASE WHEN line.flaw IS NULL AND line.origin_id IS NULL AND line.quantity < 0
                        THEN 'no_sale' ELSE line.flaw END AS flaw
              FROM counting_returning AS line
             WHERE NOT EXISTS (
                   SELECT FROM counting_returned AS returned
                    WHERE returned.line_id = line.line_id)
            UNION ALL
            SELECT %(columns)s, sale.quantity / ROUND(-line.quantity, %(digits)s), sale.date,
                   CASE WHEN sale.currency_id = line.currency_id THEN sale.rate END,
                   sale.move_id, NULL
              FROM counting_returning AS line
              JOIN counting_returned AS sale ON sale.line_id = line.line_id
            UNION ALL
            SELECT %(columns)s, 1 - found.quantity / ROUND(-line.quantity, %(digits)s),
                   line.date, NULL,
                   line.move_id, 'no_sale'
              FROM counting_returning AS line
              JOIN (SELECT line_id, SUM(quantity) AS quantity
                      FROM counting_returned GROUP BY line_id) AS found
                ON found.line_id = line.line_id
             WHERE ROUND(-line.quantity, %(digits)s) > found.quantity
            """,
            columns=columns,
            digits=DIGITS,
        )
