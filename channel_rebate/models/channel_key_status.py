from odoo import api, fields, models

from ..keyring import KEY_ID_PARAMETER, describe_key


class ChannelKeyStatus(models.AbstractModel):
    """What screens tell of the key of the sealed rates: where it is, and never what it is."""

    _name = "channel.key.status"
    _description = "Key of the Sealed Rates"

    channel_key_place = fields.Char(
        string="Comes From",
        compute="_compute_channel_key",
        help="The environment variable or the file that holds the key.",
    )
    channel_key_name = fields.Char(
        string="Key",
        compute="_compute_channel_key",
        help="The public id of the key: a hash that does not lead back to it.",
    )
    channel_key_status = fields.Selection(
        selection=[
            ("none", "Made with the first rate"),
            ("right", "At hand"),
            ("missing", "Missing"),
            ("malformed", "Not a key"),
            ("different", "Another key"),
            ("unreadable", "Not readable"),
        ],
        string="Key Status",
        compute="_compute_channel_key",
    )
    channel_key_problem = fields.Char(string="What to Do", compute="_compute_channel_key")
    channel_key_since = fields.Datetime(
        string="Key in Use Since",
        compute="_compute_channel_key",
        help="When the key was made, rotated, or took the place of a lost one.",
    )
    channel_key_rate_count = fields.Integer(
        string="Rates under This Key", compute="_compute_channel_key"
    )
    channel_key_lost_count = fields.Integer(
        string="Rates under Other Keys",
        compute="_compute_channel_key",
        help="Sealed with a key that was declared lost. They stay as they are.",
    )

    @api.depends_context("uid")
    def _compute_channel_key(self):
        state = describe_key(self.env)
        counts = self.env["channel.rate"]._count_tokens()
        own = counts.pop(state.key_id, 0)
        for record in self:
            record.channel_key_place = state.place
            record.channel_key_name = state.key_id
            record.channel_key_status = state.status
            record.channel_key_problem = state.problem
            record.channel_key_since = self._get_channel_key_since(state.key_id)
            record.channel_key_rate_count = own
            record.channel_key_lost_count = sum(counts.values())

    @api.model
    def _get_channel_key_since(self, key_name):
        """Return when the key came into use; of one older than the log, when it was made."""
        # Elevated: the administrator reads times here, and neither the log nor parameters.
        event_sudo = self.env["channel.key.event"].sudo()
        if event := event_sudo.search([("key_name", "=", key_name)], limit=1):
            return event.happened_on
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return parameters_sudo.search([("key", "=", KEY_ID_PARAMETER)]).create_date
