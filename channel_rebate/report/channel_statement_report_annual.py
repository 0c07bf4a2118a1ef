from odoo import api, models

from ..tools.paper import count_lines
from .channel_statement_report import LINE, ROW, SMALL_LINE

# Latin letters in a line of a period's name.
PERIOD_WIDTH = 28
# Rows of the reckoning: sales, average, which may take two, coefficient, unrounded and rounded
# result; of a correction also what was settled before, and the difference.
STEPS = 6
# Its title, without an explanation or a head of the table.
TITLE = 42


class ReportStatement(models.AbstractModel):
    """The paper of a year-end rebate: each period, and the way from them to the amount."""

    _inherit = "report.channel_rebate.report_statement"

    @api.model
    def _prepare_paper(self, statement):
        paper = super()._prepare_paper(statement)
        if statement.kind == "annual":
            # Elevated, as the rest of the paper: a partner reads no settlements.
            company_sudo = statement.sudo().company_id
            paper["year_dates"] = company_sudo._get_channel_year_dates(statement.year)
        return paper

    @api.model
    def _prepare_reckoning(self, statement):
        if statement.kind != "annual":
            return super()._prepare_reckoning(statement)
        reckoning = statement._prepare_reckoning()
        rows = [
            {
                "kind": "year_periods",
                "reckoning": reckoning,
                **period,
                "height": ROW + SMALL_LINE + LINE * count_lines(period["name"], PERIOD_WIDTH),
            }
            for period in reckoning["periods"]
        ]
        steps = STEPS + 2 * bool(statement.number)
        return [
            *self._finish_section(rows),
            {
                "kind": "reckoning",
                "reckoning": reckoning,
                "height": TITLE + (ROW + LINE) * steps,
            },
        ]

    @api.model
    def _get_rate_text(self, line):
        """A year has no sealed rate: the reckoning says what its sales earn."""
        return super()._get_rate_text(line) if line.agreement_line_id else ""
