from odoo import api, models

from .channel_incident_detection import Finding


class ChannelIncident(models.Model):
    """Sell-out orders whose goods went into the territory of another dealer than the seller.

    Where they went is the address of delivery. Where the sub-distributor is counts as well: the
    territory that was chosen for him, or else that of his address. Both on the order's channel
    date; one report if both are foreign. It is the dealer who sold outside of his territory.
    """

    _inherit = "channel.incident"

    @api.model
    def _find_diversions(self, company, orders):
        """Return a list of :class:`Finding`, at most one for an order."""
        territories = self.env["channel.territory"]
        sold = orders.filtered(lambda order: order._get_channel_goods())
        places = {order: self._get_places(company, order) for order in sold}
        found = {}
        if places:
            found = territories._find_for_addresses(
                [address for pair in places.values() for _partner, address in pair], company
            )
        steps = [
            (order, partner, self._get_place_territory(company, order, partner, address, found))
            for order, pair in places.items()
            for partner, address in pair
        ]
        dealers = territories._get_dealers_by_day(
            (territory, order.channel_order_date) for order, _partner, territory in steps if territory
        )
        findings = {}
        for order, partner, territory in steps:
            harmed = dealers.get((territory, order.channel_order_date))
            is_foreign = harmed and harmed != order.channel_dealer_id
            if is_foreign and harmed.channel_is_entity and order not in findings:
                findings[order] = self._prepare_diversion(order, partner, territory, harmed)
        return list(findings.values())

    def _get_places(self, company, order):
        """Return ``[(partner, address)]``: where the goods went, and where the customer is."""
        return [
            (
                partner,
                self.env["channel.territory"]._prepare_address(
                    partner, company, order.channel_order_date
                ),
            )
            for partner in (order.partner_shipping_id, order.channel_partner_id)
        ]

    def _get_place_territory(self, company, order, partner, address, found):
        """Return the territory of a place: at the customer's own address that chosen for him."""
        customer = order.channel_partner_id
        chosen = customer.channel_territory_id
        is_chosen = chosen.active and chosen.company_id == company
        at_home = partner == customer or address == self.env["channel.territory"]._prepare_address(
            customer, company, order.channel_order_date
        )
        return chosen if is_chosen and at_home else found[address]

    def _prepare_diversion(self, order, partner, territory, harmed):
        place = self._describe_place(partner)
        names = {
            "order": order.name,
            "dealer": order.channel_dealer_id.name,
            "customer": order.channel_partner_id.name,
            "place": place or partner.display_name,
            "territory": territory.name,
            "harmed": harmed.name,
        }
        if partner == order.channel_partner_id != order.partner_shipping_id:
            text = self.env._(
                "%(dealer)s sold to %(customer)s, who is in %(territory)s, the territory of "
                "%(harmed)s (%(order)s).",
                **names,
            )
        else:
            text = self.env._(
                "%(dealer)s sold to %(customer)s, and the goods went to %(place)s. That is in "
                "%(territory)s, the territory of %(harmed)s (%(order)s).",
                **names,
            )
        lines = order._get_channel_goods()
        return Finding(
            order=order,
            breach="diversion",
            lines=lines,
            territory=territory,
            harmed=harmed,
            place=place,
            description="\n".join([text, *(line._describe_for_incident() for line in lines)]),
            facts=[order.channel_dealer_id.id, territory.id, harmed.id],
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _can_be_incident(self):
        """Tell whether a dealer can be held to the order: it is confirmed, and he is still one.

        Goods that come back were reported when they went out.
        """
        return (
            self.state == "sale"
            and self._is_sell_out()
            and not self.channel_origin_order_id
            and self.channel_dealer_id.channel_is_entity
        )

    def _get_channel_goods(self):
        """Return the lines that sell something."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.product_uom_qty > 0
                and line.product_type != "service"
            )
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _describe_for_incident(self):
        return self.env._(
            "- %(quantity)g %(unit)s of %(product)s at %(price)s",
            quantity=self.product_uom_qty,
            unit=self.product_uom_id.name,
            product=self.product_id.display_name,
            price=self._format_channel_price(self._get_channel_net_price()),
        )
