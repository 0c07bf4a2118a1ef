from odoo import api, models

from ..tools.paper import count_lines
from .channel_statement_report import LINE, ROW

# Latin letters in a line of a reason.
REASON_WIDTH = 50


class ReportStatement(models.AbstractModel):
    """What was deducted for breaches, or given for those of others: the partner is told each."""

    _inherit = "report.channel_rebate.report_statement"

    @api.model
    def _prepare_penalties(self, statement):
        """Return a row for each penalty; what was lifted is given back by a negative one."""
        return self._prepare_penalty_rows("penalties", statement.sudo().penalty_line_ids)

    @api.model
    def _prepare_compensations(self, statement):
        """Return a row for each share of what was withheld from somebody who did harm."""
        return self._prepare_penalty_rows("compensations", statement.sudo().compensation_line_ids)

    @api.model
    def _prepare_penalty_rows(self, kind, lines_sudo):
        # Elevated, as the rest of the paper: the language and the rights are the partner's.
        rows = []
        for line_sudo in lines_sudo:
            text = line_sudo._get_text()
            rows.append(
                {
                    "kind": kind,
                    "date": line_sudo.date,
                    "text": text,
                    "amount": line_sudo.amount,
                    "height": ROW + LINE * count_lines(text, REASON_WIDTH),
                }
            )
        return self._finish_section(rows)
