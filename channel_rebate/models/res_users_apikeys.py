from odoo import models

from ..gate import is_own_doing


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        """Elevated code can make a key for anybody; for a holder it is told to all of them."""
        key = super()._generate(scope, name, expiration_date)
        if not is_own_doing(self.env, self.env.uid):
            self.env["channel.holder.log"]._note_account("api_key", self.env.user)
        return key
