from odoo import api, models

from ..tools.paper import count_lines
from .channel_statement_report import LINE, ROW

# Latin letters in a line of a reason.
REASON_WIDTH = 50


class ReportStatement(models.AbstractModel):
    """What was deducted for breaches, and why: the partner is told each one."""

    _inherit = "report.channel_rebate.report_statement"

    @api.model
    def _prepare_penalties(self, statement):
        """Return a row for each penalty; what was lifted is given back by a negative one."""
        # Elevated, as the rest of the paper: the language and the rights are the partner's.
        rows = []
        for line_sudo in statement.sudo().penalty_line_ids:
            text = line_sudo._get_text()
            rows.append(
                {
                    "kind": "penalties",
                    "date": line_sudo.date,
                    "text": text,
                    "amount": line_sudo.amount,
                    "height": ROW + LINE * count_lines(text, REASON_WIDTH),
                }
            )
        return self._finish_section(rows)
