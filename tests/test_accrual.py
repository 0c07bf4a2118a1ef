"""Monthly accruals: one sum that gives no rate away, month by month."""

from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged

from .accrual_common import FEBRUARY, JANUARY, MARCH, A, AccrualCase, B
from .common import PRICES, RATES_A, RATES_B, RATES_S


@tagged("post_install", "-at_install")
class TestPool(AccrualCase):
    def test_one_sum_for_three_dealers(self):
        self.sell()
        step, reasons = self.accrue()
        self.assertEqual((step.amount, reasons), (2 * A + B, {}))
        self.assertEqual((self.accrued(), self.liability()), (2 * A + B, 2 * A + B))

    def test_entry_names_nobody_and_nothing(self):
        self.sell()
        move = self.accrue()[0].move_id
        self.assertEqual((move.state, move.move_type, move.date), ("posted", "entry", JANUARY))
        self.assertEqual(move.ref, "Rebate accrual 2025-Q1, January 2025")
        self.assertFalse(move.partner_id or move.invoice_user_id or move.invoice_origin)
        lines = move.line_ids
        self.assertEqual(len(lines), 2)
        self.assertFalse(lines.partner_id or lines.product_id or lines.tax_ids)
        self.assertFalse(any(lines.mapped("analytic_distribution")))
        self.assertEqual(set(lines.mapped("name")), {move.ref})

    def test_no_analytic_account_although_one_goes_with_the_account(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channel"})
        account = self.env["account.analytic.account"].create(
            {"name": "Dealer A", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {"account_prefix": "699", "analytic_distribution": {str(account.id): 100}}
        )
        self.sell()
        lines = self.accrue()[0].move_id.line_ids
        self.assertFalse(any(lines.mapped("analytic_distribution")) or lines.analytic_line_ids)

    def test_two_dealers_post_nothing(self):
        """Agreements without sales hide nobody."""
        self.sell(self.dealer_a, self.dealer_b)
        step, reasons = self.accrue()
        self.assertFalse(step or self.liability())
        self.assertIn("fewer than three dealers", reasons["2025-Q1"])

    def test_one_big_dealer_among_small_ones_posts_nothing(self):
        """His rebate would be the sum, less what no rate could hide."""
        self.sell(self.dealer_b, self.dealer_c, quantities={"soap": 1})
        self.sell(self.dealer_a, quantities={"soap": 3})
        step, reasons = self.accrue()
        self.assertFalse(step or self.liability())
        self.assertIn("more than half", reasons["2025-Q1"])
        self.sell(self.dealer_b, quantities={"soap": 1})
        self.assertEqual(self.accrue()[0].amount, 63.25)

    def test_sub_distributors_do_not_fill_the_pool(self):
        """What they get cancels out: the sum would be their dealer's rebate alone."""
        for name in ("Sub T", "Sub U"):
            sub = self.make_sub(name, self.dealer_a)
            self.sign(self.make_agreement(sub, RATES_S))
            self.make_order(sub, {"soap": 10}, day=JANUARY)
        self.make_order(self.sub_s, {"soap": 10}, day=JANUARY)
        self.sell(self.dealer_a)
        self.assertFalse(self.accrue()[0])

    def test_who_sells_through_changes_nothing_for_the_company(self):
        self.sell()
        self.make_order(self.sub_s, dict.fromkeys(PRICES, 50), day=JANUARY)
        self.assertEqual(self.accrue()[0].amount, 2 * A + B)

    def test_signed_agreements_only(self):
        dealer = self.make_dealer("Dealer D")
        self.seal(self.make_agreement(dealer, RATES_B))
        self.sell(*self.dealers, dealer)
        self.assertEqual(self.accrue()[0].amount, 2 * A + B)

    def test_sales_after_the_month_end_wait(self):
        self.sell()
        self.sell(day=date(2025, 2, 1))
        self.assertEqual(self.accrue()[0].amount, 2 * A + B)

    def test_revealed_dealers_hide_nobody(self):
        """A was settled and taken back: his rates are known, B's and C's are left."""
        self.sell()
        settlement = self.settle(dealer_ids=self.dealer_a.ids)
        self.as_role("keeper", settlement).action_reverse()
        self.assertFalse(self.accrue(MARCH)[0])

    def test_computed_settlement_is_not_settled_yet(self):
        self.sell()
        self.compute()
        self.assertEqual(self.accrue(MARCH)[0].amount, 2 * A + B)

    def test_closed_period_is_left_alone(self):
        self.sell()
        self.as_role("keeper", self.period).action_close()
        self.assertEqual(self.accrue(), (self.env["channel.accrual"], {}))


@tagged("post_install", "-at_install")
class TestMonths(AccrualCase):
    def test_difference_month_by_month(self):
        self.sell()
        self.accrue()
        self.sell(day=FEBRUARY)
        step, _reasons = self.accrue(FEBRUARY)
        self.assertEqual((step.amount, step.date), (2 * A + B, FEBRUARY))
        self.assertEqual(self.accrued(), 2 * (2 * A + B))
        self.assertEqual(self.liability(), 2 * (2 * A + B))

    def test_one_big_invoice_among_small_ones_waits(self):
        """One that would show its own rate, and one product that was bought for another."""
        self.sell()
        self.accrue()
        self.sell(self.dealer_b, self.dealer_c, day=FEBRUARY, quantities={"soap": 1})
        self.sell(self.dealer_a, day=FEBRUARY, quantities={"soap": 1000})
        step, reasons = self.accrue(FEBRUARY)
        self.assertFalse(step)
        self.assertIn("more than half", reasons["2025-Q1"])
        self.make_invoice(self.dealer_a, {"soap": 1000}, day=FEBRUARY, move_type="out_refund")
        self.sell(self.dealer_a, day=FEBRUARY, quantities={"soap": 2})
        self.assertTrue(self.accrue(FEBRUARY)[0])
        self.sell(self.dealer_b, self.dealer_c, day=MARCH, quantities={"soap": 1})
        self.make_invoice(self.dealer_a, {"soap": 50}, day=MARCH, move_type="out_refund")
        self.sell(self.dealer_a, day=MARCH, quantities={"shampoo": 40})
        self.assertFalse(self.accrue(MARCH)[0])

    def test_returns_lower_it(self):
        self.sell()
        self.accrue()
        for dealer in self.dealers:
            self.make_invoice(dealer, {"soap": 100}, day=FEBRUARY, move_type="out_refund")
        step, _reasons = self.accrue(FEBRUARY)
        self.assertEqual(step.amount, -(1012 * 2 + 1138.50))
        self.assertEqual(self.liability(), 2 * A + B + step.amount)

    def test_one_partners_new_invoice_posts_nothing(self):
        """The difference would be his rate times an amount that everybody knows."""
        self.sell()
        self.accrue()
        before = self.liability()
        self.sell(self.dealer_a, day=FEBRUARY)
        step, reasons = self.accrue(FEBRUARY)
        self.assertFalse(step)
        self.assertIn("new sales", reasons["2025-Q1"])
        self.sell(self.dealer_b, day=MARCH)
        self.assertFalse(self.accrue(MARCH)[0])
        self.assertEqual(self.liability(), before)

    def test_who_waited_comes_with_the_others(self):
        self.sell()
        self.accrue()
        self.sell(self.dealer_a, day=FEBRUARY)
        self.accrue(FEBRUARY)
        self.sell(self.dealer_b, self.dealer_c, day=MARCH)
        step, _reasons = self.accrue(MARCH)
        self.assertEqual((step.amount, self.accrued()), (2 * A + B, 2 * (2 * A + B)))

    def test_month_end_is_posted_once(self):
        self.sell()
        self.accrue()
        self.sell(*self.dealers, *self.dealers)
        step, reasons = self.accrue()
        self.assertFalse(step)
        self.assertIn("accrued up to 01/31/2025 already", reasons["2025-Q1"])
        self.assertEqual(self.accrue(FEBRUARY)[0].amount, 2 * (2 * A + B))
        self.assertFalse(self.accrue()[0])

    def test_nothing_changed(self):
        self.sell()
        self.accrue()
        self.assertEqual(self.accrue(FEBRUARY)[1], {"2025-Q1": "nothing has changed"})

    def test_three_rates_are_not_posted_twice(self):
        """Two sums of three unknown rates, and a guess, are an equation system."""
        period = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        for dealer in self.dealers:
            self.sign(self.make_agreement(dealer, {"soap": "4"}, period=period))
        self.sell(day=date(2025, 4, 30), quantities={"soap": 100})
        self.assertEqual(self.accrue(date(2025, 4, 30))[0].amount, 3 * 1012)
        self.sell(day=date(2025, 5, 31), quantities={"soap": 100})
        step, reasons = self.accrue(date(2025, 5, 31))
        self.assertFalse(step)
        self.assertIn("so few rates", reasons["2025-Q2"])

    def test_two_open_periods_have_an_entry_each(self):
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        for dealer in self.dealers:
            self.sign(self.make_agreement(dealer, RATES_B, period=second))
        self.sell()
        self.sell(day=date(2025, 4, 30))
        steps, _reasons = self.accrue(date(2025, 4, 30))
        amounts = {step.period_id: step.amount for step in steps}
        self.assertEqual(amounts, {self.period: 2 * A + B, second: 3 * B})
        self.assertEqual(len(steps.move_id), 2)

    def test_month_has_to_be_over(self):
        with freeze_time("2025-01-31"), self.refused("January 2025 is not over"):
            self.accrue()
        with self.refused("last day of a month"):
            self.accrue(date(2025, 1, 30))

    def test_locked_month_goes_to_the_first_open_day(self):
        self.sell()
        self.company.fiscalyear_lock_date = FEBRUARY
        step, _reasons = self.accrue()
        self.assertEqual((step.date, step.accounting_date), (JANUARY, date(2025, 3, 1)))
        self.assertEqual(step.move_id.state, "posted")

    def test_hard_lock_date(self):
        self.sell()
        self.company.hard_lock_date = JANUARY
        self.assertEqual(self.accrue()[0].accounting_date, date(2025, 2, 1))

    def test_balance_is_deducted_once(self):
        """What one period leaves to deduct is not deducted in the next one again."""
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        for dealer in self.dealers:
            self.sign(self.make_agreement(dealer, RATES_A, period=second))
        # What A had before earned him nothing now, but S gets his part of it.
        self.make_count(self.dealer_a, "soap", 90)
        self.sell(self.dealer_b, self.dealer_c)
        self.make_invoice(self.dealer_a, {"soap": 10}, day=JANUARY)
        self.make_order(self.sub_s, {"soap": 100}, day=JANUARY)
        self.sell(day=date(2025, 4, 30))
        steps, _reasons = self.accrue(date(2025, 4, 30))
        amounts = {step.period_id: step.amount for step in steps}
        carried = 101.20 - 379.50
        self.assertEqual(amounts[self.period], A + B + 379.50)
        self.assertEqual(amounts[second], 3 * A + carried)


@tagged("post_install", "-at_install")
class TestAccrualQueries(AccrualCase):
    def statements(self, month_end):
        officer = self.users["officer"]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        Accrual = self.env["channel.accrual"].with_user(officer)
        Accrual._get_pools(
            self.company.with_user(officer), self.period.with_user(officer), month_end
        )
        return self.env.cr.sql_log_count - before

    def test_ten_times_the_dealers_cost_no_more_statements(self):
        self.sell()
        self.make_order(self.sub_s, {"soap": 10}, day=JANUARY)
        self.statements(JANUARY)
        few = self.statements(JANUARY)
        for number in range(27):
            dealer = self.make_dealer(f"More {number}")
            self.sign(self.make_agreement(dealer, RATES_A))
            self.sell(dealer)
        self.statements(JANUARY)  # what is new has emptied caches of the registry
        self.assertEqual(self.statements(JANUARY), few)
        self.assertLess(few, 45)
