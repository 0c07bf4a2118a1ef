from odoo import models

from ..gate import is_own_doing


class ResPartner(models.Model):
    """A holder's e-mail is where a link to a new password goes, and stands at his partner."""

    _inherit = "res.partner"

    def write(self, vals):
        before = self._get_channel_holder_emails() if "email" in vals else {}
        result = super().write(vals)
        for user, email in before.items():
            new = user.partner_id.email
            if new != email and not is_own_doing(self.env, user.id):
                self.env["channel.holder.log"]._note_account("email", user, f"{email} → {new}")
        return result

    def _get_channel_holder_emails(self):
        """Return ``{holder: e-mail}`` of these partners.

        Not the user's own field: it says the new one already if the change comes from there.
        """
        holder_ids = self.env["channel.holder.log"]._get_holder_ids()
        # Elevated: whoever changes the partner may not read users. Archived ones too.
        users_sudo = self.env["res.users"].sudo().browse(holder_ids)
        own = users_sudo.filtered(lambda user: user.partner_id.id in self._ids)
        return {user: user.partner_id.email for user in own}
