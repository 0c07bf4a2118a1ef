from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import float_compare, formatLang

from ..locking import touch


class SaleOrder(models.Model):
    """Returns from a sub-distributor to his dealer.

    A return is a sell-out order of its own, with negative quantities, that names its original. No
    more comes back than went out.
    """

    _inherit = "sale.order"

    channel_origin_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Return Of",
        copy=False,
        index="btree_not_null",
        check_company=True,
        domain="[('channel_tier', '=', 'sell_out'), ('state', '=', 'sale'),"
        " ('channel_partner_id', '=', channel_partner_id),"
        " ('channel_origin_order_id', '=', False)]",
        help="The sell-out order whose goods come back. Quantities of a return are negative.",
    )
    channel_return_ids = fields.One2many(
        comodel_name="sale.order", inverse_name="channel_origin_order_id", string="Returns"
    )
    channel_return_count = fields.Integer(compute="_compute_channel_return_count")

    @api.depends("channel_return_ids")
    def _compute_channel_return_count(self):
        for order in self:
            order.channel_return_count = len(order.channel_return_ids)

    @api.onchange("partner_id")
    def _onchange_partner_id_channel_origin(self):
        if self.channel_origin_order_id.channel_partner_id != self.channel_partner_id:
            self.channel_origin_order_id = False

    @api.constrains("channel_origin_order_id", "channel_tier")
    def _check_channel_origin(self):
        for order in self.filtered("channel_origin_order_id"):
            if not order._is_sell_out():
                raise ValidationError(
                    self.env._(
                        "%(order)s is no sell-out order, so it can't return %(origin)s: empty "
                        "“Return Of”.",
                        order=order.display_name,
                        origin=order.channel_origin_order_id.name,
                    )
                )

    @api.constrains("state", "order_line", "channel_origin_order_id", "channel_order_date")
    def _check_channel_return(self):
        for order in self.filtered(lambda record: record._is_sell_out()):
            if message := order.state == "sale" and order._channel_return_error_message():
                raise ValidationError(message)
        # What has come back holds the original, too. Elevated: also what others have returned.
        orders_sudo = self.sudo()
        originals = orders_sudo.filtered("channel_return_ids") | orders_sudo.channel_origin_order_id
        originals._check_channel_returned()

    def _channel_return_error_message(self):
        """Return what is wrong with a confirmed return, or nothing."""
        self.ensure_one()
        origin = self.channel_origin_order_id
        quantities = [line.product_uom_qty for line in self._get_channel_goods_lines()]
        if not origin:
            return min(quantities, default=0) < 0 and self.env._(
                "%(order)s has negative quantities, as a return: name the order that it returns.",
                order=self.display_name,
            )
        if max(quantities, default=0) > 0:
            return self.env._(
                "%(order)s is a return of %(origin)s, so its quantities have to be negative.",
                order=self.display_name,
                origin=origin.name,
            )
        if origin.state != "sale" or not origin._is_sell_out() or origin.channel_origin_order_id:
            return self.env._(
                "%(order)s returns %(origin)s, which is no confirmed sell-out order.",
                order=self.display_name,
                origin=origin.name,
            )
        if (origin.channel_partner_id, origin.channel_dealer_id) != (
            self.channel_partner_id,
            self.channel_dealer_id,
        ):
            return self._channel_return_partner_message()
        if self.currency_id != origin.currency_id:
            return self.env._(
                "%(order)s has another currency than %(origin)s, which it returns. Choose a "
                "pricelist in %(currency)s.",
                order=self.display_name,
                origin=origin.name,
                currency=origin.currency_id.name,
            )
        if self.channel_order_date < origin.channel_order_date:
            return self.env._(
                "%(order)s can't be returned before %(origin)s was ordered: correct its date.",
                order=self.display_name,
                origin=origin.name,
            )
        return self._channel_return_price_message()

    def _channel_return_price_message(self):
        """Goods come back at the price at which they went out, or some rebate would stay."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for line in self._get_channel_goods_lines().filtered("product_uom_qty"):
            sold = line._get_channel_origin_line()
            price = sold and line._get_channel_origin_price()
            if sold and (
                float_compare(line.price_unit, price, precision_digits=digits)
                or float_compare(line.discount, sold.discount, precision_digits=digits)
                or line.tax_ids != sold.tax_ids
            ):
                return self.env._(
                    "%(order)s: %(product)s comes back at the price, discount and taxes at which "
                    "it went out with %(origin)s: %(price)s, %(discount)s %%. To change those of "
                    "%(origin)s, cancel the return first.",
                    order=self.display_name,
                    product=line.product_id.display_name,
                    origin=self.channel_origin_order_id.name,
                    price=formatLang(self.env, price, currency_obj=self.currency_id),
                    discount=f"{sold.discount:g}",
                )
        return None

    def _channel_return_partner_message(self):
        origin = self.channel_origin_order_id
        return self.env._(
            "%(order)s returns %(origin)s, which %(partner)s bought from %(dealer)s: a return "
            "has the same partners.",
            order=self.display_name,
            origin=origin.name,
            partner=origin.channel_partner_id.name,
            dealer=origin.channel_dealer_id.name,
        )

    def _check_channel_returned(self):
        """No more may come back than went out, and what has come back was sold (in sudo mode)."""
        touch(self)  # of two returns that are confirmed at once, one sees the other
        for order in self:
            returns = order._get_channel_returns()
            if returns and order.state != "sale":
                raise ValidationError(
                    self.env._(
                        "%(order)s has returns (%(returns)s): cancel them first.",
                        order=order.name,
                        returns=", ".join(returns.mapped("name")),
                    )
                )
            for message in filter(None, (one._channel_return_error_message() for one in returns)):
                raise ValidationError(message)
            for line, quantity in order._get_channel_returnable().items() if returns else ():
                unit = line.product_id.uom_id
                if unit.compare(quantity, 0) < 0:
                    raise ValidationError(
                        self.env._(
                            "More %(product)s would be returned than a line of %(order)s has: "
                            "%(quantity)s too many.",
                            product=line.product_id.display_name,
                            order=order.name,
                            quantity=f"{unit.round(-quantity):g}",
                        )
                    )

    def _get_channel_returns(self):
        """Return what has come back of an order, whoever may see it."""
        # Elevated: no more comes back because somebody else took the first return.
        return self.sudo().channel_return_ids.filtered(
            lambda record: record.state == "sale" and record._is_sell_out()
        )

    def _get_channel_goods_lines(self):
        """Return the lines that name goods; a combination is the goods that it is made of."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.product_id.type not in ("service", "combo")
            )
        )

    def _get_channel_quantities(self):
        """Return ``{product: quantity}`` of orders, in the product's unit."""
        quantities = defaultdict(float)
        for line in self._get_channel_goods_lines():
            quantities[line.product_id] += line._get_channel_quantity()
        return quantities

    def _get_channel_returnable(self):
        """Return ``{line: quantity}`` that has not come back yet, in the product's unit.

        Line by line, since the same goods may have gone out at two prices. A returned line that
        never went out stands for itself, with less than nothing.
        """
        self.ensure_one()
        returnable = {
            line: line._get_channel_quantity() for line in self.sudo()._get_channel_goods_lines()
        }
        for back in self._get_channel_returns()._get_channel_goods_lines():
            line = back._get_channel_origin_line() or back
            returnable[line] = returnable.get(line, 0.0) + back._get_channel_quantity()
        return returnable

    def action_channel_return(self):
        """Make a quotation for the return of what has not come back, or open the one there is.

        :raise UserError: if an order can't be returned or everything has come back
        """
        for order in self:
            if message := order._cannot_return_message():
                raise UserError(message)
        returns = self.browse()
        for order in self:
            draft = order.channel_return_ids.filtered(lambda rec: rec.state in ("draft", "sent"))
            returns |= draft[:1] or order._create_channel_return()
        return returns._action_open_channel_orders()

    def _cannot_return_message(self):
        self.ensure_one()
        if not self._is_sell_out() or self.state != "sale" or self.channel_origin_order_id:
            return self.env._(
                "%(order)s can't be returned: only a confirmed sell-out order can.",
                order=self.display_name,
            )
        if not any(
            line.product_id.uom_id.compare(quantity, 0) > 0
            for line, quantity in self._get_channel_returnable().items()
        ):
            return self.env._("Everything of %(order)s has come back.", order=self.display_name)
        return None

    def _create_channel_return(self):
        """Return a new quotation with the order's prices and what is left to come back."""
        lines = [
            Command.create(line._prepare_channel_return_line(quantity))
            for line, quantity in self._get_channel_returnable().items()
            if line.product_id.uom_id.compare(quantity, 0) > 0
        ]
        return self.create({**self._prepare_channel_return(), "order_line": lines})

    def _prepare_channel_return(self):
        return {
            "partner_id": self.partner_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "company_id": self.company_id.id,
            "pricelist_id": self.pricelist_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "origin": self.name,
            "channel_origin_order_id": self.id,
        }

    def action_open_channel_returns(self):
        return self.channel_return_ids._action_open_channel_orders()

    def _action_open_channel_orders(self):
        """Open these orders in the order screens: the form for one, the list for several."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action |= {"domain": [("id", "in", self.ids)], "context": {}}
        if len(self) == 1:
            action |= {"res_id": self.id, "views": [(False, "form")], "view_mode": "form"}
        return action
