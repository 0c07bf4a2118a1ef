import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import KEEPER
from ..keyring import open_vault, read_key_id
from ..tools import lockbox
from ..tools.seal import canonical
from ..tools.vault import PAYLOAD_BYTES

# Where a transaction keeps what it knows of which company's passphrase.
_KNOWN = "channel_rebate.passphrases"


class ChannelPassphrasePair(models.Model):
    """The key pair behind a company's passphrase.

    Its public half locks rates without the passphrase; the private half, which unlocks them, is
    here only as scrypt and the passphrase encrypted it. The first-level key authenticates both,
    so that a pair that somebody puts in its place by SQL locks nothing.
    """

    _name = "channel.passphrase.pair"
    _description = "Passphrase"
    _inherit = ["channel.workflow.mixin"]
    _rec_name = "company_id"
    _allow_sudo_commands = False
    _workflow_fields = frozenset({"company_id", "public_key", "wrapped_key", "mac", "is_former"})

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    public_key = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    wrapped_key = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    mac = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)

    is_former = fields.Boolean(
        readonly=True, copy=False, help="Its passphrase was forgotten. Kept, and used no more."
    )

    _one_pair_a_company = models.UniqueIndex(
        "(company_id) WHERE is_former IS NOT TRUE", "A company has one passphrase."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trusted(self):
        if not self._is_trusted():
            raise UserError(
                self.env._(
                    "A passphrase is removed under Channel > Configuration > Passphrase, by who "
                    "knows it: else what is locked with it would be lost."
                )
            )

    # === Whether there is one === #

    @api.model
    def _is_set(self, company):
        """Tell whether a company has a passphrase; costs one query a transaction.

        No cache of the process: another one's stale answer would seal without the lock.
        """
        known = self.env.cr.precommit.data.setdefault(_KNOWN, {})
        if company.id not in known:
            known[company.id] = self._get_state(company.id)
        return known[company.id] != "none"

    @api.model
    def _get_state(self, company_id):
        """Return ``none``, ``set``, or ``gone`` if rates are locked and their pair is not there."""
        body_length = lockbox.token_body_length(PAYLOAD_BYTES)
        rows = self.env.execute_query(
            SQL(
                """SELECT EXISTS(SELECT FROM channel_passphrase_pair
                                  WHERE company_id = %s AND is_former IS NOT TRUE),
                          EXISTS(SELECT FROM channel_rate AS rate
                                   JOIN channel_agreement AS agreement
                                     ON agreement.id = rate.agreement_id
                                  WHERE rate.company_id = %s
                                    AND agreement.rates_forgotten IS NOT TRUE
                                    -- at hand, which spares most of them the splitting
                                    AND octet_length(token) > %s
                                    AND split_part(token, ':', 2) = %s
                                    AND length(split_part(token, ':', 3)) = %s)
                """,
                company_id,
                company_id,
                body_length,
                read_key_id(self.env),
                body_length,
            )
        )
        is_set, has_locked = rows[0]
        return "set" if is_set else "gone" if has_locked else "none"

    @api.model
    def _find_pair(self, company):
        """Return a company's pair, elevated and checked, or an empty set.

        :raise UserError: it is not the one that a rate keeper set, it is gone, or it was set under
            a first-level key that is not there any more
        """
        if not self._is_set(company):
            return self.sudo().browse()
        if self._find_lost_pair(company):
            raise UserError(
                self.env._(
                    "The passphrase of %(company)s was set under another key of the server. Put "
                    "that key back; if it is lost, set a passphrase anew under Channel > "
                    "Configuration > Passphrase.",
                    company=company.name,
                )
            )
        # Elevated: nobody reads these columns.
        pair_sudo = self.sudo().search(self._get_domain(company))
        if not pair_sudo or not pair_sudo._is_authentic():
            raise UserError(
                self.env._(
                    "The passphrase of %(company)s was replaced or removed in the database, past "
                    "this program: nothing is sealed or unlocked. Find out who did it, and restore "
                    "the table channel_passphrase_pair from your backup.",
                    company=company.name,
                )
            )
        return pair_sudo

    @api.model
    def _get_domain(self, company):
        return [("company_id", "=", company.id), ("is_former", "=", False)]

    @api.model
    def _find_lost_pair(self, company):
        """Return a company's pair, elevated, if a first-level key that is gone authenticated it.

        It may be replaced: what it locked does not open without that key anyway.
        """
        if not self._is_set(company):
            return self.sudo().browse()
        vault = open_vault(self.env)
        # Elevated: nobody reads these columns.
        pair_sudo = self.sudo().search(self._get_domain(company))
        return pair_sudo.filtered(lambda pair: pair._is_lost(vault))

    def _is_lost(self, vault):
        self.ensure_one()
        return bool(self.mac) and not vault.has_key(self.mac.partition(":")[0])

    @api.model
    def _check_keeper(self):
        """Refuse everybody but a rate keeper in a session of his own, and typed code."""
        if not (self.env["channel.rate"]._is_holder() and self.env.user.has_group(KEEPER)):
            raise AccessError(self.env._("Only a rate keeper himself may set a passphrase."))

    # === The pair itself (elevated) === #

    def _get_public(self):
        return base64.b64decode(self.public_key)

    def _get_wrapped(self):
        return base64.b64decode(self.wrapped_key)

    def _is_authentic(self):
        self.ensure_one()
        digest = self._digest(self.public_key, self.wrapped_key)
        return open_vault(self.env).verify(self.mac or "", digest)

    def _digest(self, public_key, wrapped_key, company=None):
        values = {
            "company": (company or self.company_id).id,
            "public": public_key or "",
            "wrapped": wrapped_key or "",
        }
        return hashlib.sha256(canonical(values).encode("ascii")).hexdigest()

    @api.model
    def _prepare_keys(self, company, private, passphrase):
        """Return column values of a pair whose private half (bytes) a passphrase protects.

        :raise AccessError: the caller is no rate keeper who is asking himself: typed code would
            authenticate a pair of its own
        """
        self._check_keeper()
        public_key = base64.b64encode(lockbox.public_half(private)).decode()
        wrapped_key = base64.b64encode(lockbox.wrap(private, passphrase)).decode()
        digest = self._digest(public_key, wrapped_key, company)
        return {
            "public_key": public_key,
            "wrapped_key": wrapped_key,
            "mac": open_vault(self.env, create=True).mac(digest),
        }

    @api.model
    def _replace(self, former_sudo, company, passphrase):
        """Make a company's pair; the former one, if any, is kept, since it may be needed again.

        :raise AccessError: as :meth:`_prepare_keys`
        """
        keys = self._prepare_keys(company, lockbox.make_private(), passphrase)
        if former_sudo:
            former_sudo._trusted().is_former = True
            former_sudo.flush_recordset()
        # Elevated: nobody else makes pairs.
        self.sudo()._trusted().create({"company_id": company.id, **keys})

    def _mark_anew(self, vault):
        """Authenticate pairs with another first-level key, when keys are rotated.

        :param vault: the new :class:`Vault`; the one before it must still be there to check
        """
        # Elevated: nobody reads or writes these columns.
        old = open_vault(self.env)
        for pair_sudo in self.sudo().search([("company_id", "!=", False)]):
            if pair_sudo._is_lost(old):
                continue
            if not pair_sudo.is_former:
                self._find_pair(pair_sudo.company_id)
            elif not pair_sudo._is_authentic():
                continue
            digest = pair_sudo._digest(pair_sudo.public_key, pair_sudo.wrapped_key)
            pair_sudo._trusted().mac = vault.mac(digest)

    @api.model_create_multi
    def create(self, vals_list):
        pairs = super().create(vals_list)
        self.env.cr.precommit.data.pop(_KNOWN, None)
        return pairs

    def unlink(self):
        result = super().unlink()
        self.env.cr.precommit.data.pop(_KNOWN, None)
        return result
