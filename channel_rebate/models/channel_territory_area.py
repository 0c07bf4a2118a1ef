from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..locking import touch
from ..tools.territory import Area, find_clashes, is_range, normalise_zip

# As many overlaps as a message names.
NAMED = 10


class ChannelTerritoryArea(models.Model):
    """A country, state or range of zip codes that belongs to a territory, from a day to a day.

    Of the areas that hold an address the most specific wins: zip codes of its state, zip codes of
    its country, the state, the country; of several ranges the innermost. See
    :mod:`..tools.territory`, which decides. Whatever could not be decided is refused here: within
    a company, country and state, on common days, the same twice or ranges that overlap without
    one being inside the other.
    """

    _name = "channel.territory.area"
    _description = "Area of a Territory"
    _order = "territory_id, country_id, state_id, zip_from, date_from, id"

    territory_id = fields.Many2one(
        comodel_name="channel.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True, index=True)
    territory_active = fields.Boolean(
        related="territory_id.active", store=True, string="Territory in Use"
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
        index=True,
        ondelete="restrict",
    )
    state_id = fields.Many2one(
        comodel_name="res.country.state",
        domain="[('country_id', '=?', country_id)]",
        ondelete="restrict",
        help="Empty: the whole country, or zip codes in any of its states.",
    )
    zip_from = fields.Char(
        string="Zip from",
        help="The first zip code, or how the codes begin. Empty: all of the state or country. "
        "Blanks, hyphens and small letters make no difference.",
    )
    zip_to = fields.Char(
        string="Zip to",
        help="The last zip code, as long as the first. Empty: the same as the first.",
    )
    date_from = fields.Date(string="From", help="The first day. Empty: from the beginning.")
    date_to = fields.Date(string="To", help="The last day. Empty: until further notice.")

    _date_order = models.Constraint(
        "CHECK (date_from <= date_to)", "An area can't end before it begins."
    )
    _zip_both = models.Constraint(
        "CHECK ((zip_from IS NULL) = (zip_to IS NULL))", "A range of zip codes has two ends."
    )
    # For two users at once; deferred, so that the check in Python, which names the territories,
    # comes first. Ranges of text are beyond it: there a lock has to do.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&, "
        "int4range(country_id, country_id, '[]') WITH &&, "
        "int4range(COALESCE(state_id, 0), COALESCE(state_id, 0), '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (zip_from IS NULL AND territory_active) DEFERRABLE INITIALLY DEFERRED",
        "Another territory of this company has this state or country already.",
    )

    @api.depends("country_id", "state_id", "zip_from", "zip_to")
    def _compute_display_name(self):
        for area in self:
            codes = [area.zip_from or "", area.zip_to or area.zip_from or ""]
            place = area.state_id.name or area.country_id.name or ""
            area.display_name = f"{place} {'–'.join(dict.fromkeys(codes))}".strip()

    @api.onchange("country_id")
    def _onchange_country_id(self):
        if self.state_id.country_id != self.country_id:
            self.state_id = False

    @api.onchange("state_id")
    def _onchange_state_id(self):
        if self.state_id:
            self.country_id = self.state_id.country_id

    @api.onchange("zip_from", "zip_to")
    def _onchange_zip(self):
        """A prefix has both ends the same, and stays one while it is typed anew."""
        if not self.zip_to or self.zip_to == self._origin.zip_from == self._origin.zip_to:
            self.zip_to = self.zip_from

    @api.constrains("country_id", "state_id")
    def _check_state(self):
        for area in self:
            if area.state_id and area.state_id.country_id != area.country_id:
                raise ValidationError(
                    self.env._(
                        "%(state)s is no state of %(country)s: choose one, or leave it out.",
                        state=area.state_id.name,
                        country=area.country_id.name,
                    )
                )

    @api.constrains("zip_from", "zip_to")
    def _check_zip(self):
        for area in self.filtered("zip_from"):
            if not is_range(area.zip_from, area.zip_to):
                raise ValidationError(
                    self.env._(
                        "Zip codes of %(territory)s: %(first)s to %(last)s is no range. Both ends "
                        "have to be equally long, and the first can't come after the last.",
                        territory=area.territory_id.name,
                        first=area.zip_from,
                        last=area.zip_to,
                    )
                )

    @api.constrains(
        "territory_id", "country_id", "state_id", "zip_from", "zip_to", "date_from", "date_to"
    )
    def _check_overlap(self):
        """Refuse what another area has already.

        :raise ValidationError: naming both territories and what to do
        """
        areas = self.filtered("territory_active")
        if not areas:
            return
        # Of two users who add ranges at once, the later sees what the first did.
        touch(areas.company_id)
        if found := areas._find_overlaps():
            raise ValidationError(
                self.env._(
                    "A place belongs to one territory at a time:\n%(overlaps)s\n"
                    "Take it out of one of them, end it on the day before the other begins, or "
                    "put one range of zip codes inside the other: the inner one wins.",
                    overlaps="\n".join(area._describe_overlap(other) for area, other in found),
                )
            )

    def _find_overlaps(self):
        """Return up to :data:`NAMED` pairs ``(area, other)`` that would both have an address."""
        # Elevated: what belongs to somebody else is refused, whoever may see it.
        others_sudo = self.sudo().search(
            [
                ("company_id", "in", self.company_id.ids),
                ("country_id", "in", self.country_id.ids),
                ("territory_active", "=", True),
            ]
        )
        groups = others_sudo.grouped(lambda area: area._get_level())
        found = []
        for level in self.sudo().grouped(lambda area: area._get_level()):
            areas = {area: area._prepare_area() for area in groups[level]}
            clashes = find_clashes(areas, set(self))
            found += islice(clashes, NAMED - len(found))
        return found

    def _get_level(self):
        return self.company_id, self.country_id, self.state_id, bool(self.zip_from)

    def _prepare_area(self):
        """Return the area as plain values."""
        return Area(
            territory=self.territory_id.id,
            country=self.country_id.id,
            state=self.state_id.id,
            low=self.zip_from,
            high=self.zip_to,
            date_from=self.date_from,
            date_to=self.date_to,
        )

    def _describe_overlap(self, other):
        return self.env._(
            "- %(territory)s: %(area)s, and %(other_territory)s: %(other_area)s",
            territory=self.territory_id.name,
            area=self.display_name,
            other_territory=other.territory_id.name,
            other_area=other.display_name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_zips(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prepare_zips(vals))

    @api.model
    def _prepare_zips(self, vals):
        """Return values with zip codes as they are compared; one end alone is a prefix."""
        ends = {
            name: normalise_zip(vals[name]) or False
            for name in ("zip_from", "zip_to")
            if name in vals
        }
        if ends.get("zip_from") is False:
            ends["zip_to"] = False
        elif ends.get("zip_from") and not ends.get("zip_to"):
            ends["zip_to"] = ends["zip_from"]
        return {**vals, **ends}
