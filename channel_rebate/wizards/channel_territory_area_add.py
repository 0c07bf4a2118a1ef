from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.territory import ZipSyntaxError, parse_zips


class ChannelTerritoryAreaAdd(models.TransientModel):
    """Add many areas to a territory: states, and zip codes in a line of text."""

    _name = "channel.territory.area.add"
    _description = "Add Areas to a Territory"

    territory_id = fields.Many2one(comodel_name="channel.territory", required=True)
    country_id = fields.Many2one(
        comodel_name="res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        string="States",
        compute="_compute_state_ids",
        store=True,
        readonly=False,
        domain="[('country_id', '=', country_id)]",
        help="Empty: all of the country, or zip codes in any of its states.",
    )
    zips = fields.Text(
        string="Zip Codes",
        help="Codes, beginnings of codes and ranges, separated by commas or on lines of their own. "
        "Empty: all of the states or the country.",
    )
    date_from = fields.Date(string="From", help="The first day. Empty: from the beginning.")
    date_to = fields.Date(string="To", help="The last day. Empty: until further notice.")

    @api.depends("country_id")
    def _compute_state_ids(self):
        for wizard in self:
            wizard.state_ids &= wizard.country_id.state_ids

    def action_add(self):
        self.env["channel.territory.area"].create(
            [values for wizard in self for values in wizard._prepare_areas()]
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_areas(self):
        """Return the values of an area for each range of zip codes in each state."""
        return [
            {
                "territory_id": self.territory_id.id,
                "country_id": self.country_id.id,
                "state_id": state_id,
                "zip_from": low,
                "zip_to": high,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
            for state_id in self.state_ids.ids or [False]
            for low, high in self._parse_zips() or [(False, False)]
        ]

    def _parse_zips(self):
        try:
            # Typed twice is meant once.
            return list(dict.fromkeys(parse_zips(self.zips)))
        except ZipSyntaxError as error:
            raise ValidationError(
                self.env._(
                    "%(piece)s is neither a zip code nor a range. Write 310 for all codes that "
                    "begin so, 3200-3299 for a range, whose ends are equally long, and a code "
                    "without its own hyphen. Commas separate them.",
                    piece=error,
                )
            )
