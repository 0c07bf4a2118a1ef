from collections import defaultdict
from datetime import datetime, time
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..tools.price_limit import CEILING, FLOOR, LIMITS, breaks, decimals_to_show
from .product_pricelist import PriceRequest

# What else the prices of a line depend on: its order, and what that takes off them.
ORDER_FIELDS = (
    "order_id.channel_tier",
    "order_id.channel_order_date",
    "order_id.date_order",
    "order_id.currency_id",
    "order_id.company_id",
    "order_id.order_line.price_subtotal",
    "order_id.channel_price_passed_lines",
)


class PriceBreak(NamedTuple):
    """A line whose price is beyond a limit."""

    line: Any
    limit: str  # floor or ceiling
    policy: str  # warn or block
    price: float  # of the line: one of its unit, untaxed, after all discounts, order's currency
    bound: float  # the limit, likewise


class SaleOrderLine(models.Model):
    """Prices between floor and ceiling."""

    _inherit = "sale.order.line"

    channel_floor_price = fields.Float(
        string="Floor",
        compute="_compute_channel_price_limits",
        min_display_digits="Product Price",
        help="The lowest price after discounts, without taxes, for one of the line's unit in the "
        "order's currency. Zero: there is none.",
    )
    channel_ceiling_price = fields.Float(
        string="Ceiling",
        compute="_compute_channel_price_limits",
        min_display_digits="Product Price",
        help="The highest price after discounts, without taxes, for one of the line's unit in the "
        "order's currency. Zero: there is none.",
    )
    channel_price_warning = fields.Char(
        string="Price Limits",
        compute="_compute_channel_price_limits",
        help="Which limit the price breaks.",
    )
    channel_price_blocked = fields.Boolean(
        compute="_compute_channel_price_limits",
        help="The order can't be confirmed with this price.",
    )

    @api.depends(lambda self: [*self._get_channel_price_fields(), "qty_delivered", *ORDER_FIELDS])
    @api.depends_context("uid")
    def _compute_channel_price_limits(self):
        self.channel_floor_price = self.channel_ceiling_price = 0.0
        self.channel_price_warning = self.channel_price_blocked = False
        if not self.env.su and not self.env.user._is_internal():
            return  # from the floor a sub-distributor would learn what his dealer pays
        # Elevated: who reads an order may see its limits, whatever he may read of the rest.
        bounds = self.sudo()._get_price_bounds()
        for (line_sudo, limit), (_policy, bound) in bounds.items():
            line = line_sudo.with_env(self.env)
            line["channel_floor_price" if limit == FLOOR else "channel_ceiling_price"] = bound
        for found in self.sudo()._find_price_breaks(bounds):
            line = found.line.with_env(self.env)
            line.channel_price_warning = found.line._describe_price_break(found)
            line.channel_price_blocked = found.line._is_price_blocked(found)

    @api.constrains(lambda self: [*self._get_channel_price_fields(), "order_id"])
    def _check_channel_price_limits(self):
        """Hold later changes of confirmed orders to the limits as well."""
        confirmed = self.filtered(lambda line: line.order_id.state == "sale")
        # A discount on the order changes the prices of all its lines.
        discounted = confirmed.order_id.filtered(
            lambda order: order._get_channel_discount_factor() != 1
        )
        (confirmed | discounted.order_line)._refuse_price_breaks()

    @api.constrains("qty_delivered")
    def _check_channel_delivered_prices(self):
        """Hold a line to the limits that is delivered though it takes back, or the other way."""
        turned = self.filtered(
            lambda line: (
                line.product_uom_qty < 0 < line.qty_delivered
                or line.qty_delivered < min(line.product_uom_qty, 0)
            )
        )
        confirmed = turned.order_id.filtered(lambda order: order.state == "sale")
        confirmed.order_line._refuse_price_breaks()

    def _get_price_bounds(self, policies=("warn", "block")):
        """Return ``{(line, limit): (policy, price)}`` for the limits that these lines have.

        A limit's price is untaxed, for one of the line's unit in the order's currency, not rounded.

        :param policies: leave out the limits that have another one
        """
        bounds = {}
        limited = self.filtered(lambda line: line._is_channel_price_limited())
        for company, lines in limited.grouped(lambda line: line.order_id.company_id).items():
            for limit in LIMITS:
                policy_by_tier = company._get_price_policies(limit)
                requests = {
                    line: line._prepare_price_request()
                    for line in lines
                    if policy_by_tier.get(line.order_id.channel_tier) in policies
                }
                prices = company._get_price_limit_list(limit)._get_channel_limit_prices(
                    set(requests.values()), company, limit
                )
                for line, request in requests.items():
                    if prices[request] is not None:
                        policy = policy_by_tier[line.order_id.channel_tier]
                        bounds[line, limit] = policy, prices[request]
        return bounds

    def _prepare_price_request(self):
        return PriceRequest(
            product=self.product_id,
            quantity=self._get_price_limit_quantity(),
            uom=self.product_uom_id,
            currency=self.order_id.currency_id,
            date=self._get_price_limit_date(),
            extras=self.product_no_variant_attribute_value_ids,
        )

    def _get_price_limit_date(self):
        """Return the time whose limits apply: on sell-out that of the sub-distributor's order."""
        day = self.order_id.channel_order_date
        if self.order_id._is_sell_out() and day:
            # At noon UTC it is the same day nearly everywhere, whoever entered a rule's dates.
            return datetime.combine(day, time(12))
        return self._get_order_date() or fields.Datetime.now()

    def _find_price_breaks(self, bounds):
        """Return a list of :class:`PriceBreak`.

        :param bounds: of :meth:`_get_price_bounds`
        """
        orders = self.browse().union(*(line for line, _limit in bounds)).order_id
        factors = {order: order._get_channel_discount_factor() for order in orders}
        found = []
        for (line, limit), (policy, bound) in bounds.items():
            price = line._get_channel_net_price() * factors[line.order_id]
            rounding = line.order_id.currency_id.rounding
            if breaks(limit, price, bound, line._get_price_limit_quantity(), rounding):
                found.append(PriceBreak(line, limit, policy, price, bound))
        return found

    def _find_price_breaks_by_order(self, **kwargs):
        """Return ``{order: [PriceBreak]}``.

        :param kwargs: of :meth:`_get_price_bounds`
        """
        breaks_by_order = defaultdict(list)
        for found in self._find_price_breaks(self._get_price_bounds(**kwargs)):
            breaks_by_order[found.line.order_id].append(found)
        return breaks_by_order

    def _get_channel_net_price(self):
        """Return the price of one unit after the line's discount, untaxed, not rounded."""
        price = self.price_unit * (1 - (self.discount or 0.0) / 100)
        return self.tax_ids._get_channel_untaxed_price(price, self.product_id, self.product_uom_id)

    def _is_price_blocked(self, found):
        """Tell whether a break of this line stands in the way of confirming the order."""
        return found.policy == "block" and not self.order_id._is_price_passed(found)

    def _describe_price_break(self, found):
        """Return what is wrong with the price, for the line on which it shows."""
        prices = {
            "price": self._format_channel_price(found.price),
            "bound": self._format_channel_price(found.bound),
        }
        if found.limit == CEILING:
            return self.env._("Net price %(price)s is above the ceiling of %(bound)s", **prices)
        return self.env._("Net price %(price)s is below the floor of %(bound)s", **prices)

    def _format_channel_price(self, price):
        currency = self.order_id.currency_id
        digits = decimals_to_show(price, currency.decimal_places)
        return f"{formatLang(self.env, price, digits=digits)} {currency.name}"

    def _refuse_price_breaks(self):
        """Refuse prices beyond a limit that blocks, unless an approver has passed them.

        :raise ValidationError: naming each line with its price and the limit
        """
        # Elevated: the limits hold whoever confirms, portal users among them.
        lines_sudo = self.sudo()
        bounds = lines_sudo._get_price_bounds(policies=("block",))
        blocked = [
            found
            for found in lines_sudo._find_price_breaks(bounds)
            if found.line._is_price_blocked(found)
        ]
        if blocked:
            raise ValidationError(
                self.env._(
                    "These prices are not allowed:\n%(lines)s\n"
                    "Change them, or have a floor approver pass them on the quotation. (A "
                    "confirmed order has to be cancelled and set to quotation first.)",
                    lines="\n".join(
                        f"- {found.line.order_id.name}, {found.line.product_id.display_name}: "
                        f"{found.line._describe_price_break(found)}"
                        for found in blocked
                    ),
                )
            )
