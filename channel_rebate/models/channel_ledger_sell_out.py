from odoo import api, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS, SUMS


class ChannelLedger(models.AbstractModel):
    """Sub-distributors' sales: the lines of sell-out orders that may count in a period.

    Packed like plain invoice lines, before it is known how much their dealers had available. That
    is the same for all lines of a pack, so that the pack is cut.

    Tables that this file gives to the others: ``counting_order``, a row an order or return of the
    period, and ``counting_order_batch``, those of a party, agreement, dealer and, if anything of
    the dealer was counted, day.
    """

    _inherit = "channel.ledger"

    @api.model
    def _sell_out_tables(self, until, contents):
        return {
            "counting_order": self._orders_query(until),
            "counting_order_batch": SQL(
                """
                SELECT DISTINCT batch_id AS id, party_id, agreement_id, dealer_id, is_elsewhere, day
                  FROM counting_order
                """
            ),
            **self._packed_tables(
                "counting_ordered",
                SQL("account_tax_sale_order_line_rel"),
                SQL("sale_order_line_id"),
                lambda taxes, join: self._packed_ordered_query(contents, taxes, join),
            ),
        }

    @api.model
    def _orders_query(self, until):
        """Return the orders, with how their amounts are to be read.

        A return counts on the day of its order, and with that order's exchange rate.
        """
        return SQL(
            """
            SELECT DENSE_RANK() OVER (ORDER BY sold.party_id, agreement.id, sold.dealer_id,
                       counted.day)::int AS batch_id,
                   agreement.id AS agreement_id, counted.day,
                   agreement.dealer_id IS DISTINCT FROM sold.dealer_id AS is_elsewhere,
                   sold.*, %(rates)s
              FROM (SELECT party.id AS party_id, sale.channel_dealer_id AS dealer_id,
                           sale.id AS order_id, sale.name::varchar AS document,
                           sale.channel_order_date AS document_date, %(day)s AS date,
                           sale.company_id, sale.currency_id,
                           party.currency_id AS agreement_currency_id,
                           party.company_currency_id, party.root_company_id, currency.rounding,
                           COALESCE(NULLIF(CASE WHEN origin.currency_id = sale.currency_id
                                           THEN origin.currency_rate ELSE sale.currency_rate
                                           END, 0), 1) AS rate
                      FROM counting_party AS party
                      JOIN sale_order AS sale
                        ON sale.channel_partner_id = party.partner_id
                       AND sale.company_id = party.company_id
                 LEFT JOIN sale_order AS origin ON origin.id = sale.channel_origin_order_id
                      JOIN res_currency AS currency ON currency.id = sale.currency_id
                     WHERE party.role = 'sub_distributor'
                       AND %(day)s BETWEEN party.date_from AND LEAST(party.date_to, %(until)s::date)
                       AND %(condition)s) AS sold
              %(version)s
         LEFT JOIN (SELECT DISTINCT company_id, dealer_id FROM channel_opening) AS opening
                ON opening.company_id = sold.company_id AND opening.dealer_id = sold.dealer_id
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN opening.dealer_id IS NOT NULL THEN sold.date END AS day
                   ) AS counted
            """,
            rates=self._document_rates(),
            day=self._sell_out_day(),
            condition=self._order_condition(),
            version=self._version(SQL("sold")),
            until=until,
        )

    @api.model
    def _sell_out_day(self):
        return SQL("COALESCE(origin.channel_order_date, sale.channel_order_date)")

    @api.model
    def _packed_ordered_query(self, contents, taxes, join):
        """Return the packs of the lines of orders, with all of them available."""
        return SQL(
            """
            SELECT batch_id, product_id, COALESCE(taxes::text, '') AS tax_key, is_downpayment,
                   %(packed)s
              FROM (SELECT move.*, NULL::int AS move_line_id, move.quantity AS base_quantity,
                           %(amount)s AS amount, %(base_amount)s AS base_amount,
                           move.base_company AS base_company_amount
                      FROM (%(lines)s) AS move
                    OFFSET 0 -- has each column reckoned once, not wherever it is used
                   ) AS sale
          GROUP BY batch_id, product_id, taxes, is_downpayment
            """,
            packed=self._packed(contents),
            amount=self._by_document_rates(SQL("move.own"), SQL("move.company")),
            base_amount=self._by_document_rates(SQL("move.base_own"), SQL("move.base_company")),
            lines=self._ordered_lines_query(taxes, join),
        )

    @api.model
    def _ordered_lines_query(self, taxes, join):
        """Return the lines, with amounts and bases in the order's own and in company currency."""
        company = "CASE WHEN line.rate = 1 THEN line.%s ELSE line.%s / line.rate END"
        return SQL(
            """
            SELECT line.*, %(company)s AS company, %(base_company)s AS base_company
              FROM (SELECT move.batch_id, move.document, move.document_date, move.date, move.rate,
                           move.is_company_currency, move.agreement_rate, move.company_rate,
                           line.id AS order_line_id, line.product_id, %(taxes)s AS taxes,
                           line.is_downpayment IS TRUE AS is_downpayment,
                           COALESCE(%(quantity)s, 0) AS quantity, line.price_subtotal AS own,
                           %(floored)s AS base_own
                      FROM counting_order AS move
                      %(lines)s
                      %(join)s
                    OFFSET 0) AS line
            """,
            company=SQL(company, SQL("own"), SQL("own")),
            base_company=SQL(company, SQL("base_own"), SQL("base_own")),
            taxes=taxes,
            quantity=self._sell_out_quantity(),
            floored=self._floored_amount(),
            lines=self._ordered_lines(),
            join=join,
        )

    @api.model
    def _ordered_lines(self):
        """Return the joins from an order (``move``) to its lines, with what their units need."""
        return SQL(
            """
              JOIN sale_order_line AS line
                ON line.order_id = move.order_id AND line.display_type IS NULL
         LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
         LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
            """
        )

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
            at_floor=self._round(at_floor, SQL("move")),
        )

    @api.model
    def _ordered_packs_query(self, columns):
        """Return the packs with what a verdict needs, each cut to the part that was available.

        :param columns: names of those to return
        """
        return SQL(
            """
            SELECT party.partner_id, batch.agreement_id, line.product_id, line.tax_key,
                   batch.is_elsewhere, false AS is_unpaid,
                   COALESCE(%(flaw)s, CASE WHEN available.share < 1 THEN 'unavailable' END) AS flaw,
                   %(columns)s
              FROM (%(packs)s) AS line
              JOIN counting_order_batch AS batch ON batch.id = line.batch_id
              JOIN counting_party AS party ON party.id = batch.party_id
         LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
         LEFT JOIN counting_available AS available
                ON available.company_id = party.company_id
               AND available.dealer_id = batch.dealer_id
               AND available.product_id = line.product_id
               AND available.period_id = party.period_id
               AND (NOT available.has_counts
                    OR available.counted_on IS NOT DISTINCT FROM %(counted_on)s)
            """,
            flaw=self._line_flaw(),
            columns=self._named({name: self._available_part(name) for name in columns}),
            packs=self._packs_of("counting_ordered"),
            counted_on=SQL(
                """(SELECT MAX(opening.date) FROM channel_opening AS opening
                     WHERE opening.company_id = party.company_id
                       AND opening.dealer_id = batch.dealer_id
                       AND opening.product_id = line.product_id
                       AND opening.date <= batch.day)"""
            ),
        )

    @api.model
    def _available_part(self, name):
        """Return SQL for a column of a pack, cut to the ``share`` that is available.

        A sale that is not cut says what of it counts only where that is not as usual.
        """
        column = SQL.identifier("line", name)
        if name == "digest":
            part = SQL("hash_numeric_extended(%s, hash_numeric_extended(share, 0))", column)
        elif name in SUMS:
            part = SQL("%s * share", column)
        elif name in ARRAYS and ARRAYS[name].sale in SUMS:
            whole = SQL("COALESCE(%s, %s)", column, SQL.identifier("line", ARRAYS[name].usual))
            part = SQL("ARRAY(SELECT part * share FROM unnest(%s) AS part)", whole)
        else:
            return column
        return SQL("CASE WHEN share < 1 THEN %s ELSE %s END", part, column)
