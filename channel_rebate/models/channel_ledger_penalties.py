from odoo import api, models


class ChannelLedger(models.AbstractModel):
    """A penalty that was confirmed or lifted changes a settled period like a late sale."""

    _inherit = "channel.ledger"

    @api.model
    def _find_changed(self, agreements, cutoff):
        changed = super()._find_changed(agreements, cutoff)
        due = self.env["channel.penalty"]._find_due(agreements.partner_id, agreements.period_id)
        return changed | due.partner_id
