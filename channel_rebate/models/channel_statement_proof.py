import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import KEEPER
from .channel_statement import AMOUNTS, REVEALED_STATES

# What tools/verify_seal.py reads.
FORMAT = "channel_rebate/proof/1"
# Numbers are texts, so that no reader takes them for binary fractions.
PROOF = """
    WITH product AS (
        SELECT * FROM unnest(%(product_ids)s::int[], %(product_names)s::text[]) AS data(id, name)
    ), opened AS (
        SELECT statement.id AS statement_id, statement.partner_id, found.key::int AS line_id,
               found.value ->> 0 AS salt, found.value -> 1 AS rates
          FROM channel_statement AS statement, json_each(statement.proof_text::json) AS found
         WHERE statement.id = ANY(%(ids)s)
    ), sealed AS (
        SELECT opened.statement_id, agreement.version,
               json_build_object(
                   'fingerprint', agreement.fingerprint,
                   'header', agreement.seal_header,
                   'lines', json_agg(
                       json_build_object(
                           'hash', line.line_hash,
                           'salt', opened.salt,
                           -- As tools.seal.line_text puts it.
                           'text', '{"rates":' || opened.rates || ',"terms":'
                                   || line.sealed_terms || '}'
                       ) ORDER BY line.sequence, line.id
                   )
               ) AS proof
          FROM opened
          JOIN channel_agreement_line AS line ON line.id = opened.line_id
          JOIN channel_agreement AS agreement ON agreement.id = line.agreement_id
                                             AND agreement.partner_id = opened.partner_id
      GROUP BY opened.statement_id, agreement.id
    ), papers AS (
        SELECT statement_id, json_agg(proof ORDER BY version) AS proofs
          FROM sealed GROUP BY statement_id
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
    SELECT own.id,
           json_build_object(
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
     WHERE own.id = ANY(%(ids)s)
"""


class ChannelStatement(models.Model):
    """The proof: with it anybody can recompute the fingerprint that a partner signed.

    What approval makes known is written then: salts and rates of the partner's own agreements.
    With the sealed texts, their hashes and what was settled it is put together when it is read.
    The column itself is closed to everybody, so that nobody searches or groups by it; whoever may
    read the statement reads ``proof``.
    """

    _inherit = "channel.statement"

    # Salt and rates by id of the agreement line, as JSON; of older approvals the whole proof.
    proof_text = fields.Text(groups=fields.NO_ACCESS, readonly=True, copy=False, prefetch=False)
    proof = fields.Text(
        compute="_compute_proof",
        help="The sealed rates with their salts, to be checked against the signed fingerprint.",
    )
    has_proof = fields.Boolean(compute="_compute_has_proof")

    @api.depends("state")
    def _compute_proof(self):
        whole = self._find_proofs(SQL("proof_text LIKE %s", '{"format"%'))
        texts = self._find_proofs(SQL("proof_text"))
        made = self.browse(id_ for id_, is_whole in whole.items() if not is_whole)._make_proofs()
        for statement in self:
            statement_id = statement._origin.id
            statement.proof = made.get(statement_id) or texts.get(statement_id)

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

    def _make_proofs(self):
        """Put the proofs of these statements together: ``{statement id: JSON text}``.

        In SQL, whoever reads them: partners read neither agreements nor products.
        """
        self.env["channel.ledger"]._flush_statements()
        products_sudo = self._find_products_sudo()
        rows = self.env.execute_query(
            SQL(
                PROOF,
                format=FORMAT,
                ids=self.ids,
                product_ids=products_sudo.ids,
                product_names=products_sudo.mapped("display_name"),
                amounts=SQL(", ").join(
                    SQL(
                        "%s, trim_scale(COALESCE(own.%s, 0))::text",
                        name,
                        SQL.identifier(f"{name}_amount"),
                    )
                    for name in AMOUNTS
                ),
            )
        )
        return dict(rows)

    def _find_products_sudo(self):
        """Return the products of the lines, in the language of the sealed texts."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product_id FROM channel_statement_line
                    WHERE statement_id = ANY(%s)""",
                self.ids,
            )
        )
        Product = self.env["product.product"].with_context(lang="en_US")
        # Elevated: only the names, of what the reader of the statement is told anyway.
        return Product.browse(product_id for (product_id,) in rows).sudo()

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
        opened = agreements._open_seals(secrets)
        self._raise_broken_seals(agreements._compare_seals(opened))
        self._check_register(agreements)
        missing._write_proofs(opened)

    def _write_proofs(self, opened):
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS statement SET proof_text = data.proof
                     FROM unnest(%s::int[], %s::text[]) AS data(id, proof)
                    WHERE statement.id = data.id""",
                self.ids,
                [statement._prepare_proof_text(opened) for statement in self],
            )
        )
        self.invalidate_recordset(["proof_text", "proof", "has_proof"])

    def _prepare_proof_text(self, opened):
        """Return as JSON text what an approval makes known, nothing of a year-end statement.

        Nobody else's: what a dealer's sub-distributors get is between them and us.

        :param dict opened: :class:`OpenedSeal` by agreement id
        """
        self.ensure_one()
        if not self.period_id:  # a year-end statement has no seal of its own to prove
            return None
        proofs = [
            proof
            for agreement in self.agreement_ids
            if agreement.partner_id == self.partner_id
            for proof in opened[agreement.id].proofs
        ]
        return f"{{{','.join(proofs)}}}"
