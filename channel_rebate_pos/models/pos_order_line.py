from odoo import api, models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.constrains("sale_order_origin_id", "sale_order_line_id")
    def _check_channel_sale_order(self):
        """Whatever sends it, also with old data in the browser: no sell-out order in the till."""
        # The cashier need not be able to read orders; only the order and its customer are told.
        for line_sudo in self.sudo():
            # What was settled in former days can be refunded.
            orders_sudo = line_sudo._get_channel_orders()
            refunded_sudo = line_sudo.refunded_orderline_id._get_channel_orders()
            (orders_sudo - refunded_sudo)._check_not_sell_out()

    def _get_channel_orders(self):
        """Return the orders that these lines settle."""
        return self.sale_order_origin_id | self.sale_order_line_id.order_id
