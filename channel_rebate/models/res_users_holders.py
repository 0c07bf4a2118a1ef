from contextlib import nullcontext

from odoo import api, models

from ..gate import logging_in

# By what one logs in, or gets a new password, and the event of the log that a change of it is.
LOGIN_FIELDS = {
    "login": "login",
    "oauth_uid": "login",
    "oauth_provider_id": "login",
    "email": "email",
}
# By which a holder proves himself that he is it; others believe what a service says.
OWN_METHODS = ("password", "passkey", "apikey")
# What changes of which groups a user is.
MEMBERSHIP = {"group_ids", "all_group_ids", "role"}


class ResUsers(models.Model):
    """Who becomes a holder, and what is done to holders, stands in the holder log."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["channel.holder.log"]._noting_members():
            return super().create(vals_list)

    def write(self, vals):
        touches_groups = not MEMBERSHIP.isdisjoint(vals)
        log = self.env["channel.holder.log"]
        before = self._get_channel_accounts(vals)
        with log._noting_members() if touches_groups else nullcontext():
            result = super().write(vals)
        self._note_channel_accounts(before, vals)
        return result

    def _get_channel_accounts(self, vals):
        """Return ``{holder: values}`` of what tells whose an account is, if ``vals`` touch it."""
        names = {"login", "oauth_uid", "oauth_provider_id", "active", "partner_id"} & vals.keys()
        if "partner_id" in names:
            names.add("email")
        watched = bool(names or "totp_secret" in vals)
        holder_ids = self.env["channel.holder.log"]._get_holder_ids() if watched else ()
        holders_sudo = self.filtered(lambda user: user.id in holder_ids).sudo()
        return {user: {name: user[name] for name in names} for user in holders_sudo}

    def _note_channel_accounts(self, before, vals):
        log = self.env["channel.holder.log"]
        for user, old in before.items():
            if "active" in old and user.active != old["active"]:
                log._note_account("unarchived" if user.active else "archived", user)
            for name, event in LOGIN_FIELDS.items():
                if name in old and user[name] != old[name]:
                    log._note_account(event, user, f"{old[name]} → {user[name]}")
            if "totp_secret" in vals and not vals["totp_secret"]:
                log._note_account("second_factor", user)

    def _set_encrypted_password(self, uid, pw):
        result = super()._set_encrypted_password(uid, pw)
        self.env["channel.holder.log"]._note_password(self.browse(uid))
        return result

    def _check_credentials(self, credential, env):
        with logging_in(self.env.uid):
            result = super()._check_credentials(credential, env)
        method = (result or {}).get("auth_method")
        if method not in OWN_METHODS:
            self.env["channel.holder.log"]._note_outside_login(self.env.user, method)
        return result
