"""What changes after a year-end settlement comes with another one, for the difference."""

from odoo.tests import tagged

from .annual_common import AnnualCase


@tagged("post_install", "-at_install")
class TestAnnualCorrections(AnnualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_dealer("Dealer B")
        cls.make_year(cls.other)
        cls.settle_quarters()
        cls.scorecard = cls.make_scorecard(cls.dealer)
        cls.make_scorecard(cls.other, 1)
        cls.first = cls.settle_year()

    def nothing_to_settle(self):
        with self.refused("no dealer's statements or coefficient have changed"):
            self.compute_year()

    def test_nothing_changed_nothing_made(self):
        self.assertEqual(self.amounts_of(self.first)["Dealer B"], (0, 100000, 3900, 3900))
        self.nothing_to_settle()
        self.assertFalse(self.first.changed_dealer_ids)

    def test_more_after_a_supplementary(self):
        self.correct_quarter(0, 100)
        self.assertEqual(self.first.changed_dealer_ids, self.dealer)
        run = self.settle_year()
        # 0.85 × 410
        self.assertEqual(self.amounts_of(run), {"Dealer A": (1, 10000, 348.5, 348.5)})
        self.assertEqual(run.number, 1)
        statement = run.statement_ids
        self.assertEqual(statement.settled_gross_amount, 3315)
        self.assertEqual(statement.total_gross_amount, 3663.5)
        self.assertEqual(statement.line_ids.total_base_amount, 110000)
        self.nothing_to_settle()
        self.assertFalse(self.first.changed_dealer_ids)

    def test_each_correction_holds_what_the_last_did_not(self):
        self.correct_quarter(0, 100)
        self.settle_year()
        self.correct_quarter(3, 100)
        self.correct_quarter(1, 100, dealer=self.other)
        run = self.settle_year()
        self.assertEqual(
            self.amounts_of(run),
            {"Dealer A": (2, 10000, 314.5, 314.5), "Dealer B": (2, 10000, 390, 390)},
        )
        self.nothing_to_settle()

    def test_less_is_carried_over(self):
        self.correct_quarter(1, -100)
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), {"Dealer A": (1, -10000, -331.5, 0)})
        # The quarter's own correction has left 390 as well.
        self.assertEqual(run.statement_ids.carried_in_amount, -390)
        self.assertEqual(run.statement_ids.carried_out_amount, -721.5)
        self.assertFalse(run.statement_ids.move_id)

    def test_less_is_asked_back(self):
        self.company.channel_negative_correction = "debit_note"
        self.correct_quarter(1, -100)
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), {"Dealer A": (1, -10000, -331.5, -331.5)})
        move = run.statement_ids.move_id
        self.assertEqual((move.move_type, move.amount_untaxed), ("out_invoice", 331.5))

    def test_coefficient_fixed_anew(self):
        self.scorecard._trusted().write({"state": "draft"})
        self.assertFalse(self.first.changed_dealer_ids)
        self.nothing_to_settle()
        self.scorecard._trusted().write({"state": "fixed", "coefficient": 0.8})
        self.assertEqual(self.first.changed_dealer_ids, self.dealer)
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), {"Dealer A": (1, 0, -195, 0)})
        self.nothing_to_settle()

    def test_first_statement_in_a_numbered_run(self):
        late = self.make_dealer("Dealer C")
        self.make_year(late, sold=(None, None, None, 400))
        self.settle_quarters(self.quarters[3])
        self.make_scorecard(late, 1)
        self.correct_quarter(0, 100)
        run = self.settle_year()
        self.assertEqual(
            self.amounts_of(run),
            {"Dealer A": (1, 10000, 348.5, 348.5), "Dealer C": (1, 40000, 1480, 1480)},
        )
        self.correct_quarter(3, 100, dealer=late)
        self.assertEqual(self.amounts_of(self.settle_year())["Dealer C"], (2, 10000, 370, 370))

    def test_correction_keeps_the_average_of_what_it_corrects(self):
        self.company.channel_annual_average = "simple"
        self.nothing_to_settle()
        self.correct_quarter(0, 100)
        run = self.settle_year()
        self.assertEqual(run.statement_ids.annual_average, "weighted")
        self.assertEqual(self.amounts_of(run)["Dealer A"][2], 348.5)

    def test_changed_since_computing_is_refused(self):
        self.correct_quarter(0, 100)
        run = self.compute_year()
        self.correct_quarter(1, 100)
        with self.refused("have changed since .* Dealer A.*compute it again"):
            self.as_role("keeper", run).action_approve()
        self.as_role("officer", run).action_compute()
        self.scorecard._trusted().coefficient = 0.5
        with self.refused("have changed since"):
            self.as_role("keeper", run).action_approve()
        self.as_role("officer", run).action_compute()
        self.as_role("keeper", run).action_approve()
        # 0.5 × (3,900 + 410 + 390) − 3,315
        self.assertEqual(self.amounts_of(run)["Dealer A"][2], -965)

    def test_signed_since_computing_is_refused(self):
        late = self.make_dealer("Dealer C")
        self.make_year(late, sold=(None, None, None, 400))
        self.settle_quarters(self.quarters[3])
        self.make_scorecard(late)
        run = self.compute_year()
        self.make_year(late, sold=(None, None, 100, None))
        with self.refused(r"Dealer C \(2025-Q3\)"):
            self.as_role("keeper", run).action_approve()

    # === Reversal === #

    def test_sources_can_not_be_reversed_before(self):
        correction = self.correct_quarter(0, 100)
        self.as_role("keeper", correction).action_reverse()
        quarter = self.first.statement_ids.source_ids.settlement_id[0]
        with self.refused(f"the year-end rebate {self.first.name} is computed from this one"):
            self.as_role("keeper", quarter).action_reverse()
        self.as_role("keeper", self.first).action_reverse()
        self.as_role("keeper", quarter).action_reverse()
        self.assertEqual(quarter.state, "reversed")

    def test_what_is_corrected_can_not_be_reversed_before(self):
        self.correct_quarter(0, 100)
        correction = self.compute_year()
        with self.refused(f"{correction.name} corrects this one"):
            self.as_role("keeper", self.first).action_reverse()
        self.as_role("keeper", correction).action_approve()
        with self.refused(f"{correction.name} corrects this one"):
            self.as_role("keeper", self.first).action_reverse()
        self.as_role("keeper", correction).action_reverse()
        self.assertEqual(self.first.changed_dealer_ids, self.dealer)
        self.as_role("keeper", self.first).action_reverse()

    def test_reversed_is_settled_again(self):
        self.as_role("keeper", self.first).action_reverse()
        self.assertEqual(set(self.first.statement_ids.move_id.mapped("state")), {"cancel"})
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), self.amounts_of(self.first))
        self.assertFalse(run.number)

    def test_reversed_correction_is_numbered_on(self):
        self.correct_quarter(0, 100)
        self.as_role("keeper", self.settle_year()).action_reverse()
        run = self.settle_year()
        self.assertEqual(self.amounts_of(run), {"Dealer A": (2, 10000, 348.5, 348.5)})

    # === Telling the officers === #

    def activities(self):
        return self.first.activity_ids.filtered(lambda own: own.user_id == self.users["officer"])

    def test_officers_are_told_once_and_no_more_when_it_is_done(self):
        self.assertFalse(self.activities())
        self.correct_quarter(0, 100)
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("Dealer A", self.activities().note)
        self.correct_quarter(1, 100, dealer=self.other)
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("Dealer B", self.activities().note)
        self.settle_year()
        self.assertFalse(self.activities())

    def test_officers_are_told_of_a_coefficient(self):
        self.scorecard._trusted().write({"state": "fixed", "coefficient": 0.9})
        self.assertEqual(len(self.activities()), 1)
        self.assertNotIn("0.9", self.activities().note)
        self.scorecard._trusted().write({"state": "fixed", "coefficient": 0.85})
        self.assertFalse(self.activities())

    def test_button_opens_the_open_correction_or_a_new_one(self):
        self.correct_quarter(0, 100)
        officer_run = self.as_role("officer", self.first)
        action = officer_run.action_make_annual_correction()
        self.assertFalse(action["res_id"])
        model = self.model("officer", "channel.settlement").with_context(**action["context"])
        run = model.create({})
        self.assertEqual((run.kind, run.year, run.company_id), ("annual", "2025", self.company))
        self.assertEqual(officer_run.action_make_annual_correction()["res_id"], run.id)

    def test_pending_changes_of_a_quarter_are_told(self):
        self.make_invoice(self.other, {"box": 1}, day=self.quarters[1].date_to)
        self.quarters[1]._check_corrections()
        self.correct_quarter(0, 100)
        run = self.draft_year()
        self.assertFalse(run.changed_period_names)
        self.as_role("keeper", self.first).action_reverse()
        run.invalidate_recordset()
        self.assertEqual(run.changed_period_names, "2025-Q2")
