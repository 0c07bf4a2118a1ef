from odoo import api, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.constrains("sale_id")
    def _check_channel_sale_id(self):
        """A transfer's order can be chosen by hand, also for one without moves."""
        # Warehouse staff need not be able to read orders; only the order's name is told.
        for picking_sudo in self.sudo().filtered("sale_id"):
            picking_sudo.sale_id._check_we_deliver(picking_sudo.display_name)
