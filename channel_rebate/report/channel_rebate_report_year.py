from odoo import api, fields, models
from odoo.fields import Domain


class ChannelRebateReport(models.Model):
    """This year and the last one, for filters: fiscal years, as each company has them."""

    _inherit = "channel.rebate.report"

    relative_year = fields.Selection(
        selection=[("this", "This Year"), ("last", "Last Year")],
        compute="_compute_relative_year",
        search="_search_relative_year",
        help="Where the fiscal year lies, seen from today.",
    )

    @api.depends("company_id", "year")
    @api.depends_context("tz", "uid")
    def _compute_relative_year(self):
        for company, rows in self.grouped("company_id").items():
            name_of = {year: name for name, year in self._get_years(company).items()}
            for row in rows:
                row.relative_year = name_of.get(row.year, False)

    def _search_relative_year(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("year", "=", year)
            for company in self.env.companies
            for name, year in self._get_years(company).items()
            if name in value
        )
        if False in value:
            return found | ~self._search_relative_year("in", ["this", "last"])
        return found

    @api.model
    def _get_years(self, company):
        year = company._get_channel_year(fields.Date.context_today(self))
        return {"this": year, "last": str(int(year) - 1)}
