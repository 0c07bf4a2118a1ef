from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging writes by SQL past all rules, and deletes what does not fit: so they are kept here.

    Orders keep tier, dealer and territory, which are stored.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        if message := self._channel_merge_error_message(src_partners, dst_partner):
            raise UserError(message)
        self._merge_channel_history(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_channel_history(self, src_partners, dst_partner):
        """Let the destination's own history of dealers stand: there is one dealer on a day."""
        # Elevated: nobody writes the history by hand.
        if dst_partner.sudo().channel_assignment_ids:
            src_partners.sudo().channel_assignment_ids.unlink()

    def _channel_merge_error_message(self, src_partners, dst_partner):
        """Return why these partners stay apart, or nothing."""
        entities = (src_partners | dst_partner).filtered("channel_is_entity")
        if len(set(entities.mapped("channel_role"))) > 1:
            return self.env._(
                "%(names)s have different roles in the channel and can't be merged.",
                names=", ".join(entities.mapped("name")),
            )
        if len(entities.channel_dealer_id) > 1:
            return self.env._(
                "%(names)s buy from different dealers: move one of them to the other's dealer "
                "first.",
                names=", ".join(entities.mapped("name")),
            )
        # Elevated: whoever merges partners need not see agreements.
        agreement_sudo = (
            self.env["channel.agreement"]
            .sudo()
            .search([("partner_id", "in", src_partners.ids), ("state", "!=", "cancelled")], limit=1)
        )
        if agreement_sudo:
            return self.env._(
                "%(name)s has rebate agreements, whose seals name him: choose him as the "
                "destination. Two partners with agreements can't be merged.",
                name=agreement_sudo.partner_id.name,
            )
        return None
