from odoo import api, models


class ChannelLedger(models.AbstractModel):
    """A penalty that was confirmed or lifted changes a settled period like a late sale."""

    _inherit = "channel.ledger"

    @api.model
    def _find_changed(self, agreements, cutoff):
        """Return also whose penalties have changed, and who has a share of what has."""
        changed = super()._find_changed(agreements, cutoff)
        if not agreements:
            return changed
        Penalty, partners = self.env["channel.penalty"], agreements.partner_id
        changed |= Penalty._find_due(partners, agreements.period_id).partner_id
        harming = Penalty._find_harming(partners, agreements.period_id)
        shares = harming._filter_award_due() | harming.filtered(
            lambda penalty: penalty.partner_id in changed
        )
        return changed | shares.harmed_dealer_id
