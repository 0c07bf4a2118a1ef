from odoo import models

from ..gate import is_own_doing


class ResPartner(models.Model):
    """A holder's e-mail is where a link to a new password goes, and stands at his partner."""

    _inherit = "res.partner"

    def write(self, vals):
        before = self._get_channel_holder_emails() if "email" in vals else {}
        result = super().write(vals)
        for user, email in before.items():
            if user.email != email and not is_own_doing(self.env, user.id):
                self.env["channel.holder.log"]._note_account(
                    "email", user, f"{email} → {user.email}"
                )
        return result

    def _get_channel_holder_emails(self):
        """Return ``{holder: e-mail}`` of these partners."""
        holder_ids = self.env["channel.holder.log"]._get_holder_ids()
        if not holder_ids:
            return {}
        # Elevated: whoever changes the partner may not read users. Archived ones too.
        users_sudo = self.env["res.users"].sudo().browse(holder_ids)
        return {user: user.email for user in users_sudo if user.partner_id.id in self._ids}
