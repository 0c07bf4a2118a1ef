from odoo import fields, models

from ..locking import touch
from ..tools.accrual import MIN_DEALERS


class ChannelSettlement(models.Model):
    """Settling releases what was accrued, and reversing brings it back."""

    _inherit = "channel.settlement"

    def _approval_error_message(self):
        return super()._approval_error_message() or self._get_accrual_error_message()

    def _get_accrual_error_message(self):
        """Return why approval would show the rates of dealers that it leaves out, or nothing.

        Two of three that were accrued in one sum are not revealed without the third, nor the small
        ones without the big one.
        """
        self.ensure_one()
        pool = self.period_id and self.period_id._get_pool_dealers()
        if not pool:
            return None
        revealed = self.env["channel.agreement"].search(
            [("period_id", "=", self.period_id.id), ("state", "=", "revealed")]
        )
        left = pool - revealed.partner_id - self.statement_ids.partner_id
        if not left or self.period_id._is_mixed_in_pool(left):
            return None
        return self.env._(
            "Rebates of %(period)s have been accrued in one sum: if %(settlement)s is approved, "
            "what %(partners)s will get can be read off the rest. Settle them as well, or leave "
            "out at least %(number)s dealers, none with more than half of their sales.",
            period=self.period_id.name,
            settlement=self.name,
            partners=self._shorten(left.mapped("name")),
            number=MIN_DEALERS,
        )

    def _finish_if_posted(self):  # pylint: disable=missing-return
        super()._finish_if_posted()
        for settlement in self.filtered(lambda run: run.state in ("approved", "done")):
            settlement._release_accrual()

    def _release_accrual(self):
        """Release by the net of the documents posted since; the rest if nothing else is to come.

        A correction comes on top of what was accrued: its documents take nothing off what is left
        there for others. Called in sudo mode, whoever posts: by then the amounts are known.
        """
        self.ensure_one()
        posted = self.statement_ids.search(
            [
                ("settlement_id", "=", self.id),
                ("move_id.state", "=", "posted"),
                ("accrual_released", "=", False),
            ]
        )
        posted.accrual_released = True
        period = self.period_id
        if not period or (not posted and self.state != "done"):
            return
        touch(period)
        accrued = period._get_accrued()
        in_pool = posted.browse() if self._is_correction() else posted
        amount = sum(statement._get_net_in_company_currency() for statement in in_pool)
        if self.state == "done" and period._is_accrual_settled():
            amount = accrued
        amount = period.company_id.currency_id.round(min(amount, accrued))
        if amount > 0:
            self.env["channel.accrual"]._post_step(
                period,
                "release",
                amount=-amount,
                date=max(posted.move_id.mapped("date"), default=fields.Date.context_today(self)),
                settlement_id=self.id,
            )

    def action_reverse(self):
        result = super().action_reverse()
        # Elevated: keepers may not write in accounting.
        for settlement in self.sudo():
            settlement._restore_accrual()
        return result

    def _restore_accrual(self):
        """Accrue again what this run has released (called in sudo mode)."""
        self.ensure_one()
        touch(self.period_id)
        steps = self.env["channel.accrual"].search([("settlement_id", "=", self.id)])
        released = -self.currency_id.round(sum(steps.mapped("amount")))
        if released > 0:
            self.env["channel.accrual"]._post_step(
                self.period_id,
                "restore",
                amount=released,
                date=fields.Date.context_today(self),
                settlement_id=self.id,
            )
