from odoo import api, fields, models


class ChannelPeriod(models.Model):
    """The year that a period belongs to."""

    _inherit = "channel.period"

    year = fields.Char(
        compute="_compute_year",
        store=True,
        index=True,
        help="The fiscal year in which the period ends, named after its last day.",
    )

    @api.depends("date_to", "company_id.fiscalyear_last_day", "company_id.fiscalyear_last_month")
    def _compute_year(self):
        for period in self:
            period.year = period.company_id._get_channel_year(period.date_to)
