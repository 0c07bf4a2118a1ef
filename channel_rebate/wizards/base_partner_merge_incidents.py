from odoo import models
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Whoever is one with the dealer he has harmed would be compensated for his own breach."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _channel_merge_error_message(self, src_partners, dst_partner):
        """Refuse it without a word of the penalty, which only holders may know of."""
        if message := super()._channel_merge_error_message(src_partners, dst_partner):
            return message
        partners = src_partners | dst_partner
        domain = Domain("partner_id", "in", partners.ids)
        domain &= Domain("harmed_dealer_id", "in", partners.ids)
        # Elevated: whoever merges partners need see neither incidents nor penalties.
        for model_sudo, over in (
            (self.env["channel.penalty"].sudo(), "lifted"),
            (self.env["channel.incident"].sudo(), "dismissed"),
        ):
            if found_sudo := model_sudo.search(domain & Domain("state", "!=", over), limit=1):
                return self.env._(
                    "%(partner)s is said to have harmed %(harmed)s, so they can't be merged. Have "
                    "a rate keeper decide it and take it back first.",
                    partner=found_sudo.partner_id.name,
                    harmed=found_sudo.harmed_dealer_id.name,
                )
        return None
