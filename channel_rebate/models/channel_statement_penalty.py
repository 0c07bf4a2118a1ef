from odoo import fields, models


class ChannelStatementPenalty(models.Model):
    """A penalty that a statement deducts, or gives back because it was lifted."""

    _name = "channel.statement.penalty"
    _description = "Penalty in a Rebate Statement"
    _inherit = ["channel.statement.penalty.mixin"]

    _account_part = "deductions"

    reason = fields.Text(related="penalty_id.reason")
    incident_id = fields.Many2one(related="penalty_id.incident_id")
    amount = fields.Monetary(help="Deducted; below zero: given back, since it was lifted.")

    def _get_text(self):
        """Return what for, on one line, in the language of the environment."""
        self.ensure_one()
        # Elevated: whoever may read a statement may know the number of its incidents.
        number = self.sudo().incident_id.name
        reason = " ".join(self.reason.split())
        if number and number not in reason:
            reason = f"{number}: {reason}"
        if self.sudo().penalty_id.state == "lifted" and self.amount < 0:
            return self.env._("%(reason)s (lifted)", reason=reason)
        return reason
