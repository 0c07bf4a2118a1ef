from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """What dealers bought and passed on, by product and period: what was available is left of it.

    Documents of this run were packed for its statements, so that they are sums already; the lines
    of the others are read. Both are summed before they are joined to the shelf: the other way round
    PostgreSQL would try each document with each product of its dealer.

    ``day`` is that of the document where it matters: if anything of the dealer was counted.
    """

    _inherit = "channel.ledger"

    @api.model
    def _supply_query(self):
        """Return the documents of dealers, with the first period that ends after them."""
        return SQL(
            """
            SELECT move.id AS move_id, move.move_type, move.company_id,
                   move.commercial_partner_id AS dealer_id, (
                       SELECT MIN(period.date_to) FROM channel_period AS period
                        WHERE period.company_id = move.company_id
                          AND period.date_to >= move.invoice_date) AS date_to,
                   CASE WHEN dealer.has_counts THEN move.invoice_date END AS day
              FROM counting_dealer AS dealer
              JOIN account_move AS move
                ON move.commercial_partner_id = dealer.dealer_id
               AND move.company_id = dealer.company_id
               AND move.invoice_date <= dealer.date_to
             WHERE %s
               AND (dealer.has_counts
                    OR NOT EXISTS (SELECT FROM counting_plain WHERE move_id = move.id))
            """,
            self._invoice_condition(),
        )

    @api.model
    def _supplied_query(self):
        """Return what dealers bought, in the first period that ends on that day or later."""
        return self._moved_query(
            SQL("moved.quantity AS supplied, 0 AS sold"),
            SQL("counting_supply"),
            self._sell_in_quantity(),
            self._counting_lines(),
            self._packed_supply_query(),
        )

    @api.model
    def _moved_query(self, quantities, documents, quantity, lines, packed):
        """Return what came onto the shelf, or left it, with the count that it comes after.

        :param SQL quantities: ``supplied`` and ``sold`` of what was ``moved``
        :param SQL documents: table of those whose lines are read
        :param SQL quantity: of a line, and ``lines`` the join with them
        :param SQL packed: the rows of the other documents
        """
        return SQL(
            """
            SELECT shelf.company_id, shelf.dealer_id, shelf.product_id, moved.date_to,
                   %(counted_on)s AS counted_on, %(quantities)s
              FROM (SELECT move.company_id, move.dealer_id, line.product_id, move.date_to,
                           move.day, SUM(%(quantity)s) AS quantity
                      FROM %(documents)s AS move
                      %(lines)s
                     WHERE line.is_downpayment IS NOT TRUE AND product_unit.flaw IS NULL
                  GROUP BY 1, 2, 3, 4, 5
                     UNION ALL
                    %(packed)s) AS moved
              JOIN counting_shelf AS shelf
                ON shelf.company_id = moved.company_id
               AND shelf.dealer_id = moved.dealer_id
               AND shelf.product_id = moved.product_id
               AND shelf.date_to >= moved.date_to
            """,
            counted_on=self._counted_on_shelf(SQL("moved.day")),
            quantities=quantities,
            documents=documents,
            quantity=quantity,
            lines=lines,
            packed=packed,
        )

    @api.model
    def _packed_supply_query(self):
        """Return the same of the plain sales of this run, and of what their documents take back."""
        return SQL(
            """
            SELECT party.company_id, party.partner_id AS dealer_id, line.product_id,
                   party.date_to, NULL::date AS day, line.quantity
              FROM (SELECT batch.party_id, pack.product_id, pack.base_quantity AS quantity
                      FROM (%s) AS pack
                      JOIN counting_batch AS batch ON batch.id = pack.batch_id
                     WHERE NOT pack.is_downpayment
                     UNION ALL
                    SELECT back.party_id, back.product_id, back.quantity
                      FROM counting_returning AS back
                      JOIN counting_plain AS plain
                        ON plain.move_id = back.move_id AND plain.party_id = back.party_id
                     WHERE back.flaw IS DISTINCT FROM 'down_payment') AS line
              JOIN counting_party AS party ON party.id = line.party_id
              JOIN counting_dealer AS dealer
                ON dealer.company_id = party.company_id AND dealer.dealer_id = party.partner_id
              JOIN counting_product AS product ON product.id = line.product_id
             WHERE NOT dealer.has_counts AND product.flaw IS NULL
            """,
            self._packs_of("counting_invoiced"),
        )

    @api.model
    def _passed_on_orders_query(self):
        """Return the other sell-out orders of dealers, with the period in which they count."""
        return SQL(
            """
            SELECT sale.id AS order_id, sale.company_id, dealer.dealer_id, period.date_to,
                   CASE WHEN dealer.has_counts THEN %(day)s END AS day
              FROM counting_dealer AS dealer
              JOIN sale_order AS sale
                ON sale.channel_dealer_id = dealer.dealer_id
               AND sale.company_id = dealer.company_id
         LEFT JOIN sale_order AS origin ON origin.id = sale.channel_origin_order_id
              JOIN channel_period AS period
                ON period.company_id = dealer.company_id
               AND %(day)s BETWEEN period.date_from AND period.date_to
               AND period.date_to <= dealer.date_to
             WHERE %(condition)s
               AND NOT EXISTS (SELECT FROM counting_order WHERE order_id = sale.id)
            """,
            day=self._sell_out_day(),
            condition=self._order_condition(),
        )

    @api.model
    def _passed_on_query(self):
        """Return what dealers sold to sub-distributors, in the period in which it counts."""
        return self._moved_query(
            SQL("0 AS supplied, moved.quantity AS sold"),
            SQL("counting_passed_on"),
            self._sell_out_quantity(),
            self._ordered_lines(),
            self._packed_passed_on_query(),
        )

    @api.model
    def _packed_passed_on_query(self):
        return SQL(
            """
            SELECT party.company_id, batch.dealer_id, pack.product_id, party.date_to, batch.day,
                   pack.base_quantity AS quantity
              FROM (%s) AS pack
              JOIN counting_order_batch AS batch ON batch.id = pack.batch_id
              JOIN counting_party AS party ON party.id = batch.party_id
             WHERE NOT pack.is_downpayment
            """,
            self._packs_of("counting_ordered"),
        )
