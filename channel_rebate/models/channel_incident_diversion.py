from typing import Any, NamedTuple

from odoo import api, models

from .channel_incident_detection import Finding


class Place(NamedTuple):
    """Where the goods of an order went, or where its customer is."""

    order: Any
    partner: Any  # whose address it is
    address: Any  # of tools.territory
    is_home: bool  # the customer's own address


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
        sold = orders.filtered(lambda order: order._get_channel_goods())
        places = [place for order in sold for place in self._get_places(company, order)]
        territories = self._find_place_territories(company, places)
        dealers = self.env["channel.territory"]._get_dealers_by_day(
            (territory, place.order.channel_order_date)
            for place, territory in zip(places, territories, strict=True)
        )
        findings = {}
        for place, territory in zip(places, territories, strict=True):
            order = place.order
            harmed = dealers[territory, order.channel_order_date]
            is_foreign = harmed.channel_is_entity and harmed != order.channel_dealer_id
            if is_foreign and order not in findings:
                findings[order] = self._prepare_diversion(place, territory, harmed)
        return list(findings.values())

    def _get_places(self, company, order):
        """Return where the goods of an order went, and then where its customer is."""
        customer, day = order.channel_partner_id, order.channel_order_date
        prepare_address = self.env["channel.territory"]._prepare_address
        home = prepare_address(customer, company, day)
        address = prepare_address(order.partner_shipping_id, company, day)
        return [
            Place(order, order.partner_shipping_id, address, is_home=address == home),
            Place(order, customer, home, is_home=True),
        ]

    def _find_place_territories(self, company, places):
        """Return the territory of each place; it may be empty.

        Somebody has looked at where a customer is, if a territory was chosen for him.
        """
        found = self.env["channel.territory"]
        found_by_address = places and found._find_for_addresses(
            [place.address for place in places], company
        )
        territories = []
        for place in places:
            chosen = place.order.channel_partner_id.channel_territory_id
            is_chosen = place.is_home and chosen.active and chosen.company_id == company
            territories.append(chosen if is_chosen else found_by_address[place.address])
        return territories

    def _prepare_diversion(self, place, territory, harmed):
        order = place.order
        factor = order._get_channel_discount_factor()
        prices = {
            line: line._get_channel_net_price() * factor for line in order._get_channel_goods()
        }
        goods = (line._describe_for_incident(price) for line, price in prices.items())
        text = self._describe_diversion(place, territory, harmed)
        return Finding(
            order=order,
            breach="diversion",
            prices=prices,
            territory=territory,
            harmed=self._filter_harmed(harmed, order.company_id),
            place=self._describe_place(place.partner),
            description="\n".join([text, *goods]),
            facts=[order.channel_dealer_id.id, territory.id, harmed.id, place.partner.id],
        )

    def _describe_diversion(self, place, territory, harmed):
        order, partner = place.order, place.partner
        names = {
            "order": order.name,
            "dealer": order.channel_dealer_id.name,
            "customer": order.channel_partner_id.name,
            "territory": territory.name,
            "harmed": harmed.name,
        }
        if partner != order.partner_shipping_id:
            return self.env._(
                "%(dealer)s sold to %(customer)s, who is in %(territory)s, the territory of "
                "%(harmed)s (%(order)s).",
                **names,
            )
        return self.env._(
            "%(dealer)s sold to %(customer)s, and the goods went to %(place)s. That is in "
            "%(territory)s, the territory of %(harmed)s (%(order)s).",
            place=self._describe_place(partner) or partner.display_name,
            **names,
        )
