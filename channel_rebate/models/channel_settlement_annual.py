from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..locking import touch


class ChannelSettlement(models.Model):
    """The steps of a year-end run: coefficient × average hidden rebate × sales of the year.

    Of dealers with a fixed scorecard, once all their periods are settled. What changes afterwards,
    a supplementary settlement or a coefficient, comes with another year-end run, which is then
    numbered and holds the differences. Source: Design, §4.
    """

    _inherit = "channel.settlement"

    _one_of_a_year_number = models.UniqueIndex(
        "(company_id, year, number) WHERE kind = 'annual' AND number > 0 AND state != 'cancelled'",
        "Somebody else has just computed a year-end settlement of this year.",
    )
    # For two users at once; deferred, so that the check in Python, which names the other one,
    # comes first.
    _one_open_annual = models.Constraint(
        "EXCLUDE (company_id WITH =, year WITH =) WHERE (kind = 'annual' "
        "AND state IN ('draft', 'computed')) DEFERRABLE INITIALLY DEFERRED",
        "There is an open year-end settlement of this year already.",
    )

    @api.constrains("kind", "year", "company_id", "state")
    def _check_one_open_annual(self):
        for settlement in self.filtered(lambda run: run._is_annual() and run._is_open()):
            if other := settlement._find_open_annual() - settlement:
                raise ValidationError(
                    self.env._(
                        "%(settlement)s is an open year-end settlement of %(year)s. Finish or "
                        "cancel that one first.",
                        settlement=other[0].name,
                        year=settlement.year,
                    )
                )

    def _is_annual(self):
        self.ensure_one()
        return self.kind == "annual"

    def _find_open_annual(self):
        """Return the year-end run of the same company and year that is not approved yet."""
        self.ensure_one()
        return self.search(
            [*self._get_annual_domain(), ("state", "in", ("draft", "computed"))], order="id"
        )

    def _get_annual_domain(self):
        return [
            ("kind", "=", "annual"),
            ("company_id", "=", self.company_id.id),
            ("year", "=", self.year),
        ]

    def _get_numbered_domain(self):
        return self._get_annual_domain() if self._is_annual() else super()._get_numbered_domain()

    # === For whom === #

    def _get_year_basis(self):
        """Return what the run rests on, of the dealers that it is for; see the ledger."""
        self.ensure_one()
        rows = self.env["channel.ledger"]._find_year_basis(self.company_id, self.year)
        chosen = set(self.dealer_ids._origin.ids)
        return [row for row in rows if not chosen or row.partner_id in chosen]

    @api.model
    def _get_year_partners(self, rows):
        return self.env["res.partner"].browse(dict.fromkeys(row.partner_id for row in rows))

    def _find_unsettled(self, dealers):
        """Return the names of periods that are signed for and not settled, by dealer."""
        self.ensure_one()
        periods = self._get_periods()
        among = [("period_id", "in", periods.ids), ("partner_id", "in", dealers.ids)]
        agreements = self.env["channel.agreement"].search(
            [*among, ("role", "=", "dealer"), ("state", "in", ("signed", "revealed"))]
        )
        statements = self.env["channel.statement"].search(
            [*among, ("state", "in", ("approved", "done"))]
        )
        settled = {(statement.partner_id, statement.period_id) for statement in statements}
        return {
            dealer: own.period_id.sorted("date_from").mapped("name")
            for dealer, own in agreements.filtered(
                lambda agreement: (agreement.partner_id, agreement.period_id) not in settled
            )
            .sorted(lambda agreement: (agreement.partner_id.name, agreement.partner_id.id))
            .grouped("partner_id")
            .items()
        }

    def _get_unsettled_message(self, dealers):
        unsettled = self._find_unsettled(dealers)
        if not unsettled:
            return None
        return self.env._(
            "Not all of %(year)s is settled: %(periods)s. Settle these periods first, or choose "
            "other dealers in “Only Dealers”.",
            year=self.year,
            periods=self._shorten(
                [f"{dealer.name} ({', '.join(names)})" for dealer, names in unsettled.items()]
            ),
        )

    # === Steps === #

    def _compute_statements(self):
        """A preview, before the year is over, takes what is settled so far."""
        if not self._is_annual():
            return super()._compute_statements()
        self._remove_statements()
        rows = [row for row in self._get_year_basis() if row.is_due()]
        if not rows:
            raise UserError(self._get_nothing_to_settle_message())
        if self.state != "draft" and (
            reason := self._get_unsettled_message(self._get_year_partners(rows))
        ):
            raise UserError(reason)
        self._number_annual(is_correction=any(row.settled_id for row in rows))
        return self.env["channel.ledger"]._write_year_statements(self, rows)

    def _number_annual(self, *, is_correction):
        """Count runs that correct something; whoever has his first statement in one is fine."""
        if is_correction and not self.number:
            touch(self._get_periods())
            self._trusted().number = self._get_next_number()
        elif self.number and not is_correction:
            self._trusted().number = 0

    def _get_nothing_to_settle_message(self):
        if not self._is_annual():
            return super()._get_nothing_to_settle_message()
        rows = self._get_year_basis()
        if not rows:
            return self.env._(
                "There is nothing to settle for %(year)s: no dealer has a settled period in it.",
                year=self.year,
            )
        if all(row.coefficient is None for row in rows):
            return self.env._(
                "There is nothing to settle for %(year)s: no dealer with a settled period has a "
                "fixed scorecard. Fix the scorecards first.",
                year=self.year,
            )
        return self.env._(
            "There is nothing to settle for %(year)s: since the year-end settlement no dealer's "
            "statements or coefficient have changed.",
            year=self.year,
        )

    def _touch_basis(self):  # pylint: disable=missing-return
        super()._touch_basis()
        for settlement in self.filtered(lambda run: run._is_annual()):
            # Elevated: of a run and the reopening of its scorecards only one goes through.
            scorecards_sudo = self.env["channel.scorecard"].sudo()
            touch(
                scorecards_sudo.search(
                    [
                        ("company_id", "=", settlement.company_id.id),
                        ("year", "=", settlement.year),
                        ("partner_id", "in", settlement.statement_ids.partner_id.ids),
                    ]
                )
            )

    def _get_moved_message(self):
        if not self._is_annual():
            return super()._get_moved_message()
        basis = {(row.partner_id, row.currency_id): row for row in self._get_year_basis()}
        moved = self.statement_ids.filtered(
            lambda statement: (
                not statement._rests_on(
                    basis.get((statement.partner_id.id, statement.currency_id.id))
                )
            )
        )
        if moved:
            return self.env._(
                "Statements or scorecards of the year have changed since %(settlement)s was "
                "computed: %(partners)s. Ask the officer to compute it again.",
                settlement=self.name,
                partners=self._shorten(moved.partner_id.mapped("name")),
            )
        return self._get_unsettled_message(self.statement_ids.partner_id)
