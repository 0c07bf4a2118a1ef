from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Years are those of accounting, named after the calendar year in which they end."""

    _inherit = "res.company"

    channel_annual_average = fields.Selection(
        selection=[
            ("weighted", "Weighted by sales"),
            ("simple", "Simple mean of the periods"),
        ],
        string="Average Rate of the Year",
        required=True,
        default="weighted",
        help="How the average hidden rebate of a year is reckoned for the year-end rebate. "
        "Weighted: the year's rebates divided by its sales. Simple: the mean of the periods' "
        "quotients, whatever each has sold.",
    )

    def write(self, vals):
        """Periods change their year with accounting, until a year-end rebate rests on it."""
        names = [name for name in ("fiscalyear_last_day", "fiscalyear_last_month") if name in vals]
        changed = self.filtered(lambda company: any(company[n] != vals[n] for n in names))
        changed._check_no_settled_year()
        return super().write(vals)

    def _check_no_settled_year(self):
        # Elevated: whoever keeps companies need not see settlements.
        settled_sudo = (
            self.env["channel.settlement"]
            .sudo()
            .search(
                [
                    ("company_id", "in", self.ids),
                    ("kind", "=", "annual"),
                    ("state", "in", ("computed", "approved", "done")),
                ],
                limit=1,
            )
        )
        if settled_sudo:
            raise UserError(
                self.env._(
                    "%(company)s: the fiscal year can't change, since the year-end rebate of "
                    "%(year)s (%(settlement)s) rests on it. Reverse that one first.",
                    company=settled_sudo.company_id.name,
                    year=settled_sudo.year,
                    settlement=settled_sudo.name,
                )
            )

    def _get_channel_year(self, day):
        """Return the year of a day as a text such as ``2026``, or False without a day."""
        if not day:
            return False
        self.ensure_one()
        return str(self.compute_fiscalyear_dates(day)["date_to"].year)

    def _get_channel_year_dates(self, year):
        """Return first and last day of a year.

        :param str year: the calendar year in which it ends
        """
        self.ensure_one()
        # A day of the year that ends in this calendar year, whatever month that is in.
        month = int(self.fiscalyear_last_month)
        dates = self.compute_fiscalyear_dates(date(int(year), month, 1))
        if dates["date_to"].year < int(year):
            dates = self.compute_fiscalyear_dates(dates["date_to"] + relativedelta(days=1))
        return dates["date_from"], dates["date_to"]
