from odoo import models


class ChannelStatementLine(models.Model):
    """From a line of a statement to the worked example of its rate."""

    _inherit = "channel.statement.line"

    def action_open_example(self):
        """Open the sealed rate with the example on what this statement reached (holders only)."""
        self.ensure_one()
        Rate = self.env["channel.rate"]
        Rate.check_access("read")
        covering = self.agreement_line_id
        together = self.statement_id.line_ids.filtered(
            lambda line: line.agreement_line_id == covering
        )
        base = float(sum(line._get_measured() for line in together))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Worked Example"),
            "res_model": "channel.rate",
            "res_id": Rate.search([("line_id", "=", covering.id)]).id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"channel_example_base": base},
        }
