from odoo import api, fields, models


class ChannelStatement(models.Model):
    """The sales behind a statement: those that count, and why the others do not."""

    _inherit = "channel.statement"

    company_currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    base_company_amount = fields.Monetary(
        string="Base in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="Sales that count, without tax, at the rates of their days.",
    )
    exception_count = fields.Integer(
        compute="_compute_exception_count",
        help="Lines of invoices and orders that do not count, or with a reservation.",
    )

    @api.depends("state")
    def _compute_exception_count(self):
        counts = dict(
            self.env["channel.statement.sale"]._read_group(
                [("statement_id", "in", self.ids), ("reason", "!=", False)],
                ["statement_id"],
                ["__count"],
            )
        )
        for statement in self:
            statement.exception_count = counts.get(statement, 0)

    def action_open_sales(self):
        """Open the lines of invoices and orders that were looked at."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_statement_sale_action"
        )
        return {
            **action,
            "domain": [("statement_id", "in", self.ids)],
            "context": {"search_default_counted": 1},
        }

    def action_open_exceptions(self):
        """Open the lines that do not count, or with a reservation."""
        context = {"search_default_exceptions": 1, "search_default_group_by_reason": 1}
        return {**self.action_open_sales(), "context": context}
