from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.rebate import Account, settle
from .channel_statement import AMOUNTS


class ChannelStatement(models.Model):
    """Sums and reveal: from sealed rates to amounts, first only looked at, then written down."""

    _inherit = "channel.statement"

    def _settle(self, secrets=None):
        """Compute the amounts of these statements from the sealed rates.

        Others on whom they depend are taken along.

        :param dict secrets: :class:`Secret` by agreement line id; unsealed here if not given
        :return: ``{statement id: tools.rebate.Account}``
        :raise AccessError: the caller is no holder
        """
        statements = self._find_account_statements()
        lines = statements.line_ids
        if secrets is None:
            secrets = self.env["channel.rate"]._unseal_lines(
                lines.agreement_line_id, way="expected"
            )
        return statements._get_accounts(secrets, statements._get_balances())

    def _find_account_statements(self):
        """Return these statements and those of the run without which they can't be computed.

        A dealer pays for his sub-distributors.
        """
        return self | self.search([("dealer_statement_id", "in", self.ids)])

    def _get_accounts(self, secrets, carried):
        """Return the settled accounts of these statements, which may exist in memory only.

        :param dict secrets: :class:`Secret` by agreement line id
        :param dict carried: what earlier settlements left to deduct, by statement id
        :return: ``{statement id: tools.rebate.Account}``
        """
        rates = self.line_ids._get_rates(secrets)
        settled = self._get_settled_amounts()
        refundable = self._get_refundable_amounts()
        passed_on_before = self._get_passed_on_before()
        deductions, awards = self._get_deductions(), self._get_awards()
        accounts = {
            statement.id: Account(
                key=statement.id,
                # Not ``.id or None``: the id of a statement in memory is false.
                dealer_key=next(iter(statement.dealer_statement_id._ids), None),
                raw_amounts=statement.line_ids._get_raw_amounts(rates),
                carried_in=carried.get(statement.id, Decimal(0)),
                settled_amounts=settled.get(statement.id, {}),
                passed_on_before=passed_on_before.get(statement.id, {}),
                deductions=deductions[statement.id],
                awards=awards[statement.id],
                refundable=refundable.get(statement.id, Decimal(0)),
            )
            for statement in self
        }
        settled = {}
        # A dealer and his sub-distributors have the same one.
        for statements in self.grouped("currency_id").values():
            own = [accounts[statement.id] for statement in statements]
            settled |= {account.key: account for account in settle(own, statements[:1]._get_unit())}
        return settled

    def _get_unit(self):
        """Return the smallest coin of the statement's currency as a decimal."""
        return Decimal(str(self.currency_id.rounding or 0.01))

    def _get_balances(self):
        """Return what is left to deduct by statement id: the partner's running balance, ≤ 0."""
        balances = self._find_balances(self.partner_id, self.company_id)
        return {
            statement.id: balances[key]
            for statement in self
            if (key := statement._get_balance_key()) in balances
        }

    def _get_balance_key(self):
        self.ensure_one()
        return self.partner_id.id, self.company_id.id, self.currency_id.id

    @api.model
    def _find_balances(self, partners, companies):
        """Return running balances, ≤ 0, by ids of partner, company and currency.

        The balance is what live approved statements carried out less what they carried in. A
        statement that is just being approved has no net amount yet and is not among them.
        """
        self.env["channel.statement"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id, currency_id,
                          SUM(carried_out_amount - carried_in_amount)::text
                     FROM channel_statement
                    WHERE partner_id = ANY(%s) AND company_id = ANY(%s)
                      AND state IN ('approved', 'done') AND net_amount IS NOT NULL
                 GROUP BY partner_id, company_id, currency_id""",
                partners.ids,
                companies.ids,
            )
        )
        return {tuple(key): Decimal(balance) for *key, balance in rows}

    def _reveal(self):
        """Write rates and amounts down, and mark the agreements as revealed.

        :raise UserError: a seal is broken (agreement and lines are named)
        """
        agreements = self.agreement_ids
        secrets = self.env["channel.rate"]._unseal_lines(agreements.line_ids, way="approve")
        self._check_seals(agreements, secrets)
        self._check_below_dealers(agreements, secrets)
        self._touch_balances()
        accounts = self._settle(secrets)
        # Lines first: what follows empties the cache through which they are found in one go.
        self.line_ids._write_amounts(accounts, secrets)
        self._write_amounts(accounts)
        self._write_proofs(secrets)
        signed = agreements.filtered(lambda agreement: agreement.state == "signed")
        signed._move_to("revealed", allowed=("signed",))
        self.env["channel.seal"]._enter(signed, "revealed")

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

    def _check_seals(self, agreements, secrets):
        if broken := agreements._find_broken_seals(secrets):
            header = self.env._("the header")
            texts = [
                f"- {agreement.display_name}: {', '.join(names) or header}"
                for agreement, names in broken
            ]
            raise UserError(
                self.env._(
                    "Rates or terms differ from what was sealed; nothing was approved. Find out "
                    "who changed the database:\n%(agreements)s",
                    agreements="\n".join(texts),
                )
            )

    def _check_below_dealers(self, agreements, secrets):
        """Refuse what became wrong since sealing: a product moved to another category."""
        texts = [
            f"- {agreement.display_name}: {text}"
            for agreement, text in agreements._find_rate_problems(secrets)
        ]
        if texts:
            raise UserError(
                self.env._(
                    "Products or categories were moved since these agreements were sealed; "
                    "nothing was approved. Put them back where they were:\n%(problems)s",
                    problems="\n".join(texts),
                )
            )

    def _write_amounts(self, accounts):
        columns = [SQL.identifier(f"{name}_amount") for name in AMOUNTS]
        rows = [accounts[statement.id] for statement in self]
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS statement
                      SET %(changes)s
                     FROM unnest(%(ids)s::int[], %(values)s) AS data(id, %(columns)s)
                    WHERE statement.id = data.id
                RETURNING statement.id""",
                changes=SQL(", ").join(SQL("%s = data.%s", name, name) for name in columns),
                ids=[account.key for account in rows],
                values=SQL(", ").join(
                    SQL("%s::numeric[]", [getattr(account, name) for account in rows])
                    for name in AMOUNTS
                ),
                columns=SQL(", ").join(columns),
            )
        )
        self.invalidate_recordset()
