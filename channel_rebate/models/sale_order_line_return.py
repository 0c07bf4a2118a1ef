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

    @api.constrains(
        "product_uom_qty",
        "product_id",
        "product_uom_id",
        "price_unit",
        "discount",
        "tax_ids",
        "order_id",
    )
    def _check_channel_return(self):
        self.order_id._check_channel_return()

    @api.depends("order_id.channel_origin_order_id")
    def _compute_price_unit(self):
        returns = self.filtered(lambda line: line._get_channel_origin_line())
        for line in returns:
            line.price_unit = line.technical_price_unit = line._get_channel_origin_price()
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
            lambda origin: origin.product_id == self.product_id and not origin.display_type
        )
        same_unit = lines.filtered(lambda origin: origin.product_uom_id == self.product_uom_id)
        return (lines & self.channel_origin_line_id) or same_unit[:1] or lines[:1]

    def _get_channel_quantity(self):
        """Return the quantity in the product's unit, not rounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )

    def _get_channel_origin_price(self):
        """Return the original's unit price, before discount, for one of this line's unit."""
        origin = self._get_channel_origin_line()
        return origin.product_uom_id._compute_price(origin.price_unit, self.product_uom_id)

    def _prepare_channel_return_line(self, quantity):
        """Return the values of a line that takes back ``quantity``, in the product's unit.

        It keeps the line's unit if that says the quantity exactly.
        """
        self.ensure_one()
        unit, product_unit = self.product_uom_id, self.product_id.uom_id
        back = product_unit._compute_quantity(quantity, unit)
        if product_unit.compare(unit._compute_quantity(back, product_unit, round=False), quantity):
            unit, back = product_unit, quantity
        return {
            "channel_origin_line_id": self.id,
            "product_id": self.product_id.id,
            "product_uom_id": unit.id,
            "product_uom_qty": -back,
            "price_unit": self.product_uom_id._compute_price(self.price_unit, unit),
            "discount": self.discount,
            "tax_ids": self.tax_ids.ids,
            "name": self.name,
        }
