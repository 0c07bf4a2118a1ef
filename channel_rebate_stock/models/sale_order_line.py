from odoo import api, models

from odoo.addons.sale_stock.models.sale_order_line import SaleOrderLine as SaleStockLine


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, **kwargs):
        """Procure nothing for sell-out lines: not at confirmation, nor for later changes."""
        return super(SaleOrderLine, self._get_own_lines())._action_launch_stock_rule(**kwargs)

    @api.depends("order_id.channel_tier")
    def _compute_qty_to_deliver(self):
        own_lines = self._get_own_lines()
        sell_out = self - own_lines
        sell_out.qty_to_deliver = 0
        sell_out.display_qty_widget = False
        return super(SaleOrderLine, own_lines)._compute_qty_to_deliver()

    def _update_line_quantity(self, values):
        """Let the quantity of a confirmed return (negative, never delivered) be corrected.

        sale_stock takes anything below zero for less than was delivered, and sends people to
        the inventory; for sell-out lines its check alone is passed over.
        """
        own_lines = self._get_own_lines()
        super(SaleStockLine, self - own_lines)._update_line_quantity(values)
        return super(SaleOrderLine, own_lines)._update_line_quantity(values)

    def _get_own_lines(self):
        """Return the lines of orders that we deliver."""
        return self.filtered(lambda line: not line.order_id._is_sell_out())
