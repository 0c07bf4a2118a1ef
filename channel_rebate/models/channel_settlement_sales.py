from odoo import api, fields, models


class ChannelSettlement(models.Model):
    """Until when payments are looked at, and which sales do not count or are uncertain."""

    _inherit = "channel.settlement"

    cutoff_date = fields.Date(
        string="Paid until",
        compute="_compute_cutoff_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Where an agreement counts what is paid: invoices that were paid in full by this day.",
    )

    exception_count = fields.Integer(
        string="Exceptions",
        compute="_compute_exception_count",
        help="Lines of invoices and orders that do not count, or with a reservation.",
    )

    @api.depends("statement_ids.state")
    def _compute_exception_count(self):
        counts = dict(
            self.env["channel.statement.sale"]._read_group(
                [("settlement_id", "in", self.ids), ("reason", "!=", False)],
                ["settlement_id"],
                ["__count"],
            )
        )
        for settlement in self:
            settlement.exception_count = counts.get(settlement, 0)

    @api.depends("date")
    def _compute_cutoff_date(self):
        for settlement in self:
            settlement.cutoff_date = settlement.date

    def action_open_exceptions(self):
        """Open the sales of the run's partners that do not count, or with a reservation."""
        self.ensure_one()
        return self.statement_ids.action_open_exceptions()
