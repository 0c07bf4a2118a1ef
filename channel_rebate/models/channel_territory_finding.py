from odoo import api, fields, models

from ..tools.territory import Address, AreaIndex, holds, normalise_zip


class ChannelTerritory(models.Model):
    """An address finds its territory: many at once, each on its own day.

    An address without a country lies in that of its state, or else of the company. Archived
    territories have no areas.
    """

    _inherit = "channel.territory"

    zip_code = fields.Char(
        store=False,
        search="_search_zip_code",
        help="Finds the territories that have this zip code, whatever its country.",
    )

    @api.model
    def _search_zip_code(self, operator, value):
        """Search by a whole code, which lies in ranges; by parts of it nothing can be found."""
        if operator in ("=", "ilike", "like", "=ilike", "=like"):
            value = [value]
        elif operator != "in":
            return NotImplemented
        codes = [normalise_zip(code) for code in value]
        areas = self.env["channel.territory.area"].search([("zip_from", "!=", False)])
        found = areas.filtered(
            lambda area: any(holds(area.zip_from, area.zip_to, code) for code in codes)
        )
        return [("area_ids", "in", found.ids)]

    @api.model
    def _find_for_partners(self, partners, company, day=None):
        """Return ``{partner: territory}`` by the partners' own addresses; it may be empty.

        :param res.company company: whose territories
        :param date day: on which they have to be the territory's; nothing for today
        """
        # All at once: prefetching would go by the thousand.
        partners.browse(partners.ids).fetch(["country_id", "state_id", "zip"])
        day = day or fields.Date.context_today(self)
        addresses = {partner: self._prepare_address(partner, company, day) for partner in partners}
        found = self._find_for_addresses(addresses.values(), company)
        return {partner: found[address] for partner, address in addresses.items()}

    @api.model
    def _find_for_addresses(self, addresses, company):
        """Return ``{address: territory}`` for addresses of :meth:`_prepare_address`.

        One query, however many they are.
        """
        areas = self.env["channel.territory.area"].search_fetch(
            [("company_id", "=", company.id), ("territory_active", "=", True)],
            [
                "territory_id",
                "country_id",
                "state_id",
                "zip_from",
                "zip_to",
                "date_from",
                "date_to",
            ],
        )
        index = AreaIndex(area._prepare_area() for area in areas)
        return {address: self.browse(index.find(address)) for address in set(addresses)}

    @api.model
    def _prepare_address(self, partner, company, day):
        """Return where a partner is, as plain values."""
        country = partner.country_id or partner.state_id.country_id or company.country_id
        return Address(
            country=country.id, state=partner.state_id.id, zip=partner.zip or None, day=day
        )
