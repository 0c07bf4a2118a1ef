from odoo import api, fields, models
from odoo.fields import Command


class ChannelTerritory(models.Model):
    """An area that one dealer has for himself. Neighbourhood is mutual."""

    _name = "channel.territory"
    _description = "Channel Territory"
    _order = "code, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code, as used on lists and price sheets.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    country_id = fields.Many2one(
        comodel_name="res.country", default=lambda self: self.env.company.country_id
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        string="States",
        domain="[('country_id', '=?', country_id)]",
    )
    zip_prefixes = fields.Char(help="Beginnings of zip codes, separated by commas: 310, 3112")
    distance_zone = fields.Integer(help="How far from the factory: 1 is the nearest zone.")
    neighbour_ids = fields.Many2many(
        comodel_name="channel.territory",
        relation="channel_territory_neighbour_rel",
        column1="territory_id",
        column2="neighbour_id",
        string="Neighbours",
        domain="[('id', '!=', id)]",
        check_company=True,
        help="Territories with a common border. The neighbour gets this one as well.",
    )
    partner_ids = fields.One2many(
        comodel_name="res.partner", inverse_name="channel_territory_id", string="Partners"
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_dealer_id",
        help="The dealer whose territory this is, as said on his form.",
    )

    @api.depends("partner_ids.channel_role", "partner_ids.active")
    def _compute_dealer_id(self):
        for territory in self:
            territory.dealer_id = territory.partner_ids.filtered(
                lambda partner: (
                    partner.channel_role == "dealer" and partner == partner.commercial_partner_id
                )
            )[:1]

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        territories._mirror_neighbours()
        return territories

    def write(self, vals):
        before = {territory: territory.neighbour_ids for territory in self}
        result = super().write(vals)
        if "neighbour_ids" in vals:
            self._mirror_neighbours(before)
        return result

    def _mirror_neighbours(self, before=None):
        """Add each territory to its new neighbours and take it from those it has lost.

        The neighbour's own write comes back here and finds nothing left to do.
        """
        for territory in self:
            neighbours = territory.neighbour_ids
            for lost in (before or {}).get(territory, neighbours) - neighbours:
                if territory in lost.neighbour_ids:
                    lost.neighbour_ids = [Command.unlink(territory.id)]
            for gained in neighbours:
                if territory not in gained.neighbour_ids:
                    gained.neighbour_ids = [Command.link(territory.id)]
