from odoo import fields, models
from odoo.exceptions import UserError

from .channel_statement import LIVE_STATES


class ChannelStatement(models.Model):
    """What a harmed dealer's statement has of the penalties of others."""

    _inherit = "channel.statement"

    compensation_line_ids = fields.One2many(
        comodel_name="channel.statement.compensation",
        inverse_name="statement_id",
        string="Compensations",
        readonly=True,
    )

    def _find_compensations(self):
        """Return what each statement has to hold: ``{statement: penalties}``.

        Whose share has changed, and whose wrongdoer is settled in the same run, which may change
        it. Of a penalty that nobody has settled yet there is none.
        """
        Penalty = self.env["channel.penalty"]
        harming = Penalty._find_harming(self.partner_id, self.period_id)
        if not harming:
            return {}
        granted = harming._get_granted_amounts()
        together = {(statement.partner_id, statement.period_id) for statement in self}
        changing = harming.filtered(
            lambda penalty: (
                (penalty.partner_id, penalty.period_id) in together
                and (penalty.state == "confirmed" or penalty.id in granted)
            )
        )
        by_key = (harming._filter_award_due() | changing).grouped(
            lambda penalty: (penalty.harmed_dealer_id, penalty.period_id)
        )
        return {
            statement: by_key[statement.partner_id, statement.period_id]
            for statement in self
            if (statement.partner_id, statement.period_id) in by_key
        }

    def _find_other_penalties(self):
        found = self._find_compensations()
        return (
            super()
            ._find_other_penalties()
            .union(
                *(
                    statement._differ(statement.compensation_line_ids, found.get(statement))
                    for statement in self.compensation_line_ids.statement_id.union(*found)
                )
            )
        )

    def _check_not_shared(self):
        """Refuse to take back a statement out of whose penalty another settlement has given.

        :raise UserError: naming that settlement
        """
        shared = self.env["channel.statement.compensation"].search(
            [
                ("penalty_id", "in", self.penalty_line_ids.penalty_id.ids),
                ("statement_id.state", "in", LIVE_STATES),
                ("statement_id.settlement_id", "not in", self.settlement_id.ids),
            ],
            limit=1,
        )
        if shared:
            raise UserError(
                self.env._(
                    "%(settlement)s compensates %(harmed)s out of a penalty of %(partner)s. "
                    "Reverse that one first.",
                    settlement=shared.statement_id.settlement_id.name,
                    harmed=shared.statement_id.partner_id.name,
                    partner=shared.penalty_id.partner_id.name,
                )
            )

    def _write_penalties(self):
        """Write down whose penalties a harmed dealer has a share of, not how much."""
        result = super()._write_penalties()
        found = self._find_compensations()
        for statement, penalties in found.items():
            statement._check_penalty_currencies(penalties)
        self._create_penalty_lines("channel.statement.compensation", found)
        return result

    # === Sums === #

    def _get_awards(self):
        """Return each statement's shares of others' penalties, by statement id.

        Empty if there is none at all.
        """
        harming = self.env["channel.penalty"]._find_harming(self.partner_id, self.period_id)
        if not harming:
            return {}
        awards = dict(zip(harming, harming._get_awards(besides=self), strict=True))
        by_key = harming.grouped(lambda penalty: (penalty.harmed_dealer_id, penalty.period_id))
        return {
            statement.id: [
                awards[penalty]
                for penalty in by_key.get((statement.partner_id, statement.period_id), ())
            ]
            for statement in self
        }

    def _find_account_statements(self):
        """Take those along who have harmed these dealers: what they lose, these get part of."""
        found = super()._find_account_statements()
        harming = self.env["channel.penalty"]._find_harming(self.partner_id, self.period_id)
        if not harming:
            return found
        others = self.search(
            [
                ("settlement_id", "in", self.settlement_id.ids),
                ("partner_id", "in", harming.partner_id.ids),
            ]
        )
        return found | super(ChannelStatement, others)._find_account_statements()

    def _find_bound_partners(self):
        """Add those who harmed and were harmed: what one loses, the other gets part of."""
        harming = self.env["channel.penalty"]._find_harming(self.partner_id, self.period_id)
        return super()._find_bound_partners() | harming.partner_id | harming.harmed_dealer_id

    def _write_parts(self, accounts):
        if any(account.awards for account in accounts.values()):
            lines = self.compensation_line_ids
            lines._write_amounts(accounts)
            lines._drop_unchanged()
        return super()._write_parts(accounts)
