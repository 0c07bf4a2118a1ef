import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import KEEPER
from ..tools import seal
from .channel_statement import AMOUNTS, REVEALED_STATES

# What tools/verify_seal.py reads.
FORMAT = "channel_rebate/proof/1"
# Numbers are texts, so that no reader takes them for binary fractions.
PROOF = """
    WITH opened AS (
        SELECT * FROM unnest(%(line_ids)s::int[], %(salts)s::text[], %(texts)s::text[])
               AS data(id, salt, said)
    ), product AS (
        SELECT * FROM unnest(%(product_ids)s::int[], %(product_names)s::text[]) AS data(id, name)
    ), sealed AS (
        SELECT agreement.id, agreement.partner_id, agreement.version,
               json_build_object(
                   'fingerprint', agreement.fingerprint,
                   'header', agreement.seal_header,
                   'lines', json_agg(
                       json_build_object(
                           'hash', line.line_hash, 'salt', opened.salt,
                           'text', format(opened.said, line.sealed_terms)
                       ) ORDER BY line.sequence, line.id
                   )
               ) AS proof
          FROM channel_agreement AS agreement
          JOIN channel_agreement_line AS line ON line.agreement_id = agreement.id
          JOIN opened ON opened.id = line.id
      GROUP BY agreement.id
    ), papers AS (
        SELECT relation.statement_id, json_agg(sealed.proof ORDER BY sealed.version) AS proofs
          FROM channel_statement_agreement_rel AS relation
          JOIN channel_statement AS statement ON statement.id = relation.statement_id
          -- Nobody else's: what a dealer's sub-distributors get is between them and us.
          JOIN sealed ON sealed.id = relation.agreement_id
                     AND sealed.partner_id = statement.partner_id
         WHERE statement.id = ANY(%(ids)s)
      GROUP BY relation.statement_id
    ), rebates AS (
        SELECT line.statement_id,
               json_agg(
                   json_build_object(
                       'line', line.agreement_line_id,
                       'target', 'product.product,' || line.product_id,
                       'name', product.name,
                       'quantity', trim_scale(COALESCE(total_quantity, quantity))::text,
                       'base', trim_scale(COALESCE(total_base_amount, base_amount))::text,
                       'rate', trim_scale(rate)::text,
                       'rebate', trim_scale(COALESCE(total_amount, amount))::text,
                       'new', trim_scale(amount)::text
                   ) ORDER BY line.id
               ) AS rows
          FROM channel_statement_line AS line
          JOIN product ON product.id = line.product_id
         WHERE line.statement_id = ANY(%(ids)s)
      GROUP BY line.statement_id
    )
    UPDATE channel_statement AS statement
       SET proof_text = json_build_object(
               'format', %(format)s,
               'statement', settlement.name,
               'partner', partner.name,
               'period', period.name,
               'correction', COALESCE(own.number, 0),
               'currency', currency.name,
               'coin', trim_scale(currency.rounding)::text,
               'agreements', COALESCE(papers.proofs, '[]'),
               'rebates', COALESCE(rebates.rows, '[]'),
               'amounts', json_build_object(%(amounts)s)
           )::text
      FROM channel_statement AS own
      JOIN channel_settlement AS settlement ON settlement.id = own.settlement_id
      JOIN res_partner AS partner ON partner.id = own.partner_id
      JOIN channel_period AS period ON period.id = own.period_id
      JOIN res_currency AS currency ON currency.id = own.currency_id
 LEFT JOIN papers ON papers.statement_id = own.id
 LEFT JOIN rebates ON rebates.statement_id = own.id
     WHERE own.id = statement.id AND statement.id = ANY(%(ids)s)
 RETURNING statement.id
"""


class ChannelStatement(models.Model):
    """The proof: with it anybody can recompute the fingerprint that a partner signed.

    Written at approval, when rates become known: salts, sealed texts and hashes of the partner's
    own agreements, and what was settled. The column itself is closed to everybody, so that nobody
    searches or groups by it; whoever may read the statement reads ``proof``.
    """

    _inherit = "channel.statement"

    proof_text = fields.Text(groups=fields.NO_ACCESS, readonly=True, copy=False, prefetch=False)
    proof = fields.Text(
        compute="_compute_proof",
        help="The sealed rates with their salts, to be checked against the signed fingerprint.",
    )
    has_proof = fields.Boolean(compute="_compute_has_proof")

    @api.depends("state")
    def _compute_proof(self):
        texts = self._find_proofs(SQL("proof_text"))
        for statement in self:
            statement.proof = texts.get(statement._origin.id)

    @api.depends("state")
    def _compute_has_proof(self):
        found = self._find_proofs(SQL("true"))
        for statement in self:
            statement.has_proof = statement._origin.id in found

    def _find_proofs(self, column):
        """Return ``{statement id: column}`` of the revealed statements that have a proof."""
        revealed = self.filtered(lambda statement: statement.state in REVEALED_STATES)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM channel_statement WHERE id = ANY(%s) AND proof_text != ''",
                column,
                revealed._origin.ids,
            )
        )
        return dict(rows)

    # === Reading === #

    def action_download_proof(self):
        """Send the proof as a file to whoever may read the statement."""
        self.ensure_one()
        if not self.has_proof:
            raise UserError(self._get_no_proof_message())
        url = f"/my/rebates/{self.id}/proof"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _get_no_proof_message(self):
        return self.env._(
            "%(statement)s has no proof. It is written when a settlement is approved; for one that "
            "was approved before there were proofs, a rate keeper can press Make Proof.",
            statement=self.display_name,
        )

    def _get_proof_name(self):
        """Return the name of the file, which is typed on a command line: no space, ASCII only."""
        self.ensure_one()
        # Elevated: partners read statements, not settlements; the number is all they get.
        number = re.sub("[^A-Za-z0-9]+", "-", self.sudo().settlement_id.name)
        return f"proof-{number}-{self.id}.json"

    def _get_proof_file(self):
        """Return the proof as a text for people and machines, or nothing."""
        self.ensure_one()
        if not self.proof:
            return None
        return json.dumps(json.loads(self.proof), indent=1, ensure_ascii=False)

    # === Writing === #

    def action_make_proof(self):
        """Write the proofs of statements that were approved before there were any (keeper).

        :raise UserError: a seal is broken, or its rates are not at hand any more
        """
        if not self.env.user.has_group(KEEPER):
            raise AccessError(self.env._("Only a rate keeper may make a proof."))
        self.check_access("read")
        missing = self.filtered(lambda s: s.state in REVEALED_STATES and not s.has_proof)
        agreements = missing.agreement_ids
        secrets = self.env["channel.rate"]._unseal_agreements(agreements)
        self._raise_broken_seals(agreements._find_broken_seals(secrets))
        self._check_register(agreements)
        missing._write_proofs(secrets)

    def _write_proofs(self, secrets):
        """Write the proofs of these statements, in one statement however many there are.

        :param dict secrets: :class:`Secret` by agreement line id
        """
        products = self._find_products()
        self.env["channel.ledger"]._flush_statements()
        self.env.execute_query(
            SQL(
                PROOF,
                format=FORMAT,
                ids=self.ids,
                line_ids=list(secrets),
                salts=[secret.salt.hex() for secret in secrets.values()],
                # PostgreSQL puts the terms in, which it has.
                texts=[seal.line_text("%s", secret.brackets) for secret in secrets.values()],
                product_ids=products.ids,
                product_names=products.mapped("display_name"),
                amounts=SQL(", ").join(
                    SQL(
                        "%s, %s", name, self._as_text(SQL.identifier("statement", f"{name}_amount"))
                    )
                    for name in AMOUNTS
                ),
            )
        )
        self.invalidate_recordset(["proof_text", "proof", "has_proof"])

    def _find_products(self):
        """Return the products of the lines, in the language of the sealed texts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT product_id FROM channel_statement_line WHERE statement_id = ANY(%s)",
                self.ids,
            )
        )
        return (
            self.env["product.product"].browse([row[0] for row in rows]).with_context(lang="en_US")
        )

    @api.model
    def _as_text(self, number):
        return SQL("trim_scale(COALESCE(%s, 0))::text", number)
