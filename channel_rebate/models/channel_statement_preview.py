from odoo import models


class ChannelStatement(models.Model):
    """What a preview says of each statement; called for holders only."""

    _inherit = "channel.statement"

    def _prepare_preview_rows(self):
        """Return rows by dealer, each followed by his sub-distributors."""
        statements = self.sorted(
            lambda record: (
                record.dealer_id.name,
                record.dealer_id.id,
                record.role,
                record.partner_id.name,
                record.partner_id.id,
            )
        )
        return [statement._prepare_preview_row() for statement in statements]

    def _prepare_preview_row(self):
        """Return partner and expected amounts, which are in the currency of ``currency_id``."""
        self.ensure_one()
        partner = self.partner_id
        return {
            "id": partner.id,
            "role": self.role,
            "name": partner.name,
            "ref": partner.ref or "",
            "dealer": self.dealer_id.name,
            "dealer_ref": self.dealer_id.ref or "",
            "currency_id": self.currency_id.id,
            "is_locked": self.is_locked,
            "base": self.base_amount,
            "gross": self.expected_gross_amount,
            "passed_on": self.expected_passed_on_amount,
            "penalty": self.expected_penalty_amount,
            "compensation": self.expected_compensation_amount,
            "carried_in": self.expected_carried_in_amount,
            "carried_out": self.expected_carried_out_amount,
            "net": self.expected_net_amount,
        }
