from markupsafe import Markup
from odoo import api, fields, models

from ..tools.price_limit import discount_factor


class SaleOrder(models.Model):
    """Floor and ceiling: shown while typing, checked when an order is or becomes confirmed."""

    _inherit = "sale.order"

    channel_price_warning = fields.Text(
        string="Price Limits",
        compute="_compute_channel_price_warning",
    )
    channel_price_blocked = fields.Boolean(
        compute="_compute_channel_price_warning",
        help="A price keeps the order from being confirmed.",
    )

    @api.depends("order_line.channel_price_warning", "order_line.channel_price_blocked")
    @api.depends_context("uid")
    def _compute_channel_price_warning(self):
        for order in self:
            lines = order.order_line.filtered("channel_price_warning")
            order.channel_price_warning = "\n".join(
                f"{line.product_id.display_name}: {line.channel_price_warning}" for line in lines
            )
            order.channel_price_blocked = any(lines.mapped("channel_price_blocked"))

    @api.constrains(
        "state", "date_order", "channel_order_date", "channel_tier", "currency_id", "company_id"
    )
    def _check_channel_price_limits(self):
        """Check whatever makes an order confirmed, or moves the limits of a confirmed one."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirmed.order_line._refuse_price_breaks()

    def _get_channel_discount_factor(self):
        """Return the part of each price that discounts on the whole order leave."""
        self.ensure_one()
        limited = self.order_line.filtered(lambda line: line._is_channel_price_limited())
        if not limited or not self.channel_tier:
            return 1.0  # before what goods taken back are worth is looked up
        amounts = [max(line.price_subtotal, 0.0) for line in limited]
        discounts = [line._get_order_discount() for line in self.order_line]
        return discount_factor([*amounts, *discounts])

    def _action_confirm(self):
        self._log_price_warnings()
        return super()._action_confirm()

    def _log_price_warnings(self):
        """Keep a note of prices that were confirmed in spite of a warning."""
        # Elevated: the limits hold whoever confirms, portal users among them.
        breaks_by_order = self.sudo().order_line._find_price_breaks_by_order(policies=("warn",))
        title = self.env._("Confirmed in spite of price limits:")
        notes = {
            order.id: order._format_price_note(title, found)
            for order, found in breaks_by_order.items()
        }
        if notes:
            self.browse(notes)._message_log_batch(notes)

    def _format_price_note(self, title, found):
        """Return a note for the chatter that lists price breaks under a title."""
        items = Markup().join(
            Markup("<li>%s: %s</li>")
            % (item.line.product_id.display_name, item.line._describe_price_break(item))
            for item in found
        )
        return Markup("%s<ul>%s</ul>") % (title, items)

    def _has_to_be_signed(self):
        """Don't ask the customer for what would then be refused."""
        return super()._has_to_be_signed() and not self._is_channel_price_blocked()

    def _has_to_be_paid(self):
        """Don't ask the customer for what would then be refused."""
        return super()._has_to_be_paid() and not self._is_channel_price_blocked()

    def _is_channel_price_blocked(self):
        # Elevated: a portal user may not see the limits, only that he can't sign yet.
        return self.sudo().channel_price_blocked

    def _format_price_breaks(self):
        """Return a table of the prices beyond a limit, order by order."""
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (order.name, line.product_id.display_name, line.channel_price_warning)
            for order in self
            for line in order.order_line.filtered("channel_price_warning")
        )
        return Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows
