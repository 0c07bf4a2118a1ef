from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Sub-distributors' sales: the lines of sell-out orders that may count in a period."""

    _inherit = "channel.ledger"

    @api.model
    def _sell_out_tables(self):
        """Return the table ``counting_ordered``: a row a line of an order or return of the period.

        A return counts on the day of its order, and with that order's exchange rate.
        """
        return {
            "counting_ordered": SQL(
                """
                SELECT party.id AS party_id, party.partner_id, party.period_id, party.company_id,
                       party.currency_id AS agreement_currency_id, party.company_currency_id,
                       party.root_company_id,
                       sale.channel_dealer_id AS dealer_id, sale.name AS document,
                       sale.channel_order_date AS document_date, %(day)s AS date,
                       sale.currency_id, line.id AS line_id, line.product_id,
                       COALESCE(%(quantity)s, 0) AS quantity, line.price_subtotal AS amount,
                       %(floored)s AS base_amount, COALESCE(NULLIF(
                           CASE WHEN origin.currency_id = sale.currency_id
                                THEN origin.currency_rate ELSE sale.currency_rate END, 0), 1)
                           AS rate,
                       %(flaw)s AS flaw
                  FROM counting_party AS party
                  JOIN sale_order AS sale
                    ON sale.channel_partner_id = party.partner_id
                   AND sale.company_id = party.company_id
             LEFT JOIN sale_order AS origin ON origin.id = sale.channel_origin_order_id
                  JOIN res_currency AS currency ON currency.id = sale.currency_id
                  JOIN sale_order_line AS line ON line.order_id = sale.id
             LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
             LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
                 WHERE party.role = 'sub_distributor'
                   AND line.display_type IS NULL
                   AND %(day)s BETWEEN party.date_from AND party.date_to
                   AND %(condition)s
                """,
                day=self._sell_out_day(),
                quantity=self._sell_out_quantity(),
                floored=self._floored_amount(),
                flaw=self._line_flaw(),
                condition=self._order_condition(),
            )
        }

    @api.model
    def _sell_out_day(self):
        return SQL("COALESCE(origin.channel_order_date, sale.channel_order_date)")

    @api.model
    def _floored_amount(self):
        """Return SQL for a line's net amount at its own price or the floor, whichever is lower.

        In the order's currency. The amount at the floor is rounded as Odoo rounds that of a line,
        so that who sells at the floor gets the same from either.
        """
        at_floor = SQL("NULLIF(line.channel_floor_unit_price, 0) * ABS(line.product_uom_qty)")
        return SQL(
            """CASE WHEN line.product_uom_qty < 0 THEN -LEAST(-line.price_subtotal, %(at_floor)s)
                    ELSE LEAST(line.price_subtotal, %(at_floor)s) END""",
            at_floor=self._round(at_floor, SQL("currency")),
        )

    @api.model
    def _sold_out_query(self):
        """Return a row of ``sale`` for each of ``counting_ordered``: the part that is available."""
        return SQL(
            """
            SELECT sold.partner_id, sold.agreement_id, sold.product_id, %(tax_key)s AS tax_key,
                   sold.dealer_id IS DISTINCT FROM sold.agreement_dealer_id AS is_elsewhere,
                   false AS is_unpaid,
                   COALESCE(sold.flaw, CASE WHEN sold.share < 1 THEN 'unavailable' END) AS flaw,
                   NULL::int AS move_line_id, sold.line_id AS order_line_id,
                   sold.document::varchar, sold.document_date, sold.date, sold.quantity,
                   %(amount)s AS amount, %(base_quantity)s AS base_quantity,
                   %(base_amount)s AS base_amount, %(base_company_amount)s AS base_company_amount
              FROM (SELECT ordered.*, agreement.id AS agreement_id,
                           agreement.dealer_id AS agreement_dealer_id,
                           NULLIF(available.share, 1) AS share,
                           ordered.amount / ordered.rate AS company_amount,
                           ordered.base_amount / ordered.rate AS base_company_amount
                      FROM counting_ordered AS ordered
                      %(version)s
                 LEFT JOIN counting_available AS available
                        ON available.company_id = ordered.company_id
                       AND available.dealer_id = ordered.dealer_id
                       AND available.product_id = ordered.product_id
                       AND available.period_id = ordered.period_id
                       AND (NOT available.has_counts
                            OR available.counted_on IS NOT DISTINCT FROM %(counted_on)s)
                   ) AS sold
            """,
            tax_key=self._tax_key(
                SQL("account_tax_sale_order_line_rel"),
                SQL("sale_order_line_id"),
                SQL("sold.line_id"),
            ),
            amount=self._in_agreement_currency(SQL("sold.amount"), SQL("sold.company_amount")),
            base_quantity=self._available_part(SQL("sold.quantity")),
            base_amount=self._available_part(
                self._in_agreement_currency(
                    SQL("sold.base_amount"), SQL("sold.base_company_amount")
                )
            ),
            base_company_amount=self._available_part(SQL("sold.base_company_amount")),
            version=self._version(SQL("ordered")),
            counted_on=self._counted_on(
                SQL("ordered"), SQL("available.has_counts"), SQL("ordered.date")
            ),
        )

    @api.model
    def _available_part(self, amount):
        return SQL(
            "CASE WHEN sold.share IS NULL THEN %(amount)s ELSE %(amount)s * sold.share END",
            amount=amount,
        )
