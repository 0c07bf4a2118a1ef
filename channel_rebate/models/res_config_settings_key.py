from odoo import models


class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """The administrator sees where the key is; keepers act, on their own screen."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings", "channel.key.status"]

    def action_open_channel_keys(self):
        """Open the keepers' screen; others have no access to it."""
        return self.env["ir.actions.act_window"]._for_xml_id("channel_rebate.channel_key_action")
