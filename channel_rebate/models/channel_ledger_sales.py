from odoo import api, fields, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """What a sale of the channel is: said once, for settlements and for analyses.

    The fragments take and give these aliases: ``move`` or ``sale`` is the document, ``line`` its
    line, with ``product``, ``template``, ``unit`` (the line's) and ``product_unit``. Quantities
    are in the product's unit, amounts in company currency and net of tax.
    """

    _inherit = "channel.ledger"

    @api.model
    def _sell_in_joins(self):
        return SQL(
            "JOIN account_move_line AS line ON line.move_id = move.id %s", self._product_joins()
        )

    @api.model
    def _sell_in_condition(self):
        """Return the condition of goods on posted invoices and credit notes, no settlement's."""
        return SQL(
            "%s AND line.display_type = 'product' AND %s",
            self._invoice_condition(),
            self._goods_condition(),
        )

    @api.model
    def _invoice_condition(self):
        return SQL(
            """
            move.state = 'posted'
            AND move.move_type IN ('out_invoice', 'out_refund')
            AND move.channel_statement_id IS NULL
            """
        )

    @api.model
    def _goods_condition(self):
        """Return the condition of lines that sell goods; ``template`` is the product's."""
        return SQL("line.is_downpayment IS NOT TRUE AND template.type NOT IN ('service', 'combo')")

    @api.model
    def _sell_in_quantity(self):
        return SQL(
            "CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * %s",
            self._in_product_unit(SQL("line.quantity")),
        )

    @api.model
    def _sell_in_amount(self):
        return SQL("-line.balance")

    @api.model
    def _sell_out_joins(self):
        return SQL(
            "JOIN sale_order_line AS line ON line.order_id = sale.id %s", self._product_joins()
        )

    @api.model
    def _sell_out_condition(self):
        """Return the condition of goods on confirmed sell-out orders."""
        return SQL(
            "%s AND line.display_type IS NULL AND %s",
            self._order_condition(),
            self._goods_condition(),
        )

    @api.model
    def _order_condition(self):
        return SQL("sale.state = 'sale' AND sale.channel_tier = 'sell_out'")

    @api.model
    def _sell_out_quantity(self):
        return self._in_product_unit(SQL("line.product_uom_qty"))

    @api.model
    def _sell_out_amount(self):
        """Return the amount of a line; not rounded, for that is done once, over a sum."""
        return SQL("line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)")

    @api.model
    def _product_joins(self):
        return SQL(
            """
            JOIN product_product AS product ON product.id = line.product_id
            JOIN product_template AS template ON template.id = product.product_tmpl_id
       LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
            JOIN uom_uom AS product_unit ON product_unit.id = template.uom_id
            """
        )

    @api.model
    def _in_product_unit(self, quantity):
        """Return SQL for ``quantity`` of the line's ``unit``, converted to ``product_unit``."""
        return SQL(
            """CASE WHEN COALESCE(unit.factor, product_unit.factor) = product_unit.factor
                    THEN %(quantity)s
                    ELSE %(quantity)s * unit.factor / product_unit.factor END""",
            quantity=quantity,
        )

    # === Analyses === #

    @api.model
    def _sales_query(self):
        """Return the SQL of all sales of the channel, a row a document line, for analyses.

        Unlike in a settlement a credit note counts at its own date. Both halves have the same
        types, so that PostgreSQL takes them for one relation and hands each filter down to both.
        """
        return SQL("%s UNION ALL %s", self._sell_in_sales_query(), self._sell_out_sales_query())

    @api.model
    def _sell_in_sales_query(self):
        """Invoices of today's dealers, and those of sell-in orders of whoever was one."""
        return SQL(
            """
            SELECT line.id::bigint AS id, 'sell_in'::varchar AS tier,
                   move.name::varchar AS document, move.id AS move_id, NULL::int4 AS order_id,
                   move.invoice_date AS date, move.commercial_partner_id AS dealer_id,
                   NULL::int4 AS sub_distributor_id, partner.channel_territory_id AS territory_id,
                   move.invoice_user_id AS user_id, %(common)s,
                   (%(quantity)s)::numeric AS quantity, (%(amount)s)::numeric AS amount,
                   (%(quantity)s)::numeric AS sell_in_quantity, 0::numeric AS sell_out_quantity,
                   (%(amount)s)::numeric AS sell_in_amount, 0::numeric AS sell_out_amount
              FROM account_move AS move
              JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
              JOIN res_company AS company ON company.id = move.company_id
              %(joins)s
             WHERE %(condition)s
               AND (partner.channel_role = 'dealer'
                    OR EXISTS (
                        SELECT 1
                          FROM sale_order_line_invoice_rel AS rel
                          JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                          JOIN sale_order AS sale ON sale.id = sold.order_id
                         WHERE rel.invoice_line_id = line.id AND sale.channel_tier = 'sell_in'))
            """,
            common=self._common_columns(),
            quantity=self._sell_in_quantity(),
            amount=self._sell_in_amount(),
            joins=self._sell_in_joins(),
            condition=self._sell_in_condition(),
        )

    @api.model
    def _sell_out_sales_query(self):
        return SQL(
            """
            SELECT -line.id::bigint AS id, 'sell_out'::varchar AS tier,
                   sale.name::varchar AS document, NULL::int4 AS move_id, sale.id AS order_id,
                   sale.channel_order_date AS date, sale.channel_dealer_id AS dealer_id,
                   sale.channel_partner_id AS sub_distributor_id,
                   sale.channel_territory_id AS territory_id,
                   sale.user_id AS user_id, %(common)s,
                   (%(quantity)s)::numeric AS quantity, (%(amount)s)::numeric AS amount,
                   0::numeric AS sell_in_quantity, (%(quantity)s)::numeric AS sell_out_quantity,
                   0::numeric AS sell_in_amount, (%(amount)s)::numeric AS sell_out_amount
              FROM sale_order AS sale
              JOIN res_company AS company ON company.id = sale.company_id
              %(joins)s
             WHERE %(condition)s
            """,
            common=self._common_columns(),
            quantity=self._sell_out_quantity(),
            amount=self._sell_out_amount(),
            joins=self._sell_out_joins(),
            condition=self._sell_out_condition(),
        )

    @api.model
    def _common_columns(self):
        return SQL(
            """
            line.product_id, product.product_tmpl_id, template.categ_id,
            template.uom_id AS product_uom_id, company.id AS company_id, company.currency_id
            """
        )

    @api.model
    def _left_query(self):
        """Return the SQL of what dealers should have left, a row a company, dealer and product.

        Opening quantities are events like sales. An event counts unless a later count of the
        same product has been made by today; what is dated on the day of a count comes after it.
        The id is that of the row's first event, told apart from those of the other kind.
        """
        return SQL(
            """
            SELECT MIN(event.id) AS id, event.company_id, event.dealer_id, event.product_id,
                   MAX(event.opening_date) AS opening_date,
                   ROUND(SUM(event.opening), %(digits)s) AS opening_quantity,
                   ROUND(SUM(event.sell_in), %(digits)s) AS sell_in_quantity,
                   ROUND(SUM(event.sell_out), %(digits)s) AS sell_out_quantity,
                   ROUND(SUM(event.opening + event.sell_in - event.sell_out), %(digits)s)
                       AS quantity_left
              FROM (
                    SELECT 2 * sales.id AS id, sales.company_id, sales.dealer_id,
                           sales.product_id, sales.date, NULL::date AS opening_date,
                           0::numeric AS opening, sales.sell_in_quantity AS sell_in,
                           sales.sell_out_quantity AS sell_out
                      FROM (%(sales)s) AS sales
                 UNION ALL
                    SELECT 2 * opening.id::bigint + 1 AS id, opening.company_id,
                           opening.dealer_id, opening.product_id, opening.date,
                           opening.date AS opening_date, opening.quantity AS opening,
                           0::numeric AS sell_in, 0::numeric AS sell_out
                      FROM channel_opening AS opening
                     WHERE opening.date <= %(today)s
                   ) AS event
             WHERE event.dealer_id IS NOT NULL
               AND NOT EXISTS (
                   SELECT 1
                     FROM channel_opening AS later
                    WHERE later.company_id = event.company_id
                      AND later.dealer_id = event.dealer_id
                      AND later.product_id = event.product_id
                      AND later.date > event.date
                      AND later.date <= %(today)s)
          GROUP BY event.company_id, event.dealer_id, event.product_id
            """,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
            sales=self._sales_query(),
            today=fields.Date.context_today(self),
        )
