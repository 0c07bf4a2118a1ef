from odoo import api, fields, models
from odoo.tools import SQL


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
        """Return the ids of the keys that were declared lost, as a set."""
        rows = self.env.execute_query(
            SQL("SELECT old_key_name FROM channel_key_event WHERE kind = 'lost'")
        )
        return {key_name for (key_name,) in rows}

    @api.model
    def _find_forged(self, rows, vault):
        """Expect an entry of the present key as well: an earlier one can't call itself lost."""
        if rows and not any(row["mac"] == vault.mac(row["entry_hash"]) for row in rows):
            return rows[-1]["number"]
        return super()._find_forged(rows, vault)
