from odoo import api, fields, models
from odoo.tools import SQL

from ..keyring import find_vault


class ChannelKeyEvent(models.Model):
    """The life of the keys: made, rotated, lost; ids only, which do not lead back to a key.

    What is said here is relied on: a key is taken for lost only if it stands in this list.
    """

    _name = "channel.key.event"
    _description = "Key Log"
    _inherit = ["channel.chain.mixin"]
    _rec_name = "key_name"
    _chain_fields = ("kind", "key_name", "old_key_name", "user_id", "user_login")

    kind = fields.Selection(
        selection=[
            ("made", "First key"),
            ("rotated", "Rotated"),
            ("lost", "Old key lost"),
        ],
        string="What Happened",
        readonly=True,
    )
    key_name = fields.Char(string="Key", readonly=True, help="The public id of the new key.")
    old_key_name = fields.Char(string="Old Key", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    user_login = fields.Char(string="Login", readonly=True, help="As it was at that time.")

    @api.model
    def _note(self, kind, key_name, old_key_name=False):
        """Add what the current user did."""
        self._append(
            [
                {
                    "chain": "keys",
                    "kind": kind,
                    "key_name": key_name,
                    "old_key_name": old_key_name,
                    "user_id": self.env.uid,
                    "user_login": self.env.user.login,
                }
            ]
        )

    @api.model
    def _get_lost_ids(self):
        """Return the ids of the keys that were declared lost, as a set.

        Only entries count that bear the mark of the present key: nobody declares one lost by SQL.
        """
        names = ["number", "happened_on", "previous_hash", "entry_hash", "mac", *self._chain_fields]
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT chain, %s FROM channel_key_event WHERE kind = 'lost'",
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        vault = find_vault(self.env) if rows else None
        return {row["old_key_name"] for row in rows if self._is_genuine(row, vault)}
