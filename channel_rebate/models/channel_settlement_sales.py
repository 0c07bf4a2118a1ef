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

    @api.depends("date")
    def _compute_cutoff_date(self):
        for settlement in self:
            settlement.cutoff_date = settlement.date

    def action_open_exceptions(self):
        """Open the sales of the run's partners that do not count, or with a reservation."""
        self.ensure_one()
        return self.statement_ids.action_open_exceptions()
