from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.channel_tier")
    def _compute_qty_to_invoice(self):
        """There is never anything to invoice on a sell-out order."""
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        sell_out.qty_to_invoice = 0
        return super(SaleOrderLine, self - sell_out)._compute_qty_to_invoice()

    @api.depends("order_id.channel_tier")
    def _compute_invoice_status(self):
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        sell_out.invoice_status = "no"
        return super(SaleOrderLine, self - sell_out)._compute_invoice_status()

    @api.constrains("product_id", "is_downpayment", "order_id")
    def _check_channel_goods(self):
        """A dealer sells goods to his sub-distributor; our services are our own sales."""
        sell_out = self.filtered(lambda line: line.order_id._is_sell_out())
        if down_payments := sell_out.filtered("is_downpayment"):
            raise ValidationError(
                self.env._(
                    "%(order)s is a sell-out order: the dealer invoices it, not we.",
                    order=", ".join(down_payments.order_id.mapped("display_name")),
                )
            )
        services = sell_out.filtered(lambda line: line.product_id.type == "service")
        if services:
            raise ValidationError(
                self.env._(
                    "A sell-out order carries goods only. Take out of %(orders)s: %(products)s",
                    orders=", ".join(services.order_id.mapped("display_name")),
                    products=", ".join(services.product_id.mapped("display_name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._mark_channel_shortage()
        return lines

    def write(self, vals):
        if "order_id" in vals:
            self._check_channel_order_change(vals["order_id"])
        result = super().write(vals)
        if {"product_uom_qty", "product_id", "product_uom_id"} & vals.keys():
            self._mark_channel_shortage()
        return result

    def _check_channel_order_change(self, order_id):
        """What is confirmed in the channel stays on its order."""
        orders = (self.order_id | self.order_id.browse(order_id)).filtered(
            lambda order: order.state == "sale" and order.channel_tier
        )
        if orders and self.filtered(lambda line: line.order_id.id != order_id):
            raise UserError(
                self.env._(
                    "%(orders)s is confirmed: lines don't move between orders of the channel.",
                    orders=", ".join(orders.mapped("name")),
                )
            )

    def _mark_channel_shortage(self):
        """What changes on a confirmed order is looked at as what is confirmed."""
        self.order_id.filtered(lambda order: order.state == "sale")._mark_channel_shortage()
