from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import rotation
from ..gate import is_open_to
from ..keyring import describe_key

# As many entries of the log as the screen shows, the last ones.
MAX_EVENTS = 100


class ChannelKey(models.TransientModel):
    """The keepers' screen on the key: its state, rotation, and a new one after a loss."""

    _name = "channel.key"
    _description = "Key"
    _inherit = ["channel.key.status"]

    channel_key_event_ids = fields.Many2many(
        comodel_name="channel.key.event", string="Key Log", compute="_compute_channel_key_event_ids"
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Key of the Sealed Rates")

    def _compute_channel_key_event_ids(self):
        self.channel_key_event_ids = self.env["channel.key.event"].search([], limit=MAX_EVENTS)

    def action_rotate(self):
        """Seal all rates with a new key (keeper).

        :raise UserError: a key is missing or wrong, or something was tampered with; nothing was
            changed then
        """
        self._check_may_act()
        change = rotation.rotate(self.env)
        return self._tell(
            self.env._("The key was rotated"),
            self.env._(
                "%(count)s rates and sheets are sealed with the new key, which is in %(place)s. "
                "Back it up now. The old one stays in %(old_place)s: keep it as long as you keep "
                "backups of the database that were made until now.",
                count=change.count,
                place=change.place,
                old_place=change.old_place,
            ),
        )

    def action_start_anew(self):
        """Ask for confirmation that the key is lost (keeper)."""
        self._check_may_act()
        if reason := self._loss_error_message():
            raise UserError(reason)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_key_loss_action"
        )

    def _declare_lost(self):
        """Go on with a new key; what the old one sealed stays as it is.

        :raise UserError: the key is at hand
        """
        self._check_may_act()
        if reason := self._loss_error_message():
            raise UserError(reason)
        change = rotation.replace_lost(self.env)
        return self._tell(
            self.env._("A new key is in use"),
            self.env._(
                "It is in %(place)s. Back it up now. Agreements whose rates are lost are marked: "
                "start a new version of each.",
                place=change.place,
            ),
        )

    def _loss_error_message(self):
        """Return why the key can't be declared lost, or nothing."""
        state = describe_key(self.env)
        if state.status == "right":
            return self.env._(
                "The key is not lost: it is in %(place)s. To change it, rotate.", place=state.place
            )
        if state.status == "none":
            return self.env._("No rate has been stored in this database yet.")
        return None

    def _check_may_act(self):
        """Refuse who is no keeper, and code that acts in a keeper's name."""
        self.env["channel.agreement"]._check_keeper()
        if not is_open_to(self.env):
            raise AccessError(
                self.env._(
                    "A rate keeper changes keys himself, in a session of his own: no API key, "
                    "server action or template does."
                )
            )

    def _tell(self, title, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": "success",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
