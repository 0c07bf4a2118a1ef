from odoo import api, fields, models

from ..tools.price_limit import FLOOR


class SaleOrderLine(models.Model):
    """The floor price of what a dealer sold, kept with the order: a base counts no more than that.

    Pricelists are not evaluated in SQL, and they change. So the price of the day is written down
    when a sell-out order is confirmed, or changed afterwards, whether the company warns, blocks or
    does nothing about prices below it.
    """

    _inherit = "sale.order.line"

    channel_floor_unit_price = fields.Float(
        string="Ex-factory Price",
        compute="_compute_channel_floor_unit_price",
        store=True,
        digits=(16, 6),
        copy=False,
        groups="base.group_user",
        help="The floor price when the sub-distributor ordered, without taxes, for one of the "
        "line's unit in the order's currency. Zero: there is none.",
    )

    @api.depends(
        "display_type",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "product_no_variant_attribute_value_ids",
        "channel_origin_line_id",
        "order_id.state",
        "order_id.channel_tier",
        "order_id.channel_order_date",
        "order_id.channel_origin_order_id",
        "order_id.currency_id",
        "order_id.company_id",
    )
    def _compute_channel_floor_unit_price(self):
        self.channel_floor_unit_price = 0.0
        sold = self.filtered(
            lambda line: line.order_id.state == "sale" and line.order_id._is_sell_out()
        )
        goods = sold.filtered(lambda line: line._is_channel_price_limited())
        for company, lines in goods.grouped(lambda line: line.order_id.company_id).items():
            lines._set_channel_floor_unit_price(company.channel_floor_pricelist_id)
        for line in sold.filtered(lambda line: line.product_uom_qty < 0):
            line.channel_floor_unit_price = line._get_returned_floor_price()

    def _set_channel_floor_unit_price(self, pricelist):
        """Take the floor prices of lines of one company from its list, if there is one."""
        if not pricelist:
            return
        requests = {line: line._prepare_price_request() for line in self}
        prices = pricelist._get_channel_limit_prices(
            set(requests.values()), self.order_id.company_id, FLOOR
        )
        for line, request in requests.items():
            line.channel_floor_unit_price = prices[request] or 0.0

    def _get_returned_floor_price(self):
        """Return the floor price at which the goods went out that come back."""
        self.ensure_one()
        order = self.order_id.channel_origin_order_id
        origin = self._get_channel_origin_line() or order.order_line.filtered(
            lambda line: line.product_id == self.product_id
        )
        if not origin:
            return 0.0
        price = origin[0].product_uom_id._compute_price(
            origin[0].channel_floor_unit_price, self.product_uom_id
        )
        if order.currency_id == self.order_id.currency_id:
            return price
        return order.currency_id._convert(
            price,
            self.order_id.currency_id,
            order.company_id,
            order.channel_order_date,
            round=False,
        )
