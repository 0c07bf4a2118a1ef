from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging would delete one of two scorecards of the same year without a word."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _channel_merge_error_message(self, src_partners, dst_partner):
        if message := super()._channel_merge_error_message(src_partners, dst_partner):
            return message
        # Elevated: whoever merges partners need not see scorecards.
        scorecards_sudo = (
            self.env["channel.scorecard"]
            .sudo()
            .search([("partner_id", "in", (src_partners | dst_partner).ids)])
        )
        for same_year in scorecards_sudo.grouped(
            lambda card: (card.company_id, card.year)
        ).values():
            if len(same_year) > 1:
                return self.env._(
                    "There is more than one scorecard for the same year: %(scorecards)s. Delete "
                    "all but one, or keep these partners apart.",
                    scorecards=", ".join(same_year.mapped("display_name")),
                )
        return None
