from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """A sell-out order has no warehouse and no transfers: the dealer delivers it."""

    _inherit = "sale.order"

    @api.depends("channel_tier")
    def _compute_warehouse_id(self):
        sell_out = self.filtered(lambda order: order._is_sell_out())
        sell_out.warehouse_id = False
        return super(SaleOrder, self - sell_out)._compute_warehouse_id()

    @api.constrains("warehouse_id", "state", "order_line")
    def _check_warehouse(self):
        ours = self.filtered(lambda order: not order._is_sell_out())
        return super(SaleOrder, ours)._check_warehouse()

    @api.constrains("channel_tier")
    def _check_channel_transfers(self):
        """Refuse to make a sell-out order of one that we deliver already."""
        # Transfers tell nothing here but their names, to people without access to the warehouse.
        for order_sudo in self.sudo().filtered(lambda order: order._is_sell_out()):
            live = order_sudo.picking_ids.filtered(lambda picking: picking.state != "cancel")
            if live:
                raise ValidationError(
                    self.env._(
                        "%(order)s has the transfers %(transfers)s, so it cannot become a sell-out "
                        "order. Cancel it and make a new order for %(customer)s.",
                        order=order_sudo.name,
                        transfers=", ".join(live.mapped("name")),
                        customer=order_sudo.partner_id.display_name,
                    )
                )

    def _is_display_stock_in_catalog(self):
        """Our stock says nothing about what the dealer has."""
        return super()._is_display_stock_in_catalog() and not self._is_sell_out()

    def _check_we_deliver(self, document):
        """Raise an error that names ``document`` if one of the orders is a sell-out order."""
        sell_out = self.filtered(lambda order: order._is_sell_out())
        if sell_out:
            raise ValidationError(
                self.env._(
                    "%(document)s cannot belong to %(order)s: that is a sell-out order, which the "
                    "dealer delivers, not we. Choose one of our own orders, or none.",
                    document=document,
                    order=sell_out[0].name,
                )
            )
