from odoo import fields, models


class ChannelTerritoryArea(models.Model):
    """A country, state or range of zip codes that belongs to a territory, from a day to a day."""

    _name = "channel.territory.area"
    _description = "Area of a Territory"
    _order = "territory_id, country_id, state_id, zip_from, date_from, id"

    territory_id = fields.Many2one(
        comodel_name="channel.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True)
    country_id = fields.Many2one(comodel_name="res.country", required=True)
    state_id = fields.Many2one(comodel_name="res.country.state")
    zip_from = fields.Char(string="Zip from")
    zip_to = fields.Char(string="Zip to")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
