from odoo import fields, models


class ChannelTerritoryAssignment(models.Model):
    """Whose territory it is, from a day on: the history of a change of dealer."""

    _name = "channel.territory.assignment"
    _description = "Dealer of a Territory"
    _order = "territory_id, date_from nulls first, id"
    _rec_name = "dealer_id"

    territory_id = fields.Many2one(
        comodel_name="channel.territory", required=True, index=True, ondelete="cascade"
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner", index=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From")
