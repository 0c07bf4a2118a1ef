from odoo import api, models


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.constrains("sale_line_id")
    def _check_channel_sale_line_id(self):
        """Whatever tries, by button or by code of another add-on: no move for a sell-out order."""
        # Warehouse staff need not be able to read orders; only the order's name is told.
        for move_sudo in self.sudo().filtered("sale_line_id"):
            document = move_sudo.picking_id or move_sudo.product_id
            move_sudo.sale_line_id.order_id._check_we_deliver(document.display_name)
