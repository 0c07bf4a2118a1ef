from odoo import models


class UtmCampaign(models.Model):
    """A campaign's quotations are our own."""

    _inherit = "utm.campaign"

    def _compute_quotation_count(self):  # pylint: disable=missing-return
        super()._compute_quotation_count()
        sell_out = dict(
            self.env["sale.order"]._read_group(
                [("campaign_id", "in", self.ids), ("channel_tier", "=", "sell_out")],
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            campaign.quotation_count -= sell_out.get(campaign._origin, 0)
