from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import HOLDERS, KEEPER, RATE_DIGITS
from ..gate import is_open_to
from ..keyring import open_vault
from ..masking import mask_arguments
from ..tools.tiers import NO_TIERS, find_problem
from ..tools.vault import LostKeyError, Secret, VaultError, pack, unpack
from ..unlocking import open_payload

mask_arguments("channel.rate")


class ChannelRate(models.Model):
    """The secret: rate, or rates by tier, and salt of one agreement line, encrypted.

    * Nothing points here; it points to the public half. So no other model leads to a rate.
    * ``rate`` is neither stored nor searchable and is empty under superuser rights; the engine
      asks :meth:`_unseal_lines`, which raises instead of answering falsely.
    * Holders are checked in code: an access line or rule that somebody adds opens nothing.
    * No chatter, no SQL check, no number in a message.
    """

    _name = "channel.rate"
    _description = "Channel Rebate Rate"
    _inherit = ["channel.sealed.mixin"]
    _rec_name = "line_id"
    _order = "id"
    _allow_sudo_commands = False
    _check_company_auto = True

    line_id = fields.Many2one(
        comodel_name="channel.agreement.line",
        string="Covers",
        required=True,
        readonly=True,
        ondelete="cascade",
        copy=False,
    )
    agreement_id = fields.Many2one(
        related="line_id.agreement_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id")
    period_id = fields.Many2one(related="agreement_id.period_id")
    role = fields.Selection(related="agreement_id.role")
    state = fields.Selection(related="agreement_id.state", string="Status")
    measure = fields.Selection(related="line_id.measure")
    tier_mode = fields.Selection(related="line_id.tier_mode")
    is_entered = fields.Boolean(
        string="Entered",
        readonly=True,
        copy=False,
        help="A rate has been entered, also if it is 0.",
    )
    token = fields.Char(groups=fields.NO_ACCESS, copy=False, prefetch=False)
    rate = fields.Float(
        digits=RATE_DIGITS,
        compute="_compute_rate",
        inverse="_inverse_rate",
        groups=HOLDERS,
        copy=False,
        help="Percent of the net amount, or amount per unit, as the measure says. A line with "
        "tiers has brackets instead.",
    )

    _one_rate_a_line = models.UniqueIndex("(line_id)", "A line has one rate.")

    # === Access === #

    def _check_access(self, operation):
        groups = HOLDERS if operation == "read" else KEEPER
        if self._is_in(groups) and (self.env.su or is_open_to(self.env)):
            return super()._check_access(operation)
        return self, self._make_holder_error

    @api.model
    def _is_in(self, groups):
        """Tell whether the user is in one of the groups, and was told of to all holders."""
        return self.env["channel.holder.log"]._confirms(groups)

    def _make_holder_error(self):
        if self.env.user.has_groups(HOLDERS) and not self._is_in(HOLDERS):
            return self.env["channel.holder.log"]._make_unconfirmed_error()
        return AccessError(
            self.env._(
                "Sealed rates are open to rate keepers and settlement officers only, each in a "
                "session of his own: not to API keys, server actions or templates."
            )
        )

    def _is_holder(self):
        """Tell whether this environment may see rates: a holder who is asking himself.

        Never elevated code, nor code that took on his name; see :mod:`gate`.
        """
        return is_open_to(self.env) and self._is_in(HOLDERS)

    # === The visible rate === #

    @api.depends("token")
    @api.depends_context("uid")
    def _compute_rate(self):
        secrets = self._unseal_many(skip_locked=True) if self._is_holder() else {}
        for record in self:
            secret = secrets.get(record._origin.id)
            is_plain = record.tier_mode == NO_TIERS
            record.rate = float(secret.rate) if secret and is_plain else 0.0

    def _inverse_rate(self):
        self._store_rates({record: Decimal(repr(record.rate)) for record in self})

    def write(self, vals):
        if {"is_entered", "line_id"} & vals.keys():
            raise UserError(self.env._("Only the rate itself can be changed."))
        return super().write(vals)

    # === Sealing and unsealing === #

    def _store_rates(self, rates):
        """Encrypt and store plain rates; see :meth:`_store_brackets`.

        :param dict rates: :class:`~decimal.Decimal` by record: percent, or amount per unit
        :raise UserError: also if a line has tiers, so that none is overwritten by a plain rate
        """
        # One set, so that what the loops below read is fetched for all records at once.
        records = self.browse(record.id for record in rates)
        self._raise_bracket_problems(
            {record: "tiers" for record in records if record.tier_mode != NO_TIERS}
        )
        self._store_brackets({record: ((Decimal(0), rate),) for record, rate in rates.items()})

    def _store_brackets(self, brackets):
        """Encrypt and store rates by bracket, each with a fresh salt, in one statement.

        :param dict brackets: ``((from, rate), …)`` by record; see :mod:`tools.tiers`
        :raise AccessError: not a keeper
        :raise UserError: an agreement is sealed, or brackets are wrong (told by line)
        """
        records = self.browse(record.id for record in brackets)
        # Whoever writes a rate knows it.
        if not self._is_holder():
            raise self._make_holder_error()
        records.check_access("write")
        records.agreement_id._lock_draft()
        problems = {
            record: find_problem(brackets[record], record.tier_mode, record.measure)
            for record in records
        }
        self._raise_bracket_problems(problems)
        vault = open_vault(self.env, create=True)
        tokens = [
            vault.seal(pack(Secret.tiered(brackets[record])), record._token_context())
            for record in records
        ]
        self._write_tokens(records.ids, tokens)

    def _is_valid_rate(self, rate):
        self.ensure_one()
        return find_problem(((Decimal(0), rate),), measure=self.measure) is None

    def _token_context(self):
        """Bind a token to its line: copied to another row it does not open."""
        return self._token_context_of(self.line_id.id)

    def _write_tokens(self, ids, tokens):
        self.env.execute_query(
            SQL(
                """UPDATE channel_rate AS rate
                      SET token = data.token, is_entered = true,
                          write_uid = %s, write_date = now() at time zone 'UTC'
                     FROM unnest(%s::int[], %s::text[]) AS data(id, token)
                    WHERE rate.id = data.id
                RETURNING rate.id""",
                self.env.uid,
                ids,
                tokens,
            )
        )
        self.browse(ids).invalidate_recordset()

    def _unseal_many(self, way="rates", *, skip_locked=False):
        """Return ``{rate id: Secret}`` of these rows, as far as a rate has been entered and its
        key was not declared lost.

        :param str way: what the reveal log calls this look
        :param bool skip_locked: leave out what is locked with a passphrase, to show the rest
        :raise AccessError: the caller is no holder, or elevated code
        :raise UserError: the key is lost or wrong, or a token was tampered with (named)
        :raise PassphraseNeededError: rates are locked, and the step is not unlocked
        """
        if not self._is_holder():
            raise self._make_holder_error()
        records = self._origin
        records.check_access("read")
        rows = self.env.execute_query(
            SQL(
                """SELECT id, line_id, agreement_id, token FROM channel_rate AS rate
                    WHERE id = ANY(%s) AND token != '' AND NOT (%s)""",
                records.ids,
                self._forgotten(),
            )
        )
        return self._open_tokens(rows, way, skip_locked) if rows else {}

    def _open_tokens(self, rows, way="rates", skip_locked=False):
        """Return ``{rate id: Secret}`` of the rows, and note in the reveal log who saw them."""
        if not self._is_holder():
            raise self._make_holder_error()
        env, context_of, unseal = self.env, self._token_context_of, open_vault(self.env).unseal
        secrets, locked, seen, brackets = {}, [], set(), {}
        for record_id, line_id, agreement_id, token in rows:
            context = context_of(line_id)
            try:
                payload = open_payload(env, unseal(token, context), context)
                secret = payload and unpack(payload, brackets)
            except LostKeyError:
                continue
            except VaultError:
                raise UserError(self._explain_damage(record_id)) from None
            if secret is None:
                locked.append(record_id)
            else:
                secrets[record_id] = secret
                seen.add(agreement_id)
        if locked and not skip_locked:
            self._raise_locked(locked)
        self.env["channel.rate.look"]._note(seen, way)
        return secrets
