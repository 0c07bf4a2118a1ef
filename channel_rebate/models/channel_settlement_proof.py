from odoo import api, fields, models

from .channel_statement import REVEALED_STATES


class ChannelSettlement(models.Model):
    """Proofs of runs that were approved before there were any."""

    _inherit = "channel.settlement"

    lacks_proof = fields.Boolean(compute="_compute_lacks_proof")

    @api.depends("state")
    def _compute_lacks_proof(self):
        revealed = self.filtered(lambda settlement: settlement.state in REVEALED_STATES)
        # Elevated: that a proof is missing tells nothing.
        statements_sudo = revealed.sudo().statement_ids.filtered("period_id")
        lacking = statements_sudo.filtered(lambda s: not s.has_proof).settlement_id
        for settlement in self:
            settlement.lacks_proof = settlement._origin in lacking.sudo(False)

    def action_make_proofs(self):
        """Write the proofs that are missing (keeper); see the statement."""
        self.statement_ids.action_make_proof()
        self.invalidate_recordset(["lacks_proof"])
