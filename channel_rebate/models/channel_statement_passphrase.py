from odoo import fields, models
from odoo.tools import split_every

from ..const import HOLDERS

# Whose tokens are in memory at once when they are unlocked for good.
AGREEMENTS_AT_ONCE = 1000


class ChannelStatement(models.Model):
    """Statements whose rates are locked with a passphrase: nothing is expected, not even zero."""

    _inherit = "channel.statement"

    is_locked = fields.Boolean(
        string="Locked",
        compute="_compute_expected",
        groups=HOLDERS,
        help="The rates are locked with the passphrase: “Show Amounts” on the settlement asks for "
        "it and shows what is to be expected.",
    )

    def _settle_shown(self):
        """Compute the amounts of those statements whose rates can be read now.

        A dealer and his sub-distributors are one account: if one is locked, all are, and so is
        whoever has a share of their penalties.

        :return: ``{statement id: tools.rebate.Account}``
        :raise AccessError: the caller is no holder
        """
        statements = self._find_account_statements()
        lines = self.env["channel.statement.line"]._read_plain(statements)
        secrets = self._unseal_expected(lines)
        locked = self.browse({line.statement for line in lines if not line.is_readable(secrets)})
        dealers = locked.dealer_statement_id | locked
        hidden = statements.filtered(
            lambda record: record in dealers or record.dealer_statement_id in dealers
        )
        harmed = hidden.penalty_line_ids.penalty_id.harmed_dealer_id
        hidden |= statements.filtered(lambda record: record.partner_id in harmed)
        hidden |= statements.filtered(lambda record: record.dealer_statement_id in hidden)
        shown = statements - hidden
        return shown._get_accounts(secrets, shown._get_balances()) if shown else {}

    def _reveal(self):  # pylint: disable=missing-return
        """Unlock for good what is revealed: it is in the statements in clear from now on."""
        Pair = self.env["channel.passphrase.pair"]
        # Read first: what follows empties the cache through which they are found in one go.
        has_locked, agreements = any(map(Pair._is_set, self.company_id)), self.agreement_ids
        super()._reveal()
        if has_locked:
            for part in split_every(AGREEMENTS_AT_ONCE, agreements.ids, agreements.browse):
                self.env["channel.rate"]._unlock(part)

    def _get_totals(self):
        """Ask for the passphrase rather than add up what is not shown."""
        if locked := self.filtered("is_locked"):
            rates = self.env["channel.rate"].search(
                [("line_id", "in", locked.line_ids.agreement_line_id.ids)]
            )
            rates._unseal_many()
        return super()._get_totals()
