from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..locking import touch


class ChannelSettlement(models.Model):
    """Supplementary settlements: what has changed in a period since it was settled.

    Only partners of whom something changed get a statement, with their dealer or, if they are
    dealers, the sub-distributors of whom something changed. A sub-distributor who signed after his
    dealer was settled gets his first one. Source: Design, §4.
    """

    _inherit = "channel.settlement"

    _one_of_a_number = models.UniqueIndex(
        "(period_id, number) WHERE number > 0 AND state != 'cancelled'",
        "Somebody else has just computed a supplementary settlement of this period.",
    )
    # For two users at once; deferred, so that the check in Python, which names the other one,
    # comes first.
    _one_open_correction = models.Constraint(
        "EXCLUDE (period_id WITH =) WHERE (kind = 'supplementary' "
        "AND state IN ('draft', 'computed')) DEFERRABLE INITIALLY DEFERRED",
        "There is an open supplementary settlement of this period already.",
    )

    @api.constrains("kind", "period_id", "state")
    def _check_one_open_correction(self):
        for settlement in self.filtered(lambda run: run._is_correction() and run._is_open()):
            if other := settlement.period_id._find_open_corrections() - settlement:
                raise ValidationError(
                    self.env._(
                        "%(settlement)s is an open supplementary settlement of %(period)s. Finish "
                        "or cancel that one first.",
                        settlement=other[0].name,
                        period=settlement.period_id.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        # A number is one of its period or year: what becomes of a draft begins without it.
        if {"kind", "period_id", "year"} & vals.keys() and (numbered := self.filtered("number")):
            numbered._trusted().number = 0
        return result

    def _is_correction(self):
        self.ensure_one()
        return self.kind == "supplementary"

    def _is_open(self):
        self.ensure_one()
        return self.state in ("draft", "computed")

    @api.depends("name", "number")
    def _compute_display_name(self):  # pylint: disable=missing-return
        super()._compute_display_name()
        for settlement in self.filtered("number"):
            settlement.display_name = self.env._(
                "%(settlement)s (correction %(number)s)",
                settlement=settlement.name,
                number=settlement.number,
            )

    def _get_agreements(self):
        """Return all versions of whom something changed, and of their dealers."""
        if not self._is_correction():
            return super()._get_agreements()
        agreements = self.period_id._get_settled_agreements(self.dealer_ids)
        changed = self.env["channel.ledger"]._find_changed(agreements, self.cutoff_date)
        own = agreements.filtered(lambda agreement: agreement.partner_id in changed)
        partners = changed | own.dealer_agreement_id.partner_id
        return agreements.filtered(lambda agreement: agreement.partner_id in partners)

    def _get_nothing_to_settle_message(self):
        if not self._is_correction():
            return super()._get_nothing_to_settle_message()
        return self.env._(
            "Nothing has changed in %(period)s since it was settled: there is nothing to correct. "
            "Dealers who have not been settled yet get a periodic settlement.",
            period=self.period_id.name,
        )

    def _compute_statements(self):
        if self._is_correction() and not self.number:
            touch(self.period_id)
            self._trusted().number = self._get_next_number()
        return super()._compute_statements()

    def _get_next_number(self):
        last = self.search(
            [*self._get_numbered_domain(), ("number", ">", 0), ("state", "!=", "cancelled")],
            order="number desc",
            limit=1,
        )
        return last.number + 1

    def _get_numbered_domain(self):
        """Return the runs whose corrections are counted together with this one's."""
        return [("period_id", "=", self.period_id.id)]

    def action_preview(self):
        """A period that was settled is over: its correction is computed, not looked at."""
        if corrections := self.filtered(lambda run: run._is_correction()):
            raise UserError(
                self.env._(
                    "%(settlements)s: compute it to see what has changed. Nothing is final before "
                    "it is approved.",
                    settlements=", ".join(corrections.mapped("name")),
                )
            )
        return super().action_preview()
