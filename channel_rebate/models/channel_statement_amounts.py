from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.rebate import Account, settle


class ChannelStatement(models.Model):
    """Sums and reveal: from sealed rates to amounts, first only looked at, then written down."""

    _inherit = "channel.statement"

    def _settle(self, secrets=None):
        """Compute the amounts of these statements from the sealed rates.

        A dealer's sub-distributors are taken along, since he pays for them.

        :param dict secrets: :class:`Secret` by agreement line id; unsealed here if not given
        :return: ``{statement id: tools.rebate.Account}``
        :raise AccessError: the caller is no holder
        """
        statements = self | self.search([("dealer_statement_id", "in", self.ids)])
        lines = statements.line_ids
        if secrets is None:
            secrets = self.env["channel.rate"]._unseal_lines(lines.agreement_line_id)
        carried = statements._get_balances()
        accounts = [
            Account(
                key=statement.id,
                dealer_key=statement.dealer_statement_id.id or None,
                raw_amounts={line.id: line._get_rebate(secrets) for line in statement.line_ids},
                carried_in=carried.get(statement.id, Decimal(0)),
            )
            for statement in statements
        ]
        currencies = {statement.id: statement.currency_id for statement in statements}
        settled = {}
        # A dealer and his sub-distributors have the same one.
        for currency in statements.currency_id:
            unit = Decimal(str(currency.rounding or 0.01))
            own = [account for account in accounts if currencies[account.key] == currency]
            settled |= {account.key: account for account in settle(own, unit)}
        return settled

    def _get_balances(self):
        """Return what is left to deduct by statement id: the partner's running balance, ≤ 0.

        The balance is what live approved statements carried out less what they carried in, by
        partner, company and currency.
        """
        self.env["channel.statement"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT own.id, SUM(earlier.carried_out_amount - earlier.carried_in_amount)::text
                     FROM channel_statement AS own
                     JOIN channel_statement AS earlier
                       ON earlier.partner_id = own.partner_id
                      AND earlier.company_id = own.company_id
                      AND earlier.currency_id = own.currency_id
                      AND earlier.id != own.id
                    WHERE own.id = ANY(%s) AND earlier.state IN ('approved', 'done')
                      AND earlier.net_amount IS NOT NULL
                 GROUP BY own.id""",
                self.ids,
            )
        )
        return {statement_id: Decimal(balance) for statement_id, balance in rows}

    def _reveal(self):
        """Write rates and amounts down, and mark the agreements as revealed.

        :raise UserError: a seal is broken (agreement and lines are named)
        """
        agreements = self.agreement_ids
        secrets = self.env["channel.rate"]._unseal_lines(agreements.line_ids)
        self._check_seals(agreements, secrets)
        self._check_below_dealers(agreements, secrets)
        self._touch_balances()
        accounts = self._settle(secrets)
        # Lines first: what follows empties the cache through which they are found in one go.
        self.line_ids._write_amounts(accounts, secrets)
        self._write_amounts(accounts)
        signed = agreements.filtered(lambda agreement: agreement.state == "signed")
        signed._move_to("revealed", allowed=("signed",))

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
            for agreement in agreements.filtered("dealer_agreement_id")
            for text in agreement._find_rate_problems(secrets)
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
        rows = [accounts[statement.id] for statement in self]
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS statement
                      SET gross_amount = data.gross, passed_on_amount = data.passed_on,
                          carried_in_amount = data.carried_in,
                          carried_out_amount = data.carried_out, net_amount = data.net
                     FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[],
                                 %s::numeric[], %s::numeric[])
                          AS data(id, gross, passed_on, carried_in, carried_out, net)
                    WHERE statement.id = data.id
                RETURNING statement.id""",
                [account.key for account in rows],
                [account.gross for account in rows],
                [account.passed_on for account in rows],
                [account.carried_in for account in rows],
                [account.carried_out for account in rows],
                [account.net for account in rows],
            )
        )
        self.invalidate_recordset()
