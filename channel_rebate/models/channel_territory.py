from odoo import api, fields, models
from odoo.fields import Command


class ChannelTerritory(models.Model):
    """An area that one dealer has for himself. Neighbourhood is mutual."""

    _name = "channel.territory"
    _description = "Channel Territory"
    _inherit = ["mail.thread"]
    _order = "code, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(tracking=True, help="Short code, as used on lists and price sheets.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    area_ids = fields.One2many(
        comodel_name="channel.territory.area",
        inverse_name="territory_id",
        string="Areas",
        copy=False,  # they belong to one territory only
    )
    area_summary = fields.Char(string="Where", compute="_compute_area_summary")
    distance_zone = fields.Integer(
        tracking=True, help="How far from the factory: 1 is the nearest zone."
    )
    neighbour_ids = fields.Many2many(
        comodel_name="channel.territory",
        relation="channel_territory_neighbour_rel",
        column1="territory_id",
        column2="neighbour_id",
        string="Neighbours",
        domain="[('id', '!=', id), ('company_id', '=', company_id)]",
        check_company=True,
        help="Territories with a common border. The neighbour gets this one as well.",
    )
    partner_ids = fields.One2many(
        comodel_name="res.partner", inverse_name="channel_territory_id", string="Partners"
    )

    @api.depends("area_ids", "area_ids.display_name", "area_ids.date_to")
    def _compute_area_summary(self):
        """Say in a line what the territory has today or will have."""
        today = fields.Date.context_today(self)
        for territory in self:
            areas = territory.area_ids.filtered(
                lambda area: not area.date_to or area.date_to >= today
            )
            territory.area_summary = "; ".join(area.display_name or "" for area in areas)

    @api.constrains("company_id", "active")
    def _check_areas(self):
        """What was archived, or in another company, may have been given away meanwhile."""
        self.area_ids._check_overlap()

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

    def action_add_areas(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_territory_area_add_action"
        )
        return {**action, "context": {"default_territory_id": self.id}}
