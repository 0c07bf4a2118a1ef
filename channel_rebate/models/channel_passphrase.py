from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..locking import touch
from ..masking import mask_arguments
from ..tools import lockbox
from ..unlocking import open_private, unlocked

mask_arguments("channel.passphrase")


class ChannelPassphrase(models.AbstractModel):
    """Setting, changing and removing a company's passphrase.

    A passphrase is the argument of one call from the holder's own browser. It is no field of any
    model, not even of a wizard: so no column, onchange or automation rule ever sees it.
    """

    _name = "channel.passphrase"
    _description = "Passphrase of Sealed Rates"

    @api.model
    def get_state(self):
        """Return what the page of the current company's passphrase shows, to a holder.

        :return: dictionary of ``company_id``, ``company``, ``is_set``, ``is_lost`` (set under
            a key that is not there any more), ``set_on`` and ``set_by`` (texts), ``can_edit`` and
            ``min_length``
        :raise AccessError: the caller is no holder
        """
        self._check_holder()
        is_lost = bool(self._get_pairs()._find_lost_pair(self.env.company))
        pair_sudo = self._get_pairs().browse()
        if not is_lost:
            pair_sudo = self._get_pairs()._find_pair(self.env.company)
        return {
            "company_id": self.env.company.id,
            "company": self.env.company.name,
            "is_set": bool(pair_sudo),
            "is_lost": is_lost,
            "set_on": format_datetime(self.env, pair_sudo.write_date) if pair_sudo else "",
            "set_by": pair_sudo.write_uid.name or "",
            "can_edit": self._is_keeper(),
            "min_length": lockbox.MIN_LENGTH,
        }

    @api.model
    def set_first(self, company_id, passphrase, again):
        """Set a company's passphrase, and lock everything that is sealed and not revealed.

        :raise AccessError: the caller is no rate keeper
        :raise UserError: there is one already, or this one is too short or mistyped
        """
        company = self._get_company(company_id)
        self._check_new(passphrase, again)
        Pair = self._get_pairs()
        # Nobody seals meanwhile what would stay unlocked.
        touch(self.env["channel.agreement"].search(self._get_draft_domain(company)))
        lost_sudo = Pair._find_lost_pair(company)
        if not lost_sudo and Pair._find_pair(company):
            raise UserError(
                self.env._("%(company)s has a passphrase already: change it.", company=company.name)
            )
        Pair._replace(lost_sudo, company, passphrase)
        self.env["channel.rate"]._lock(
            self.env["channel.agreement"].search(
                [("company_id", "=", company.id), ("state", "in", ("sealed", "signed"))]
            )
        )
        self._tell_holders("passphrase_set", company)
        return True

    @api.model
    def change(self, company_id, passphrase, new, again):
        """Protect the private half with another passphrase; what is locked stays as it is."""
        company = self._get_company(company_id)
        self._check_new(new, again)
        private = open_private(company, passphrase)
        keys = self._get_pairs()._prepare_keys(company, private, new)
        self._get_pairs()._find_pair(company)._trusted().write(keys)
        self._tell_holders("passphrase_changed", company)
        return True

    @api.model
    def remove(self, company_id, passphrase):
        """Unlock everything for good: rates are under the first-level key alone again."""
        company = self._get_company(company_id)
        with unlocked(company, passphrase):
            self.env["channel.rate"]._unlock_company(company)
        self._get_pairs()._find_pair(company)._trusted().unlink()
        self._tell_holders("passphrase_removed", company)
        return True

    # === Who, and what === #

    @api.model
    def _tell_holders(self, event, company):
        """Add to the holder log, of which every holder is told, what became of a passphrase."""
        log = self.env["channel.holder.log"]
        log._add([log._prepare_entry(event, way="form", detail=company.name)])

    def _get_pairs(self):
        return self.env["channel.passphrase.pair"]

    def _get_company(self, company_id):
        """Return one of the caller's current companies, of a rate keeper."""
        self._get_pairs()._check_keeper()
        company = self.env.companies.filtered(lambda record: record.id == company_id)
        if not company:
            raise AccessError(self.env._("Choose the company first."))
        return company

    def _check_holder(self):
        if not self.env["channel.rate"]._is_holder():
            raise self.env["channel.rate"]._make_holder_error()

    def _is_keeper(self):
        return self.env["channel.rate"].has_access("write")

    @api.model
    def _get_draft_domain(self, company):
        return Domain([("company_id", "=", company.id), ("state", "=", "draft")])

    def _check_new(self, passphrase, again):
        if len(passphrase) < lockbox.MIN_LENGTH:
            raise UserError(
                self.env._(
                    "A passphrase has at least %(count)s characters: several words are easier to "
                    "remember than signs.",
                    count=lockbox.MIN_LENGTH,
                )
            )
        if passphrase != again:
            raise UserError(self.env._("The two entries differ: type the passphrase again."))
