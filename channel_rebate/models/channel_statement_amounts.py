from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools.lines import find_rates, find_raw_amounts
from ..tools.rebate import Account, settle


class ChannelStatement(models.Model):
    """Sums: from sealed rates to amounts, which are only looked at or written down."""

    _inherit = "channel.statement"

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
        lines = self.env["channel.statement.line"]._read_plain(self)
        return self._get_rated_accounts(lines, self._get_rates(lines, secrets), carried)

    def _get_line_accounts(self, secrets):
        """Return what the lines come to whose rates are at hand, each statement on its own.

        :param dict secrets: :class:`Secret` by agreement line id
        :return: exact rates, as :meth:`_get_rates`, and :class:`Account` by statement id, of which
            only the amounts of its lines are filled in
        """
        found = self.env["channel.statement.line"]._read_plain(self)
        lines = [line for line in found if line.is_readable(secrets)]
        rates = self._get_rates(lines, secrets)
        raw_amounts = find_raw_amounts(lines, rates)
        settled = self._get_settled_amounts(lines)
        accounts = {}
        for statement in self._origin:
            account = accounts[statement.id] = Account(
                key=statement.id,
                raw_amounts=raw_amounts.get(statement.id, {}),
                settled_amounts=settled.get(statement.id, {}),
            )
            account.round_amounts(statement._get_unit())
        return rates, accounts

    def _unseal_expected(self, lines):
        """Return the secrets of lines, but for those that are locked with a passphrase.

        :param lines: :class:`~..tools.lines.Line` list
        :return: :class:`Secret` by agreement line id
        """
        covering = self.env["channel.agreement.line"].browse(
            {line.covering for line in lines if line.covering}
        )
        return self.env["channel.rate"]._unseal_lines(covering, "expected", skip_locked=True)

    def _get_rates(self, lines, secrets):
        """Return exact rates of lines: ``{(statement id, agreement line id): rate}``.

        :param lines: all :class:`~..tools.lines.Line` of these statements
        :param dict secrets: :class:`Secret` by agreement line id
        """
        return find_rates(lines, secrets)

    def _get_rated_accounts(self, lines, rates, carried):
        """Return the settled accounts of these statements; see :meth:`_get_accounts`.

        :param lines: all :class:`~..tools.lines.Line` of these statements
        :param dict rates: exact rates by ids of statement and agreement line
        """
        raw_amounts = find_raw_amounts(lines, rates)
        settled = self._get_settled_amounts(lines)
        refundable = self._get_refundable_amounts()
        passed_on_before = self._get_passed_on_before()
        deductions, awards = self._get_deductions(), self._get_awards()
        accounts = {
            statement.id: Account(
                key=statement.id,
                # Not ``.id or None``: the id of a statement in memory is false.
                dealer_key=next(iter(statement.dealer_statement_id._ids), None),
                raw_amounts=raw_amounts.get(statement.id, {}),
                carried_in=carried.get(statement.id, Decimal(0)),
                settled_amounts=settled.get(statement.id, {}),
                passed_on_before=passed_on_before.get(statement.id, {}),
                deductions=deductions.get(statement.id, []),
                awards=awards.get(statement.id, []),
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
        if not balances:  # as in the first period
            return {}
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
