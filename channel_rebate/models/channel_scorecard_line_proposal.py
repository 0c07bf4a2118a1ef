from decimal import Decimal

from odoo import models

from ..tools.scorecard import UNDERCUTTING, score_for_counts, score_for_months


class ChannelScorecardLine(models.Model):
    """The proposal for one criterion."""

    _inherit = "channel.scorecard.line"

    def _propose(self, facts):
        """Write down what ``facts`` propose, and take it for the score unless there is one."""
        self.ensure_one()
        score, evidence = self._work_out(facts)
        values = {
            "has_proposal": bool(evidence),
            "proposed_score": float(score or 0),
            "evidence": evidence,
        }
        if evidence and (self.is_proposed or not self.is_scored):
            values.update(score=values["proposed_score"], is_scored=True, is_proposed=True)
        if any(self[name] != value for name, value in values.items()):
            self.write(values)

    def _work_out(self, facts):
        """Return a proposed score and its evidence, or nothing and False.

        :rtype: tuple[Decimal, str]
        """
        criterion = self.criterion_id
        if criterion.proposal == "incidents":
            return self._work_out_incidents(facts, criterion.breach)
        if criterion.proposal == "prices":
            return self._work_out_prices(facts)
        if criterion.proposal == "regularity" and facts.months:
            evidence = self.env._(
                "orders in %(ordered)s of %(months)s months",
                ordered=facts.ordered,
                months=facts.months,
            )
            return score_for_months(self.scale, facts.ordered, facts.months), evidence
        return None, False

    def _work_out_incidents(self, facts, breach):
        count = facts.count_incidents(breach)
        points = Decimal(str(self.criterion_id.points_off))
        evidence = ", ".join(
            filter(
                None,
                (
                    self._describe_incidents(count, breach),
                    self._describe_appeals(facts.count_appeals(breach)),
                ),
            )
        )
        return score_for_counts(self.scale, [(count, points)]), evidence

    def _work_out_prices(self, facts):
        criterion, incidents = self.criterion_id, facts.count_incidents(UNDERCUTTING)
        score = score_for_counts(
            self.scale,
            [
                (incidents, Decimal(str(criterion.points_off))),
                (facts.lines, Decimal(str(criterion.points_off_line))),
            ],
        )
        texts = (
            self._describe_incidents(incidents, UNDERCUTTING) if incidents else "",
            self._describe_lines(facts.lines),
            self._describe_appeals(facts.count_appeals(UNDERCUTTING)),
        )
        return score, ", ".join(filter(None, texts))

    def _describe_incidents(self, count, breach):
        breaches = dict(self.criterion_id._selection_breach())
        if not breach:
            if count == 1:
                return self.env._("1 confirmed incident")
            return self.env._("%(count)s confirmed incidents", count=count or self.env._("no"))
        label = breaches[breach].lower()
        if count == 1:
            return self.env._("1 confirmed incident of %(breach)s", breach=label)
        return self.env._(
            "%(count)s confirmed incidents of %(breach)s",
            count=count or self.env._("no"),
            breach=label,
        )

    def _describe_lines(self, count):
        if count == 1:
            return self.env._("1 line below the floor")
        return self.env._("%(count)s lines below the floor", count=count or self.env._("no"))

    def _describe_appeals(self, count):
        """Say what is not decided for good yet, and so takes nothing off."""
        return count and self.env._("%(count)s under appeal not counted", count=count)
