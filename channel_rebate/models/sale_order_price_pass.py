from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

from ..const import FLOOR_APPROVER, TRUSTED
from ..tools.price_limit import breaks

PASS_FIELDS = frozenset(
    {
        "channel_price_pass_reason",
        "channel_price_passed_by_id",
        "channel_price_passed_on",
        "channel_price_passed_lines",
    }
)


class SaleOrder(models.Model):
    """The approver's word that prices beyond a limit are all right: who, when, why and which."""

    _inherit = "sale.order"

    channel_price_pass_reason = fields.Text(
        string="Reason for the Price",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the order may be sold beyond the price limits.",
    )
    channel_price_passed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Price Passed By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    channel_price_passed_on = fields.Datetime(
        string="Price Passed On", readonly=True, copy=False, groups="base.group_user"
    )
    channel_price_passed_lines = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What was passed, line by line. A worse price or a bigger quantity is not covered.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # Looked at afterwards: defaults of the context or of the user come in by themselves.
        if not self._is_price_pass_trusted() and any(
            order[name] for order in orders.sudo() for name in PASS_FIELDS
        ):
            self._refuse_price_pass_by_hand()
        return orders

    def write(self, vals):
        if PASS_FIELDS & vals.keys() and not self._is_price_pass_trusted():
            self._refuse_price_pass_by_hand()
        return super().write(vals)

    def _is_price_pass_trusted(self):
        return self.env.context.get("channel_trusted") is TRUSTED

    def _refuse_price_pass_by_hand(self):
        raise UserError(
            self.env._("Price limits are passed with the button of the order, by a floor approver.")
        )

    def _pass_price_limits(self, reason):
        """Let the orders have the prices that they have now.

        :param str reason: why; it stays on the orders
        :raise AccessError: if the user is no floor approver
        :raise UserError: without a reason, or if an order has nothing to pass
        """
        if not self.env.user.has_group(FLOOR_APPROVER):
            raise AccessError(self.env._("Only a floor approver passes price limits."))
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why these prices are all right: the reason stays."))
        # Elevated: an approver need not be a salesperson.
        orders_sudo = self.sudo()
        breaks_by_order = orders_sudo.order_line._find_price_breaks_by_order()
        for order_sudo in orders_sudo:
            order_sudo._write_price_pass(reason, breaks_by_order[order_sudo])

    def _write_price_pass(self, reason, found):
        """Write down a pass for the price breaks ``found``, and note it in the chatter."""
        self.ensure_one()
        if not found:
            raise UserError(
                self.env._("No price of %(order)s breaks a limit.", order=self.display_name)
            )
        self.with_context(channel_trusted=TRUSTED).write(
            {
                "channel_price_pass_reason": reason,
                "channel_price_passed_by_id": self.env.uid,
                "channel_price_passed_on": fields.Datetime.now(),
                "channel_price_passed_lines": [self._prepare_price_pass(item) for item in found],
            }
        )
        title = self.env._("Price limits passed: %(reason)s", reason=reason)
        self._message_log(body=self._format_price_note(title, found))

    def _prepare_price_pass(self, found):
        """Return what is passed, as plain values: price and quantity are in unit and currency."""
        return {
            **self._get_price_pass_key(found),
            "price": found.price,
            "quantity": found.line.product_uom_qty,
        }

    def _get_price_pass_key(self, found):
        """Return what has to be the same for a pass to cover a price break."""
        line = found.line._origin
        return {
            "line": line.id,
            "limit": found.limit,
            "product": found.line.product_id.id,
            "uom": found.line.product_uom_id.id,
            "currency": found.line.order_id.currency_id.id,
        }

    def _is_price_passed(self, found):
        """Tell whether the pass covers a price break: the same or better, and not more of it."""
        self.ensure_one()
        key = self._get_price_pass_key(found)
        line = found.line
        return any(
            key.items() <= passed.items()
            and not breaks(
                found.limit,
                found.price,
                passed["price"],
                line._get_price_limit_quantity(),
                line.order_id.currency_id.rounding,
            )
            and float_compare(
                line.product_uom_qty,
                passed["quantity"],
                precision_rounding=line.product_uom_id.rounding,
            )
            <= 0
            for passed in self.channel_price_passed_lines or []
        )
