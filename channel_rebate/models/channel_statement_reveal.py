from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..arrays import as_array
from .channel_statement import AMOUNTS

# What of a run is in memory at once, each with his sub-distributors.
DEALERS_AT_ONCE = 200
# What is read of a statement to settle it.
NEEDED = (
    "company_id",
    "currency_id",
    "dealer_statement_id",
    "kind",
    "number",
    "partner_id",
    "period_id",
    "role",
    "settlement_id",
    "state",
)


class ChannelStatement(models.Model):
    """The reveal: seals are checked, and rates and amounts written down.

    A part of the run at a time, so that neither its lines nor what is sealed are all in memory at
    once; and all or nothing, since it is one transaction.
    """

    _inherit = "channel.statement"

    def init(self):
        """Store statements as it suits what is written to them.

        Proofs are not compressed: salts are random, it takes long and saves nothing. Room is left
        for the sums that are written after the rows, so that no index has to be changed.
        """
        self.env.cr.execute(
            """ALTER TABLE channel_statement ALTER COLUMN proof_text SET STORAGE EXTERNAL;
               ALTER TABLE channel_statement SET (fillfactor = 40)"""
        )

    def _reveal(self):
        """Write rates and amounts down, and mark the agreements as revealed.

        :raise AccessError: the caller is no holder
        :raise UserError: a seal is broken (agreement and lines are named)
        """
        Rate, agreements = self.env["channel.rate"], self.agreement_ids
        if not Rate._is_holder():
            raise Rate._make_holder_error()
        self._touch_balances()
        # All that is needed, and of all at once.
        self.fetch(NEEDED)
        broken, misplaced = [], []
        for statements in self._split_by_dealer():
            own = statements.agreement_ids
            secrets = Rate._unseal_agreements(own, way="approve")
            opened = own._open_seals(secrets)
            broken += own._compare_seals(opened)
            if not broken:
                misplaced += own._find_rate_problems(secrets)
            # The rest is looked at only to name it; what was written goes with the error.
            if not (broken or misplaced):
                statements._write_revealed(secrets, opened)
        self._raise_broken_seals(broken)
        self._check_register(agreements)
        self._raise_misplaced(misplaced)
        agreements.filtered(lambda agreement: agreement.state == "signed")._mark_revealed()
        # So that Odoo finds written what follows the settlement's state from now on.
        self.fetch(["state"])

    def _split_by_dealer(self):
        """Return these statements in parts that can be settled each on its own.

        A dealer and his sub-distributors are in one part.
        """
        families = self.grouped(lambda statement: statement.dealer_statement_id or statement)
        bound = self._find_bound_partners()
        together, alone = [], []
        for family in families.values():
            (together if family.partner_id & bound else alone).append(family.ids)
        parts = [together] if together else []
        parts += split_every(DEALERS_AT_ONCE, alone, list)
        # Sets of their own, so that what is read of a part is not read of the whole run.
        return [self.browse([one for family in part for one in family]) for part in parts]

    def _find_bound_partners(self):
        """Return the partners whose amounts depend on those of other dealers."""
        return self.env["res.partner"]

    def _write_revealed(self, secrets, opened):
        """Write down what these statements come to, and their proofs.

        :param dict secrets: :class:`Secret` by agreement line id
        :param dict opened: :class:`OpenedSeal` by agreement id
        """
        lines = self.env["channel.statement.line"]._read_plain(self)
        rates = self._get_rates(lines, secrets)
        accounts = self._get_rated_accounts(lines, rates, self._get_balances())
        self.env["channel.statement.line"]._write_amounts(lines, rates, accounts)
        self._write_parts(accounts)
        self._write_amounts(opened, accounts)

    def _write_parts(self, accounts):
        """Write down what accounts say of penalties and the like; called for each part of a run.

        :param dict accounts: settled :class:`~..tools.rebate.Account` by statement id
        """

    def _touch_balances(self):
        """Write to the statements that left something to deduct, without changing it.

        Of two approvals at once that would deduct the same rest, PostgreSQL then stops one with a
        serialization failure, and Odoo runs it again with the other's result in sight.
        """
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS earlier
                      SET write_date = now() at time zone 'UTC'
                     FROM channel_statement AS own
                    WHERE own.id = ANY(%s) AND earlier.partner_id = own.partner_id
                      AND earlier.company_id = own.company_id AND earlier.id != own.id
                      AND earlier.carried_out_amount < 0
                RETURNING earlier.id""",
                self.ids,
            )
        )

    # === Checks === #

    def _raise_broken_seals(self, broken):
        """Refuse rates or terms that are not those that were sealed.

        :param list broken: of :meth:`ChannelAgreement._find_broken_seals`
        """
        if not broken:
            return
        header = self.env._("the header")
        raise UserError(
            self.env._(
                "Rates or terms differ from what was sealed; nothing was approved. Find out "
                "who changed the database:\n%(agreements)s",
                agreements="\n".join(
                    f"- {agreement.display_name}: {', '.join(names) or header}"
                    for agreement, names in broken
                ),
            )
        )

    def _check_register(self, agreements):
        """Refuse also what has its rates replaced together with the fingerprint."""
        if problems := agreements._find_register_problems():
            raise UserError(
                self.env._(
                    "Seals differ from the register; nothing was approved. Find out who changed "
                    "the database:\n%(problems)s",
                    problems=self.env["channel.seal"]._list_findings(problems),
                )
            )

    def _raise_misplaced(self, misplaced):
        """Refuse what became wrong since sealing: a product moved to another category.

        :param list misplaced: of :meth:`ChannelAgreement._find_rate_problems`
        """
        if not misplaced:
            return
        raise UserError(
            self.env._(
                "Products or categories were moved since these agreements were sealed; "
                "nothing was approved. Put them back where they were:\n%(problems)s",
                problems="\n".join(
                    f"- {agreement.display_name}: {text}" for agreement, text in misplaced
                ),
            )
        )

    # === Writing === #

    def _write_amounts(self, opened, accounts):
        """Write amounts, proofs and state of these statements in one statement.

        All at once: of each row that a transaction writes once more PostgreSQL checks all
        references. The settlement gets the same state when everything is written.

        :param dict opened: :class:`OpenedSeal` by agreement id
        :param dict accounts: settled :class:`~..tools.rebate.Account` by statement id
        """
        columns = [SQL.identifier(f"{name}_amount") for name in AMOUNTS]
        changes = [SQL("%s = data.%s", column, column) for column in columns]
        proofs = [statement._prepare_proof_text(opened) for statement in self]
        rows = [accounts[statement_id] for statement_id in self.ids]
        self.env["channel.ledger"]._flush_statements()
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS statement
                      SET proof_text = data.proof, %(changes)s,
                          write_uid = %(uid)s, write_date = now() at time zone 'UTC'
                     FROM unnest(%(ids)s::int[], %(proofs)s::text[], %(values)s)
                          AS data(id, proof, %(columns)s)
                    WHERE statement.id = data.id""",
                changes=SQL(", ").join(changes + self._get_revealed_changes()),
                uid=self.env.uid,
                ids=as_array(self.ids),
                proofs=proofs,
                values=SQL(", ").join(
                    SQL("%s::numeric[]", as_array(getattr(account, name) for account in rows))
                    for name in AMOUNTS
                ),
                columns=SQL(", ").join(columns),
            )
        )
        self.invalidate_recordset()

    def _get_revealed_changes(self):
        """Return the SQL of what is written together with amounts, which are those of ``data``."""
        return [SQL("state = 'approved'")]
