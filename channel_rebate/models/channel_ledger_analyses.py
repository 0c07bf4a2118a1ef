from odoo import api, models
from odoo.tools import SQL

# A quotient with so many digits times a sum is the sum of the products, in a float's precision.
DIGITS = 30


class ChannelLedger(models.AbstractModel):
    """All sales of the channel for analyses: by document line, or summed up by months.

    The same rows come from two sources. What a source says is of the document; what belongs to
    products, units and dealers of today is added to it, the same way for both.
    Unlike in a settlement a credit note counts at its own date.
    """

    _inherit = "channel.ledger"

    @api.model
    def _sales_query(self):
        """Return the SQL of all sales, a row a document line.

        Both halves have the same types, so that PostgreSQL takes them for one relation and hands
        each filter down to both.
        """
        return SQL(
            "%s UNION ALL %s",
            self._analysed_sales(self._all_sell_in_query()),
            self._analysed_sales(self._all_sell_out_query()),
        )

    @api.model
    def _all_sell_in_query(self, condition=None):
        """Return the SQL of sell-in as on the documents, a row a line.

        Invoices of today's dealers, and those of sell-in orders of whoever was one.

        :param SQL condition: on ``move``
        """
        return SQL(
            """
            SELECT line.id::bigint AS id, 'sell_in'::varchar AS tier,
                   move.name::varchar AS document, move.id AS move_id, NULL::int4 AS order_id,
                   move.invoice_date AS date, move.commercial_partner_id AS dealer_id,
                   NULL::int4 AS sub_distributor_id, partner.channel_territory_id AS territory_id,
                   move.invoice_user_id AS user_id, move.company_id, line.product_id,
                   line.product_uom_id AS unit_id,
                   %(sign)s * line.quantity AS quantity, (%(amount)s)::numeric AS amount, 1 AS lines
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
             WHERE %(is_invoice)s AND move.invoice_date IS NOT NULL
               AND %(is_product)s AND %(condition)s
               AND (partner.channel_role = 'dealer'
                    OR EXISTS (
                        SELECT 1
                          FROM sale_order_line_invoice_rel AS rel
                          JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                          JOIN sale_order AS sale ON sale.id = sold.order_id
                         WHERE rel.invoice_line_id = line.id AND sale.channel_tier = 'sell_in'))
            """,
            sign=self._sell_in_sign(),
            amount=self._sell_in_amount(),
            is_invoice=self._invoice_condition(),
            is_product=self._invoice_line_condition(),
            condition=condition or SQL("true"),
        )

    @api.model
    def _all_sell_out_query(self, condition=None):
        """Return the SQL of sell-out as on the orders, a row a line.

        :param SQL condition: on ``sale``
        """
        return SQL(
            """
            SELECT -line.id::bigint AS id, 'sell_out'::varchar AS tier,
                   sale.name::varchar AS document, NULL::int4 AS move_id, sale.id AS order_id,
                   sale.channel_order_date AS date, sale.channel_dealer_id AS dealer_id,
                   sale.channel_partner_id AS sub_distributor_id,
                   sale.channel_territory_id AS territory_id, sale.user_id AS user_id,
                   sale.company_id, line.product_id, line.product_uom_id AS unit_id,
                   line.product_uom_qty AS quantity, (%(amount)s)::numeric AS amount, 1 AS lines
              FROM sale_order AS sale
              JOIN sale_order_line AS line ON line.order_id = sale.id
             WHERE %(is_order)s AND sale.channel_order_date IS NOT NULL
               AND sale.channel_partner_id IS NOT NULL AND %(is_product)s AND %(condition)s
            """,
            amount=self._sell_out_amount(),
            is_order=self._order_condition(),
            is_product=self._order_line_condition(),
            condition=condition or SQL("true"),
        )

    @api.model
    def _analysed_sales(self, sales, goods=None):
        """Return the SQL of sales as an analysis shows them: goods, in their products' units.

        :param SQL sales: rows as those of ``_all_sell_in_query``
        :param SQL goods: joins of ``template``, if a row is not of one product
        """
        return SQL(
            """
            SELECT sold.id, sold.tier, sold.document, sold.move_id, sold.order_id, sold.date,
                   sold.dealer_id, sold.sub_distributor_id, sold.territory_id, sold.user_id,
                   sold.product_id, template.product_tmpl_id, template.categ_id,
                   template.uom_id AS product_uom_id, company.id AS company_id,
                   company.currency_id, sold.lines, %(quantity)s AS quantity, sold.amount,
                   CASE sold.tier WHEN 'sell_in' THEN %(quantity)s ELSE 0 END AS sell_in_quantity,
                   CASE sold.tier WHEN 'sell_out' THEN %(quantity)s ELSE 0 END
                       AS sell_out_quantity,
                   CASE sold.tier WHEN 'sell_in' THEN sold.amount ELSE 0 END AS sell_in_amount,
                   CASE sold.tier WHEN 'sell_out' THEN sold.amount ELSE 0 END AS sell_out_amount
              FROM (%(sales)s) AS sold
              JOIN res_company AS company ON company.id = sold.company_id
              %(goods)s
         LEFT JOIN uom_uom AS unit ON unit.id = sold.unit_id
              JOIN uom_uom AS product_unit ON product_unit.id = template.uom_id
            """,
            sales=sales,
            goods=goods or self._goods_join(),
            quantity=self._in_product_unit_for_sums(SQL("sold.quantity")),
        )

    @api.model
    def _goods_join(self):
        return SQL(
            """
            JOIN (SELECT product.id, product.product_tmpl_id, template.categ_id, template.uom_id
                    FROM product_product AS product
                    JOIN product_template AS template ON template.id = product.product_tmpl_id
                   WHERE %s) AS template
              ON template.id = sold.product_id
            """,
            self._kind_condition(),
        )

    @api.model
    def _in_product_unit_for_sums(self, quantity):
        """Return SQL for ``quantity`` of ``unit`` in ``product_unit``, so that sums convert alike.

        A sum converted is then to the last digit what its parts converted come to.
        """
        return SQL(
            """CASE WHEN COALESCE(unit.factor, product_unit.factor) = product_unit.factor
                    THEN %(quantity)s
                    ELSE %(quantity)s * (ROUND(unit.factor, %(digits)s) / product_unit.factor)
               END""",
            quantity=quantity,
            digits=DIGITS,
        )
