from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command


class SaleOrder(models.Model):
    """What a sell-out order means for the dealer's stock: he has to have the goods, and to reorder.

    An order for more than he should have is marked for a look, never refused: his stock as we know
    it is an estimate.
    """

    _inherit = "sale.order"

    channel_replenishment_id = fields.Many2one(
        comodel_name="sale.order",
        string="Replenishment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="The dealer's order for what he has sold here.",
    )
    channel_sell_out_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="channel_replenishment_id",
        string="Sell-out Orders",
        help="The sell-out orders whose goods the dealer reorders here.",
    )
    channel_sell_out_count = fields.Integer(
        string="Sell-out Order Count", compute="_compute_channel_sell_out_count"
    )
    channel_is_short = fields.Boolean(
        string="More Than the Dealer Has",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the order was confirmed or changed, the dealer should not have had that much.",
    )
    channel_shortage = fields.Text(
        compute="_compute_channel_shortage",
        groups="base.group_user",
        help="What the order takes beyond what the dealer should have left.",
    )

    @api.depends("channel_sell_out_ids")
    def _compute_channel_sell_out_count(self):
        for order in self:
            order.channel_sell_out_count = len(order.channel_sell_out_ids)

    # === Replenishment === #

    @api.constrains("channel_replenishment_id")
    def _check_channel_replenishment(self):
        """A dealer reorders for himself, also when the customer of his order changes."""
        # Elevated: the dealer's order may be somebody else's by now.
        for order in self.sudo().filtered("channel_replenishment_id"):
            if not order._is_replenished_by_dealer():
                raise ValidationError(
                    self.env._(
                        "%(replenishment)s replenishes %(order)s, so it has to be an order of "
                        "%(dealer)s.",
                        replenishment=order.channel_replenishment_id.display_name,
                        order=order.name,
                        dealer=order.channel_dealer_id.name,
                    )
                )

    @api.constrains("partner_id")
    def _check_channel_replenished(self):
        self.filtered(lambda order: order.state != "cancel").sudo().channel_sell_out_ids.filtered(
            lambda order: order.state == "sale"
        )._check_channel_replenishment()

    def _is_replenished_by_dealer(self):
        self.ensure_one()
        replenishment = self.channel_replenishment_id
        return (
            replenishment.channel_tier == "sell_in"
            and replenishment.channel_dealer_id == self.channel_dealer_id
        )

    def write(self, vals):
        result = super().write(vals)
        if {"partner_id", "channel_order_date"} & vals.keys():
            self._forget_channel_replenishment()
        return result

    def _forget_channel_replenishment(self):
        """An order that comes from another dealer now is not replenished yet."""
        # Elevated: the dealer's order may be somebody else's by now.
        self.sudo().filtered(
            lambda order: order.channel_replenishment_id and not order._is_replenished_by_dealer()
        ).channel_replenishment_id = False

    def action_channel_replenish(self):
        """Make the dealers' orders for what these sell-out orders took, or open those there are.

        :raise UserError: if there is an order that is no confirmed sell-out order
        """
        wrong = self.filtered(
            lambda order: (
                not order._is_sell_out() or order.state != "sale" or order.channel_origin_order_id
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only confirmed sell-out orders are replenished, not %(orders)s.",
                    orders=", ".join(wrong.mapped("name")),
                )
            )
        # Elevated: the dealer's order may be somebody else's by now.
        missing = self.filtered(
            lambda order: order.sudo().channel_replenishment_id.state in (False, "cancel")
        )
        missing._create_channel_replenishments()
        return self.channel_replenishment_id._action_open_channel_orders()

    def _create_channel_replenishments(self):
        """Make one quotation for each dealer and salesperson, and link both ways."""
        groups = self.grouped(
            lambda order: (order.company_id, order.channel_dealer_id, order.user_id)
        )
        replenishments = self.create(
            [orders._prepare_channel_replenishment() for orders in groups.values()]
        )
        for orders, replenishment in zip(groups.values(), replenishments, strict=True):
            orders.channel_replenishment_id = replenishment

    def _prepare_channel_replenishment(self):
        """Return the values of a dealer's order for what all these orders took."""
        quantities = defaultdict(float)
        for line in self._get_channel_goods_lines():
            quantities[line.product_id, line.product_uom_id] += line.product_uom_qty
        return {
            "partner_id": self.channel_dealer_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "origin": ", ".join(self.mapped("name")),
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_id": unit.id,
                        "product_uom_qty": quantity,
                    }
                )
                for (product, unit), quantity in quantities.items()
            ],
        }

    def action_open_channel_replenishment(self):
        return self.channel_replenishment_id._action_open_channel_orders()

    def action_open_channel_sell_out(self):
        return self.channel_sell_out_ids._action_open_channel_orders()

    # === More than the dealer has === #

    @api.depends(
        "channel_dealer_id",
        "channel_tier",
        "state",
        "order_line.product_id",
        "order_line.product_uom_id",
        "order_line.product_uom_qty",
    )
    def _compute_channel_shortage(self):
        """Say it while the order is typed, and as long as a confirmed one is marked."""
        sell_out = self.filtered(
            lambda order: (
                order._is_sell_out()
                and (order.state in ("draft", "sent") or order.channel_is_short)
            )
        )
        (self - sell_out).channel_shortage = False
        left = sell_out._get_channel_left()
        for order in sell_out:
            confirmed = order.state == "sale"
            lines = []
            for product, quantity in order._get_channel_quantities().items():
                has = left[order.channel_dealer_id._origin.id, product._origin.id]
                has += quantity if confirmed else 0
                if quantity > 0 and product.uom_id.compare(has, quantity) < 0:
                    lines.append(order._channel_shortage_text(product, quantity, max(has, 0)))
            order.channel_shortage = "\n".join(lines)

    def _channel_shortage_text(self, product, quantity, has):
        return self.env._(
            "%(product)s: %(quantity)s %(unit)s ordered, %(dealer)s should have %(left)s",
            product=product.display_name,
            quantity=f"{quantity:g}",
            unit=product.uom_id.name,
            dealer=self.channel_dealer_id.name,
            left=f"{has:g}",
        )

    def _get_channel_left(self):
        """Return ``{(dealer id, product id): quantity}`` that dealers should have left.

        Quantities are in the product's unit; confirmed orders are taken off already.
        """
        left = defaultdict(float)
        for company, orders in self.grouped("company_id").items():
            left |= self.env["channel.dealer.stock"]._get_left(
                company,
                orders.channel_dealer_id._origin,
                orders.order_line.product_id._origin,
            )
        return left

    def _action_confirm(self):
        result = super()._action_confirm()
        self._mark_channel_shortage()
        return result

    def _mark_channel_shortage(self):
        """Mark the confirmed orders that take more than their dealer should have.

        What is sold beyond his stock is laid to the latest orders.
        """
        orders = self.filtered(lambda order: order._is_sell_out() and order.state == "sale")
        left = orders._get_channel_left()
        short = self.browse()
        for order in orders.sorted(lambda record: (record.channel_order_date, record.id))[::-1]:
            for product, quantity in order._get_channel_quantities().items():
                key = order.channel_dealer_id.id, product.id
                if quantity > 0 and product.uom_id.compare(left[key], 0) < 0:
                    left[key] += quantity
                    short |= order
        (short - short.filtered("channel_is_short")).channel_is_short = True

    def action_channel_looked_at(self):
        """Take the mark away: somebody has looked."""
        marked = self.filtered("channel_is_short")
        marked.channel_is_short = False
        marked._message_log_batch(
            dict.fromkeys(marked.ids, self.env._("Looked at: more than the dealer should have."))
        )
