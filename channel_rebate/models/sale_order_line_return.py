from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What comes back to the dealer, at the price at which it went out."""

    _inherit = "sale.order.line"

    channel_origin_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Returned Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The line of the original order whose goods come back.",
    )

    @api.constrains("product_uom_qty", "product_id", "product_uom_id")
    def _check_channel_return(self):
        self.order_id._check_channel_return()

    @api.depends("order_id.channel_origin_order_id")
    def _compute_price_unit(self):
        returns = self.filtered(lambda line: line._get_channel_origin_line())
        for line in returns:
            origin = line._get_channel_origin_line()
            line.price_unit = line.technical_price_unit = origin.price_unit
        return super(SaleOrderLine, self - returns)._compute_price_unit()

    @api.depends("order_id.channel_origin_order_id")
    def _compute_discount(self):
        returns = self.filtered(lambda line: line._get_channel_origin_line())
        for line in returns:
            line.discount = line._get_channel_origin_line().discount
        return super(SaleOrderLine, self - returns)._compute_discount()

    def _get_channel_origin_line(self):
        """Return the line of the original order whose goods come back here, or nothing."""
        self.ensure_one()
        lines = self.order_id.channel_origin_order_id.order_line.filtered(
            lambda origin: (
                origin.product_id == self.product_id
                and origin.product_uom_id == self.product_uom_id
                and not origin.display_type
            )
        )
        return (lines & self.channel_origin_line_id) or lines[:1]

    def _prepare_channel_return_line(self, quantity):
        """Return the values of a line that takes back ``quantity``, in the line's unit."""
        self.ensure_one()
        return {
            "channel_origin_line_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "product_uom_qty": -quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": self.tax_ids.ids,
            "name": self.name,
        }
