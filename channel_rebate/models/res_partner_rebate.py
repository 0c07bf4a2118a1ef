from odoo import models


class ResPartner(models.Model):
    """From a dealer or sub-distributor to what his rebates come to."""

    _inherit = "res.partner"

    def action_open_channel_rebates(self):
        """Open what has been settled, of a dealer with all of his sub-distributors."""
        field_name = self._get_channel_field("dealer_id", "partner_id")
        return self._action_open_channel(
            "channel_rebate_report_action",
            [(field_name, "=", self.id)],
            {"pivot_row_groupby": ["partner_id"], "search_default_group_by_partner": 1},
        )
