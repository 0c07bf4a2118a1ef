from odoo import models


class ChannelAgreement(models.Model):
    """Who looked at the agreement's rates."""

    _inherit = "channel.agreement"

    def action_open_looks(self):
        """Open the reveal log of these agreements (holders, by access right)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_rate_look_action"
        )
        return {**action, "domain": [("agreement_key", "in", self.ids)], "context": {}}
