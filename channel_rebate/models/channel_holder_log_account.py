import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from ..gate import is_own_doing

PASSWORD_EVENTS = ("password", "own_password")


class ChannelHolderLog(models.Model):
    """What lets somebody log in as a holder: what SQL changed of it is found by the check."""

    _inherit = "channel.holder.log"

    # Of the stored hash, which is slow to guess: so is this.
    password_print = fields.Char(groups=fields.NO_ACCESS, readonly=True, prefetch=False)

    @api.model
    def _note_account(self, event, user, detail=""):
        """Add that something was done to a holder's account, if he is one."""
        if user.id in self._get_holder_ids():
            self._add([self._prepare_entry(event, user=user, detail=detail, way="form")])

    @api.model
    def _note_password(self, user):
        """Add that a holder's password was set, by himself: told to nobody, or by others."""
        if not is_own_doing(self.env, user.id):
            self._note_account("password", user)
        elif user.id in self._get_holder_ids():
            self._append([self._prepare_entry("own_password", user=user, way="form")])

    @api.model
    def _note_outside_login(self, user, method):
        """Add that a holder logged in by what a service says of him, the first time he does."""
        told = self.sudo().search_count(
            [("event", "=", "outside"), ("user_id", "=", user.id), ("detail", "=", method)], limit=1
        )
        if not told:
            self._note_account("outside", user, method)

    @api.model
    def _note_found_accounts(self):
        """Add passwords that were changed outside of the ordinary ways, and new passkeys."""
        users = self.env["res.users"].browse(sorted(self._get_holder_ids()))
        last = self._get_last_prints()
        found = [
            self._prepare_entry("password", user=user, way="found")
            for user in users
            if self._get_password_print(user.id) != last.get(user.id)
        ]
        self._add(found + self._prepare_passkeys(users))

    @api.model
    def _get_print_to_note(self, event, uid):
        """Return what an entry says of the password: the last entry's, unless it is about that.

        So another entry does not hide from the check what SQL changed before it.
        """
        if event in PASSWORD_EVENTS or uid not in self._get_holder_ids():
            return self._get_password_print(uid)
        return self._get_last_prints().get(uid)

    @api.model
    def _get_password_print(self, uid):
        rows = self.env.execute_query(
            SQL("SELECT password FROM res_users WHERE id = %s", uid or None)
        )
        stored = rows[0][0] if rows else None
        return hashlib.sha256(stored.encode()).hexdigest() if stored else None

    @api.model
    def _get_last_prints(self):
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (user_id) user_id, password_print
                         FROM channel_holder_log
                        WHERE user_id IS NOT NULL ORDER BY user_id, number DESC"""
                )
            )
        )

    @api.model
    def _prepare_passkeys(self, users):
        """Return entries of passkeys that were not told yet; none without their add-on."""
        if "auth.passkey.key" not in self.env:
            return []
        keys = self.env["auth.passkey.key"].sudo().search([("create_uid", "in", users.ids)])
        told = self.sudo().search([("event", "=", "passkey")]).mapped("detail")
        return [
            self._prepare_entry("passkey", user=key.create_uid, way="found", detail=f"no. {key.id}")
            for key in keys.sorted("id")
            if f"no. {key.id}" not in told
        ]
