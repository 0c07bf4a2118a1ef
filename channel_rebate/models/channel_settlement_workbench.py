from odoo import api, fields, models


class ChannelSettlement(models.Model):
    """The form as a workbench: what wants attention, and the way to every statement and line."""

    _inherit = "channel.settlement"

    line_count = fields.Integer(compute="_compute_line_count")
    carried_count = fields.Integer(
        compute="_compute_attention_counts",
        help="Statements that come out negative: the rest is deducted next time.",
    )
    open_document_count = fields.Integer(
        string="Without Document",
        compute="_compute_attention_counts",
        help="Statements with something to credit that have no document yet.",
    )

    @api.depends("statement_ids.line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["channel.statement.line"]._read_group(
                [("settlement_id", "in", self.ids)], ["settlement_id"], ["__count"]
            )
        )
        for settlement in self:
            settlement.line_count = counts.get(settlement, 0)

    @api.depends("statement_ids.carried_out_amount", "statement_ids.move_id", "state")
    def _compute_attention_counts(self):
        """Count what is known to all: before approval there is no amount, so nothing to count."""
        counts = {
            name: dict(
                self.env["channel.statement"]._read_group(
                    [("settlement_id", "in", self.ids), *self._get_attention_domain(name)],
                    ["settlement_id"],
                    ["__count"],
                )
            )
            for name in ("carried", "open_document")
        }
        for settlement in self:
            settlement.carried_count = counts["carried"].get(settlement, 0)
            settlement.open_document_count = counts["open_document"].get(settlement, 0)

    @api.model
    def _get_attention_domain(self, name):
        if name == "carried":
            return [("carried_out_amount", "<", 0)]
        return [
            ("net_amount", "not in", (0, False)),
            ("move_id", "=", False),
            ("state", "in", ("approved", "done")),
        ]

    # === Buttons === #

    def action_open_carried(self):
        return {**self.action_open_statements(), "context": {"search_default_carried": 1}}

    def action_open_without_document(self):
        return {**self.action_open_statements(), "context": {"search_default_no_document": 1}}

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_statement_line_action"
        )
        return {
            **action,
            "domain": [("settlement_id", "in", self.ids)],
            "context": {"search_default_group_by_dealer": 1, "search_default_group_by_partner": 1},
        }

    def action_print_statements(self):
        """Print all statements of the run; refused before the reveal, as the report itself is."""
        report = self.env.ref("channel_rebate.action_report_statement")
        return report.report_action(self.statement_ids, config=False)
