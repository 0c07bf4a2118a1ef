from odoo import api, models
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
            "%s AND %s AND %s",
            self._invoice_condition(),
            self._invoice_line_condition(),
            self._kind_condition(),
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
        return SQL("line.is_downpayment IS NOT TRUE AND %s", self._kind_condition())

    @api.model
    def _kind_condition(self):
        return SQL("template.type NOT IN ('service', 'combo')")

    @api.model
    def _invoice_line_condition(self):
        return SQL("line.display_type = 'product' AND line.is_downpayment IS NOT TRUE")

    @api.model
    def _order_line_condition(self):
        return SQL("line.display_type IS NULL AND line.is_downpayment IS NOT TRUE")

    @api.model
    def _sell_in_quantity(self):
        return SQL("%s * %s", self._sell_in_sign(), self._in_product_unit(SQL("line.quantity")))

    @api.model
    def _sell_in_sign(self):
        return SQL("CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END")

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
            "%s AND %s AND %s",
            self._order_condition(),
            self._order_line_condition(),
            self._kind_condition(),
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
