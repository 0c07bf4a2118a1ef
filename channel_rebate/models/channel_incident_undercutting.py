from odoo import api, models
from odoo.tools import groupby

from ..tools.price_limit import FLOOR
from .channel_incident_detection import Finding


class ChannelIncident(models.Model):
    """Sell-out orders with prices below the floor that were let through.

    Where the floor only warns, that is every such price; where it blocks, those that a floor
    approver has passed. The floor is the price that was kept with the order.
    """

    _inherit = "channel.incident"

    @api.model
    def _find_undercutting(self, company, orders):
        """Return a list of :class:`Finding`, at most one for an order."""
        policy = company._get_price_policies(FLOOR).get("sell_out", "off")
        if policy == "off":
            return []
        if policy == "block":
            orders = orders.filtered("channel_price_passed_lines")
        limited = orders.order_line.filtered(lambda line: line._is_channel_price_limited())
        bounds = {
            (line, FLOOR): (policy, line.channel_floor_unit_price)
            for line in limited
            if line.channel_floor_unit_price
        }
        found = limited._find_price_breaks(bounds)
        return [
            self._prepare_undercutting(company, order, breaks)
            for order, breaks in groupby(found, lambda item: item.line.order_id)
        ]

    def _prepare_undercutting(self, company, order, breaks):
        territory = order.channel_territory_id
        description = [
            self.env._(
                "%(dealer)s sold to %(customer)s below the floor (%(order)s).",
                dealer=order.channel_dealer_id.name,
                customer=order.channel_partner_id.name,
                order=order.name,
            ),
            *(self._describe_undercut_line(item) for item in breaks),
        ]
        return Finding(
            order=order,
            breach="undercutting",
            prices={item.line: item.price for item in breaks},
            territory=territory.filtered(lambda record: record.company_id == company),
            harmed=self.env["res.partner"],
            place=self._describe_place(order.partner_shipping_id),
            description="\n".join(description),
            note=self._describe_pass(order),
            facts=[[item.line.id, round(item.price, 6), round(item.bound, 6)] for item in breaks],
        )

    def _describe_undercut_line(self, found):
        goods = found.line._describe_for_incident(found.price)
        return f"{goods}. {found.line._describe_price_break(found)}"

    def _describe_pass(self, order):
        """Return who let prices through, and why, if somebody did."""
        if not order.channel_price_passed_by_id:
            return ""
        return self.env._(
            "The prices were passed by %(name)s: %(reason)s",
            name=order.channel_price_passed_by_id.name,
            reason=order.channel_price_pass_reason,
        )
