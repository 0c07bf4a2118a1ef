from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """What sales tell of a dealer's year, for scorecards: many dealers in a query each."""

    _inherit = "channel.ledger"

    @api.model
    def _get_sell_in_months(self, company, dealers, date_from, date_to):
        """Return in which months dealers have bought: a posted invoice, or a confirmed order.

        Goods only; a credit note makes no month.

        :param dealers: commercial entities
        :return: ``{dealer id: (first day ever, {(year, month), ...})}``, the months within the
            two days, both included
        """
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT dealer_id, MIN(day),
                       ARRAY_AGG(DISTINCT DATE_TRUNC('month', day)::date)
                           FILTER (WHERE day BETWEEN %(date_from)s AND %(date_to)s)
                  FROM (%(invoices)s UNION ALL %(orders)s) AS bought
              GROUP BY dealer_id
                """,
                date_from=date_from,
                date_to=date_to,
                invoices=self._sell_in_days_invoiced(company, dealers),
                orders=self._sell_in_days_ordered(company, dealers),
            )
        )
        return {
            dealer_id: (first, {(day.year, day.month) for day in months or []})
            for dealer_id, first, months in rows
        }

    @api.model
    def _sell_in_days_invoiced(self, company, dealers):
        return SQL(
            """
            SELECT move.commercial_partner_id AS dealer_id, move.invoice_date AS day
              FROM account_move AS move
              %(joins)s
             WHERE %(condition)s
               AND move.move_type = 'out_invoice'
               AND move.company_id = %(company)s
               AND move.commercial_partner_id = ANY(%(dealers)s)
            """,
            joins=self._sell_in_joins(),
            condition=self._sell_in_condition(),
            company=company.id,
            dealers=dealers.ids,
        )

    @api.model
    def _sell_in_days_ordered(self, company, dealers):
        return SQL(
            """
            SELECT sale.channel_dealer_id AS dealer_id, sale.channel_order_date AS day
              FROM sale_order AS sale
              %(joins)s
             WHERE sale.state = 'sale'
               AND sale.channel_tier = 'sell_in'
               AND line.display_type IS NULL
               AND %(goods)s
               AND line.product_uom_qty > 0
               AND sale.company_id = %(company)s
               AND sale.channel_dealer_id = ANY(%(dealers)s)
            """,
            joins=self._sell_out_joins(),
            goods=self._goods_condition(),
            company=company.id,
            dealers=dealers.ids,
        )

    @api.model
    def _get_floor_breaches(self, company, dealers, date_from, date_to):
        """Return what dealers have sold below the floor of the day, as confirmed.

        A line's amount is compared as price limits do, rounded, after its part of whatever the
        order takes off as a whole. Whether the company warns, blocks or only looks on makes no
        difference here: the order went through.

        :return: ``{dealer id: {order id: number of lines}}``
        """
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sold.dealer_id, sold.order_id, COUNT(*)
                  FROM (%(sold)s) AS sold
                  JOIN res_currency AS currency ON currency.id = sold.currency_id
                 WHERE sold.floor > 0
                   AND %(amount)s < %(at_floor)s
              GROUP BY sold.dealer_id, sold.order_id
                """,
                sold=self._sold_with_floor(company, dealers, date_from, date_to),
                amount=self._round(SQL("sold.amount * sold.factor"), SQL("currency")),
                at_floor=self._round(SQL("sold.floor * sold.quantity"), SQL("currency")),
            )
        )
        breaches = {}
        for dealer_id, order_id, count in rows:
            breaches.setdefault(dealer_id, {})[order_id] = count
        return breaches

    @api.model
    def _sold_with_floor(self, company, dealers, date_from, date_to):
        """Return SQL for lines of sell-out orders that sell goods, with floor and discount.

        ``factor`` is the part of each price that negative lines of the order leave.
        """
        return SQL(
            """
            SELECT sale.channel_dealer_id AS dealer_id, sale.id AS order_id, sale.currency_id,
                   line.channel_floor_unit_price::numeric AS floor,
                   line.product_uom_qty::numeric AS quantity, line.price_subtotal AS amount,
                   COALESCE(1 + taken.off / NULLIF(taken.sold, 0), 1) AS factor
              FROM sale_order AS sale
        CROSS JOIN LATERAL (
                   SELECT SUM(GREATEST(any_line.price_subtotal, 0)) AS sold,
                          SUM(LEAST(any_line.price_subtotal, 0)) AS off
                     FROM sale_order_line AS any_line
                    WHERE any_line.order_id = sale.id
                      AND any_line.display_type IS NULL
                      AND any_line.product_uom_qty >= 0) AS taken
              %(joins)s
             WHERE %(condition)s
               AND line.product_uom_qty > 0
               AND line.price_subtotal >= 0
               AND sale.company_id = %(company)s
               AND sale.channel_dealer_id = ANY(%(dealers)s)
               AND sale.channel_order_date BETWEEN %(date_from)s AND %(date_to)s
            """,
            joins=self._sell_out_joins(),
            condition=self._sell_out_condition(),
            company=company.id,
            dealers=dealers.ids,
            date_from=date_from,
            date_to=date_to,
        )
