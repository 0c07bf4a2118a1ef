"""The year-end rebate: coefficient × average hidden rebate × sales of the year."""

from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .annual_common import DAYS, AnnualCase


@tagged("post_install", "-at_install")
class TestAnnual(AnnualCase):
    def test_hand_computed_weighted(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), {"Dealer A": (0, 100000, 3315, 3315)})
        statement = run.statement_ids
        self.assertFalse(statement.period_id)
        self.assertEqual((statement.year, statement.annual_average), ("2025", "weighted"))
        self.assertEqual(statement.line_ids.mapped("amount"), [3315])
        self.assertEqual(statement.line_ids.rate, 3.315)
        self.assertEqual(len(statement.source_ids), 4)
        self.assertFalse(run.unsettled_message or run.unscored_names or run.changed_period_names)

    def test_hand_computed_simple(self):
        self.company.channel_annual_average = "simple"
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.assertEqual(self.amounts_of(self.settle_year())["Dealer A"], (0, 100000, 3400, 3400))

    def test_quarter_without_sales_has_no_quotient(self):
        self.company.channel_annual_average = "simple"
        other = self.make_dealer("Dealer B")
        self.make_year(other, sold=(100, 0, 100, 100), rates=("2", "9", "4", "3"))
        self.settle_quarters()
        self.make_scorecard(other, 1)
        self.assertEqual(self.amounts_of(self.settle_year())["Dealer B"], (0, 30000, 900, 900))

    def test_mid_year_joiner_has_fewer_periods(self):
        joiner = self.make_dealer("Dealer B")
        self.make_year(joiner, sold=(None, None, 100, 300))
        self.settle_quarters()
        self.make_scorecard(joiner, 0.5)
        run = self.settle_year()
        # (430 + 1,110) × 0.5
        self.assertEqual(self.amounts_of(run), {"Dealer B": (0, 40000, 770, 770)})
        self.assertEqual(len(run.statement_ids.source_ids), 2)

    def test_reversed_quarter_counts_as_it_was_settled_again(self):
        settlements = self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.as_role("keeper", settlements[1]).action_reverse()
        with self.refused(r"Not all of 2025 is settled: Dealer A \(2025-Q2\)"):
            self.compute_year()
        self.make_invoice(self.dealer, {"box": 100}, day=DAYS[1])
        self.settle(self.quarters[1])
        run = self.settle_year()
        # 0.85 × (3,900 + 390)
        self.assertEqual(self.amounts_of(run)["Dealer A"], (0, 110000, 3646.5, 3646.5))
        self.assertNotIn(settlements[1].statement_ids, run.statement_ids.source_ids)

    def test_unsettled_period_is_refused(self):
        self.settle_quarters(*self.quarters[:2])
        self.make_scorecard(self.dealer)
        with self.refused(r"Dealer A \(2025-Q3, 2025-Q4\)"):
            self.compute_year()

    def test_supplementary_before_counts_with_its_period(self):
        self.settle_quarters()
        self.correct_quarter(0, 100)
        self.make_scorecard(self.dealer, 1)
        self.assertEqual(self.amounts_of(self.settle_year())["Dealer A"], (0, 110000, 4310, 4310))

    def test_only_dealers_with_fixed_scorecard(self):
        other, third = self.make_dealer("Dealer B"), self.make_dealer("Dealer C")
        self.make_year(other)
        self.make_year(third)
        self.settle_quarters()
        with self.refused("no dealer with a settled period has a fixed scorecard"):
            self.compute_year()
        self.make_scorecard(self.dealer)
        self.make_scorecard(other, state="submitted")
        run = self.compute_year()
        self.assertEqual(run.statement_ids.partner_id, self.dealer)
        self.assertEqual((run.unscored_count, run.unscored_names), (2, "Dealer B, Dealer C"))
        self.as_role("keeper", run).action_approve()
        self.make_scorecard(third)
        self.assertEqual(self.settle_year().statement_ids.partner_id, third)

    def test_dealer_who_has_left(self):
        self.settle_quarters()
        self.dealer.write({"channel_role": False, "active": False})
        self.make_scorecard(self.dealer)
        self.assertEqual(self.amounts_of(self.settle_year()), {"Dealer A": (0, 100000, 3315, 3315)})

    def test_chosen_dealers(self):
        other = self.make_dealer("Dealer B")
        self.make_year(other)
        self.settle_quarters()
        for dealer in (self.dealer, other):
            self.make_scorecard(dealer)
        run = self.settle_year(dealer_ids=other.ids)
        self.assertEqual(run.statement_ids.partner_id, other)
        self.assertFalse(run.number)
        second = self.settle_year()
        self.assertEqual(second.statement_ids.partner_id, self.dealer)
        self.assertFalse(second.number)

    def test_sub_distributors_have_none(self):
        sub = self.make_sub("Sub S", self.dealer)
        self.sign(self.make_agreement(sub, {"box": "1"}))
        self.make_order(sub, {"box": 50})
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.settle_year()
        # Before what was passed on.
        self.assertEqual(self.amounts_of(run), {"Dealer A": (0, 100000, 3315, 3315)})

    def test_nothing_settled_yet(self):
        with self.refused("no dealer has a settled period"):
            self.compute_year()

    def test_closed_periods_do_not_matter(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        for quarter in self.quarters:
            quarter.action_close()
        self.assertEqual(self.settle_year().state, "approved")

    def test_preview_before_the_year_is_over(self):
        self.settle_quarters(self.quarters[0])
        self.make_scorecard(self.dealer, 1)
        with freeze_time("2025-09-01"):
            run = self.draft_year()
            self.assertFalse(run.is_period_over)
            with self.refused("2025 ends on 12/31/2025"):
                run.action_compute()
            run.action_preview()
            self.assertEqual(run.state, "draft")
            self.assertEqual(self.expected_net(run), {"Dealer A": 820})

    def test_steps_are_of_two_people(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.draft_year()
        with self.refused("Only a settlement officer", AccessError):
            self.as_role("keeper", run).action_compute()
        run.action_compute()
        with self.refused("Only a rate keeper", AccessError):
            self.as_role("officer", run).action_approve()
        self.users["officer"].group_ids |= self.env.ref("channel_rebate.group_rate_keeper")
        with self.refused("computed .* yourself"):
            self.as_role("officer", run).action_approve()

    def test_form_asks_for_period_or_year(self):
        with Form(self.model("officer", "channel.settlement")) as form:
            self.assertTrue(form.period_id)
            form.kind = "annual"
            self.assertFalse(form.period_id)
            form.year = "2025"
        run = form.record
        self.assertEqual((run.year, run.period_id.ids, run.company_id), ("2025", [], self.company))
        with Form(run) as form:
            form.kind = "periodic"
            form.period_id = self.period
        self.assertEqual(run.year, "2025")

    def test_year_is_four_digits(self):
        for year in ("25", "x", False, "１２３４"):
            with self.refused("four digits", ValidationError):
                self.draft_year(year=year)

    def test_one_open_run_a_year(self):
        first = self.draft_year()
        with self.refused(f"{first.name} is an open year-end", ValidationError):
            self.draft_year()
        self.draft_year(year="2024")
        first.action_cancel()
        self.draft_year()

    def test_other_years_are_their_own(self):
        period = self.make_period(date(2024, 10, 1), date(2024, 12, 31))
        self.sign(self.make_agreement(self.dealer, {"box": "5"}, period=period))
        self.make_invoice(self.dealer, {"box": 100}, day=date(2024, 11, 1))
        self.settle(period)
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.assertEqual(self.amounts_of(self.settle_year())["Dealer A"][1], 100000)

    def test_fiscal_year_decides(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        period = self.make_period(date(2025, 4, 1), date(2025, 6, 30), company_id=other.id)
        self.users["officer"].company_ids |= other
        runs = self.draft_year(company_id=other.id, year="2026")
        self.assertEqual(runs._get_periods(), period.with_user(self.users["officer"]))
        self.assertFalse(self.draft_year(company_id=other.id)._get_periods())

    def test_fiscal_year_of_accounting(self):
        """Quarters follow it until a year-end rebate rests on it."""
        self.settle_quarters(*self.quarters[:1])
        statement = self.env["channel.statement"].search([("partner_id", "=", self.dealer.id)])
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        self.assertEqual([q.year for q in self.quarters], ["2025", "2026", "2026", "2026"])
        self.company.write({"fiscalyear_last_month": "2", "fiscalyear_last_day": 28})
        self.assertEqual((self.quarters[0].year, statement.year), ("2026", "2026"))
        self.company.write({"fiscalyear_last_month": "12", "fiscalyear_last_day": 31})
        self.settle_quarters(*self.quarters[1:])
        self.make_scorecard(self.dealer)
        run = self.settle_year()
        with self.refused(f"fiscal year can't change.*2025 .{run.name}"):
            self.company.fiscalyear_last_month = "3"

    def test_year_of_a_period_is_not_written_by_hand(self):
        settlement = self.model("officer", "channel.settlement").create(
            {"period_id": self.period.id}
        )
        with self.refused("the year is that of 2025-Q1, 2025", ValidationError):
            settlement.year = "1999"
