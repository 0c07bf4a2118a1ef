from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import HOLDERS
from ..keyring import open_vault
from ..tools.lockbox import token_body_length
from ..tools.vault import PAYLOAD_BYTES, LostKeyError, VaultError
from ..unlocking import PassphraseNeededError, lock_payload, open_payload

# A locked token is longer than one of the first level, and all are of one length. That of the
# whole is at hand and spares most of them the splitting.
_BODY_LENGTH = token_body_length(PAYLOAD_BYTES)
_IS_LOCKED = SQL(
    "octet_length(token) > %s AND length(split_part(token, ':', 3)) = %s",
    _BODY_LENGTH,
    _BODY_LENGTH,
)
_RATE = SQL("rate")


class ChannelRate(models.Model):
    """The second level: tokens whose payload is locked with a company's passphrase as well.

    Drafts are under the first-level key alone. Sealing locks, which takes no passphrase, and the
    reveal unlocks for good what everybody may know from then on.
    """

    _inherit = "channel.rate"

    is_locked = fields.Boolean(
        string="Locked",
        compute="_compute_is_locked",
        groups=HOLDERS,
        help="The rate is locked with the passphrase. It shows nowhere, also to holders, but in "
        "steps for which somebody types the passphrase.",
    )

    @api.depends("token")
    @api.depends_context("uid")
    def _compute_is_locked(self):
        """Tell it by the length of the token, for which nothing has to be opened."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM channel_rate AS rate WHERE id = ANY(%s) AND %s AND NOT (%s)",
                self._origin.ids,
                _IS_LOCKED,
                self._forgotten(),
            )
        )
        locked = {record_id for (record_id,) in rows}
        for record in self:
            record.is_locked = record._origin.id in locked

    @api.model
    def _locked(self):
        """Return the SQL condition of rates that are locked with a passphrase."""
        return _IS_LOCKED

    @api.model
    def _forgotten(self, rate=_RATE):
        """Return the SQL condition of rates that a forgotten passphrase locks.

        :param SQL rate: what the query calls the table
        """
        return SQL(
            """%s AND EXISTS (
                   SELECT FROM channel_agreement AS agreement
                    WHERE agreement.id = %s.agreement_id AND agreement.rates_forgotten)""",
            _IS_LOCKED,
            rate,
        )

    @api.model
    def _raise_locked(self, ids):
        """Say that these rates need the passphrase, naming their agreements."""
        agreements = self.browse(ids).agreement_id
        names = agreements[:5].mapped("display_name") + ["…"] * (len(agreements) > 5)
        raise PassphraseNeededError(
            self.env._(
                "Sealed rates of %(agreements)s are locked: this step needs the passphrase of "
                "%(company)s. Press its button in the form, which asks for it.",
                agreements=", ".join(names),
                company=", ".join(agreements.company_id.mapped("name")),
            )
        )

    # === Locking and unlocking for good === #

    @api.model
    def _lock(self, agreements):
        """Lock what agreements hold, with the public halves of their companies' pairs.

        What another first-level key sealed, one that is lost, stays as it is.

        :raise UserError: a pair was tampered with, or a token does not open
        """
        publics = {}
        for company in agreements.company_id:
            if pair_sudo := self.env["channel.passphrase.pair"]._find_pair(company):
                publics[company.id] = pair_sudo._get_public()
        if not publics:
            return
        mark = f":{open_vault(self.env).key_id}:"
        rows = self._find_tokens(agreements.ids)
        self._rewrite(
            [row for row in rows if row[2] in publics and mark in row[3]],
            lambda payload, context, key: lock_payload(payload, publics[key], context),
        )

    @api.model
    def _unlock(self, agreements):
        """Put what agreements hold under the first-level key alone; the step is unlocked."""
        self._rewrite(self._find_tokens(agreements.ids), self._unlock_payload)

    @api.model
    def _unlock_company(self, company):
        """Do so with all that a company has locked, cancelled agreements as well."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, line_id, company_id, token FROM channel_rate AS rate
                    WHERE company_id = %s AND %s AND NOT (%s)""",
                company.id,
                _IS_LOCKED,
                self._forgotten(),
            )
        )
        self._rewrite(rows, self._unlock_payload)

    @api.model
    def _unlock_payload(self, payload, context, _company_id):
        if not self._is_holder():
            raise self._make_holder_error()
        return open_payload(self.env, payload, context)

    @api.model
    def _find_tokens(self, agreement_ids):
        return self.env.execute_query(
            SQL(
                """SELECT id, line_id, company_id, token FROM channel_rate AS rate
                    WHERE agreement_id = ANY(%s) AND token != '' AND NOT (%s)""",
                agreement_ids,
                self._forgotten(),
            )
        )

    @api.model
    def _rewrite(self, rows, change):
        """Store the payloads of rows as ``change`` returns them, in one statement.

        :param rows: ``[(rate id, line id, company id, token)]``
        :param change: function of payload, context and company id, which returns the payload, or
            nothing if that takes the passphrase
        :raise AccessError: the caller is no holder, or typed code
        """
        if not self._is_holder():
            raise self._make_holder_error()
        vault, tokens = open_vault(self.env), {}
        for record_id, line_id, company_id, token in rows:
            context = self._token_context_of(line_id)
            try:
                payload = vault.unseal(token, context)
                changed = change(payload, context, company_id)
            except LostKeyError:
                continue
            except VaultError:
                raise UserError(self._explain_damage(record_id)) from None
            if changed is None:
                self._raise_locked([record_id])
            if changed != payload:
                tokens[record_id] = vault.seal(changed, context)
        if tokens:
            self._write_tokens(list(tokens), list(tokens.values()))
