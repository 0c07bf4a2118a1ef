from odoo import api, models
from odoo.exceptions import UserError

from ..locking import touch


class ChannelPassphrase(models.AbstractModel):
    """A forgotten passphrase: what it locked is given up, and the company goes on with another."""

    _inherit = "channel.passphrase"

    @api.model
    def start_anew(self, company_id, passphrase, again):
        """Give up the rates that the forgotten passphrase locks, and set another.

        Their agreements are marked as those whose key was lost: new versions take their place,
        from the same day on if need be. The old pair stays in the database, unused.

        :raise AccessError: the caller is no rate keeper
        :raise UserError: there is no passphrase, or this one is too short or mistyped
        """
        company = self._get_company(company_id)
        self._check_new(passphrase, again)
        Pair = self._get_pairs()
        touch(self.env["channel.agreement"].search(self._get_draft_domain(company)))
        pair_sudo = Pair._find_pair(company)
        if not pair_sudo:
            raise UserError(
                self.env._("%(company)s has no passphrase: set one.", company=company.name)
            )
        self.env["channel.agreement"]._give_up_locked(company)
        Pair._replace(pair_sudo, company, passphrase)
        self._tell_holders("passphrase_forgotten", company)
        return True

    @api.model
    def get_state(self):
        state = super().get_state()
        locked = self.env["channel.agreement"]._find_locked(self.env.company)
        return {**state, "locked_count": len(locked)}
