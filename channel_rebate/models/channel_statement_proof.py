import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..arrays import as_array
from ..const import KEEPER
from .channel_statement import AMOUNTS, REVEALED_STATES

# What tools/verify_seal.py reads.
FORMAT = "channel_rebate/proof/1"
# Numbers are texts, so that no reader takes them for binary fractions. What there is of each line
# is put together as text, as that takes half the time: only names have anything to escape.
PROOF = """
    WITH amounts AS (%(amounts)s), product AS (
        SELECT data.id, to_json(data.name) AS name
          FROM unnest(%(product_ids)s::int[], %(product_names)s::text[]) AS data(id, name)
    ), papers AS (
        SELECT relation.statement_id,
               string_agg(sealed.proof, ',' ORDER BY agreement.version) AS proofs
          FROM channel_statement_agreement_rel AS relation
          JOIN channel_statement AS statement ON statement.id = relation.statement_id
          -- Nobody else's: what a dealer's sub-distributors get is between them and us.
          JOIN channel_agreement AS agreement ON agreement.id = relation.agreement_id
                                             AND agreement.partner_id = statement.partner_id
          JOIN unnest(%(agreement_ids)s::int[], %(proofs)s::text[]) AS sealed(id, proof)
            ON sealed.id = agreement.id
         WHERE statement.id = ANY(%(ids)s)
      GROUP BY relation.statement_id
    ), rebates AS (
        SELECT line.statement_id,
               string_agg(
                   format(
                       '{"line":%%s,"target":"product.product,%%s","name":%%s,"quantity":"%%s",'
                       '"base":"%%s","rate":"%%s","rebate":"%%s","new":"%%s"}',
                       COALESCE(line.agreement_line_id::text, 'null'),
                       line.product_id,
                       product.name,
                       trim_scale(COALESCE(line.total_quantity, line.quantity)),
                       trim_scale(COALESCE(line.total_base_amount, line.base_amount)),
                       trim_scale(line.rate),
                       trim_scale(COALESCE(line.total_amount, line.amount)),
                       trim_scale(line.amount)
                   ), ',' ORDER BY line.id
               ) AS rows
          FROM channel_statement_line AS line
          JOIN product ON product.id = line.product_id
         WHERE line.statement_id = ANY(%(ids)s)
      GROUP BY line.statement_id
    ), heads AS (
        SELECT own.id,
               json_build_object(
                   'format', %(format)s,
                   'statement', settlement.name,
                   'partner', partner.name,
                   'period', period.name,
                   'correction', COALESCE(own.number, 0),
                   'currency', currency.name,
                   'coin', trim_scale(currency.rounding)::text,
                   'amounts', json_build_object(%(amount_texts)s)
               )::text AS said
          FROM channel_statement AS own
          JOIN amounts ON amounts.id = own.id
          JOIN channel_settlement AS settlement ON settlement.id = own.settlement_id
          JOIN res_partner AS partner ON partner.id = own.partner_id
          JOIN channel_period AS period ON period.id = own.period_id
          JOIN res_currency AS currency ON currency.id = own.currency_id
    )
    UPDATE channel_statement AS statement
       SET %(changes)s,
           proof_text = left(heads.said, -1)
                        || ',"agreements":[' || COALESCE(papers.proofs, '')
                        || '],"rebates":[' || COALESCE(rebates.rows, '') || ']}'
      FROM amounts
      -- None of a year: it has no seal of its own to prove.
 LEFT JOIN heads ON heads.id = amounts.id
 LEFT JOIN papers ON papers.statement_id = amounts.id
 LEFT JOIN rebates ON rebates.statement_id = amounts.id
     WHERE amounts.id = statement.id
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

    def init(self):
        """Have proofs compressed by LZ4 where the server has it: that takes a fifth of the time."""
        has_lz4 = self.env.execute_query(
            SQL(
                """SELECT 1 FROM pg_settings
                    WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"""
            )
        )
        if has_lz4:
            self.env.cr.execute(
                "ALTER TABLE channel_statement ALTER COLUMN proof_text SET COMPRESSION lz4"
            )

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
        opened = agreements._open_seals(secrets)
        self._raise_broken_seals(agreements._compare_seals(opened))
        self._check_register(agreements)
        missing._write_amounts(opened)

    def _write_amounts(self, opened, accounts=None):
        """Write amounts and proofs of these statements, in one statement however many there are.

        In one, as of each row that a transaction writes once more PostgreSQL checks all references.

        :param dict opened: :class:`OpenedLine` by agreement id, of their agreements
        :param dict accounts: settled :class:`Account` by statement id; amounts stay if not given
        """
        agreements = self.env["channel.agreement"].browse(opened)
        products = self._find_products()
        columns = [(name, SQL.identifier(f"{name}_amount")) for name in AMOUNTS]
        self.env["channel.ledger"]._flush_statements()
        self.env.execute_query(
            SQL(
                PROOF,
                amounts=self._get_amounts_query(accounts),
                format=FORMAT,
                ids=self.ids,
                agreement_ids=agreements.ids,
                proofs=[agreement._prepare_proof(opened[agreement.id]) for agreement in agreements],
                product_ids=products.ids,
                product_names=products.mapped("display_name"),
                amount_texts=SQL(", ").join(
                    SQL("%s, trim_scale(COALESCE(amounts.%s, 0))::text", name, column)
                    for name, column in columns
                ),
                changes=SQL(", ").join(
                    SQL("%s = amounts.%s", column, column) for _name, column in columns
                ),
            )
        )
        self.invalidate_recordset()

    def _get_amounts_query(self, accounts):
        """Return ids and amounts as a query: those of accounts, or those that are written."""
        columns = [SQL.identifier(f"{name}_amount") for name in AMOUNTS]
        if accounts is None:
            return SQL(
                "SELECT id, %s FROM channel_statement WHERE id = ANY(%s)",
                SQL(", ").join(columns),
                self.ids,
            )
        values = [
            SQL("%s::numeric[]", as_array(getattr(accounts[id_], name) for id_ in self.ids))
            for name in AMOUNTS
        ]
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s) AS data(id, %s)",
            as_array(self.ids),
            SQL(", ").join(values),
            SQL(", ").join(columns),
        )

    def _find_products(self):
        """Return the products of the lines, in the language of the sealed texts."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product_id FROM channel_statement_line
                    WHERE statement_id = ANY(%s)""",
                self.ids,
            )
        )
        products = self.env["product.product"].browse([product_id for (product_id,) in rows])
        return products.with_context(lang="en_US")
