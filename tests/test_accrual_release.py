"""Settlements release accruals, reversals restore them; the entries are locked."""

from datetime import date

from odoo.tests import tagged

from .accrual_common import FEBRUARY, HUNDRED, JANUARY, MARCH, A, AccrualCase, B
from .common import PRICES, RATES_B


@tagged("post_install", "-at_install")
class TestRelease(AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=JANUARY)
        cls.make_order(cls.sub_s, dict.fromkeys(PRICES, 50), day=JANUARY)

    def steps(self, kind):
        return self.env["channel.accrual"].search([("kind", "=", kind)])

    def test_released_by_each_batch_and_zero_when_done(self):
        self.accrue(MARCH)
        settlement = self.compute()
        moves = self.as_role("accountant", self.approve(settlement))
        self.assertEqual(self.accrued(), 2 * A + B)
        own = self.statement_of(settlement, self.dealer_b).move_id.with_env(moves.env)
        own.action_post()
        self.assertEqual((self.accrued(), self.steps("release").amount), (2 * A, -B))
        (moves - own).action_post()
        self.assertEqual((settlement.state, self.accrued(), self.liability()), ("done", 0, 0))
        self.assertEqual(len(self.steps("release")), 2)

    def test_posted_at_approval(self):
        self.company.channel_rebate_post_documents = True
        self.accrue(MARCH)
        settlement = self.settle()
        self.assertEqual((settlement.state, self.accrued(), self.liability()), ("done", 0, 0))
        self.assertEqual(len(self.steps("release")), 1)
        self.assertFalse(self.steps("release").move_id.line_ids.partner_id)

    def test_rest_goes_at_done(self):
        """More was accrued than the settlement comes to."""
        self.accrue(JANUARY)
        self.make_invoice(self.dealer_b, {"soap": 100}, day=JANUARY, move_type="out_refund")
        settlement = self.settle()
        moves = self.as_role("accountant", settlement.statement_ids.move_id)
        moves[0].action_post()
        self.assertGreater(self.accrued(), 0)
        moves[1:].action_post()
        self.assertEqual((self.accrued(), self.liability()), (0, 0))

    def test_no_more_is_released_than_accrued(self):
        """Less was accrued than the settlement comes to."""
        self.accrue(JANUARY)
        self.sell(day=FEBRUARY)
        self.company.channel_rebate_post_documents = True
        self.settle()
        self.assertEqual((self.accrued(), self.liability()), (0, 0))
        self.assertEqual(self.steps("release").amount, -(2 * A + B))

    def test_nothing_accrued_nothing_released(self):
        self.company.channel_rebate_post_documents = True
        self.settle()
        self.assertFalse(self.env["channel.accrual"].search([]))

    def test_reversal_restores(self):
        self.accrue(MARCH)
        settlement = self.settle()
        settlement.statement_ids.move_id.action_post()
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual((self.accrued(), self.liability()), (2 * A + B, 2 * A + B))
        self.assertIn(settlement.name, self.steps("restore").name)
        again = self.settle()
        again.statement_ids.move_id.action_post()
        self.assertEqual((again.state, self.accrued(), self.liability()), ("done", 0, 0))

    def test_reversal_restores_what_was_released(self):
        self.accrue(MARCH)
        settlement = self.settle()
        self.statement_of(settlement, self.dealer_b).move_id.action_post()
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual((self.steps("restore").amount, self.accrued()), (B, 2 * A + B))

    def test_reversal_of_drafts_restores_nothing(self):
        self.accrue(MARCH)
        settlement = self.settle()
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual((len(self.steps("restore")), self.accrued()), (0, 2 * A + B))

    def test_approved_and_not_posted_stays_accrued(self):
        self.accrue(JANUARY)
        settlement = self.settle()
        step, reasons = self.accrue(FEBRUARY)
        self.assertEqual((len(step), reasons), (0, {"2025-Q1": "nothing has changed"}))
        self.statement_of(settlement, self.dealer_b).move_id.action_post()
        self.assertEqual(self.accrue(MARCH)[1], {"2025-Q1": "nothing has changed"})

    def test_partial_settlement_must_not_leave_one_or_two(self):
        self.accrue(MARCH)
        settlement = self.compute(dealer_ids=self.dealer_a.ids)
        with self.refused("what Dealer B, Dealer C will get can be read off"):
            self.as_role("keeper", settlement).action_approve()
        self.assertFalse(settlement.statement_ids.move_id)
        officers = self.as_role("officer", settlement)
        officers.action_reset()
        officers.dealer_ids = False
        officers.action_compute()
        self.approve(settlement)
        self.assertEqual(settlement.state, "approved")

    def test_partial_settlement_must_not_leave_a_big_one_among_small_ones(self):
        dealer = self.make_dealer("Dealer D")
        self.sign(self.make_agreement(dealer, RATES_B))
        self.sell(dealer, quantities={"soap": 1500})
        self.sell(self.dealer_a, quantities={"soap": 1200})
        self.accrue(MARCH)
        settlement = self.compute(dealer_ids=self.dealer_a.ids)
        with self.refused("none with more than half of their sales"):
            self.as_role("keeper", settlement).action_approve()
        officers = self.as_role("officer", settlement)
        officers.action_reset()
        officers.dealer_ids = False
        officers.action_compute()
        self.approve(settlement)
        self.assertEqual(settlement.state, "approved")

    def test_partial_settlement_that_leaves_three(self):
        dealer = self.make_dealer("Dealer D")
        self.sign(self.make_agreement(dealer, RATES_B))
        self.sell(dealer)
        self.accrue(MARCH)
        self.company.channel_rebate_post_documents = True
        first = self.settle(dealer_ids=self.dealer_a.ids)
        self.assertEqual((first.state, self.accrued()), ("done", A + 2 * B))
        second = self.settle()
        self.assertEqual((second.state, self.accrued(), self.liability()), ("done", 0, 0))

    def test_correction_takes_nothing_off_what_others_get(self):
        dealer = self.make_dealer("Dealer D")
        self.sign(self.make_agreement(dealer, RATES_B))
        self.sell(dealer)
        self.accrue(MARCH)
        self.company.channel_rebate_post_documents = True
        self.settle(dealer_ids=self.dealer_a.ids)
        self.sell(self.dealer_a, day=MARCH)
        correction = self.settle(kind="supplementary")
        self.assertEqual((correction.state, correction.statement_ids.net_amount), ("done", A))
        self.assertEqual((self.accrued(), self.liability()), (A + 2 * B, A + 2 * B))
        self.as_role("keeper", correction).action_reverse()
        self.assertEqual(self.accrued(), A + 2 * B)
        self.settle()
        self.assertEqual((self.accrued(), self.liability()), (0, 0))

    def test_correction_in_draft_is_not_accrued(self):
        self.accrue(JANUARY)
        self.company.channel_rebate_post_documents = True
        self.settle()
        self.company.channel_rebate_post_documents = False
        self.sell(day=FEBRUARY)
        correction = self.settle(kind="supplementary")
        self.assertEqual(self.accrue(MARCH)[1], {"2025-Q1": "nothing has changed"})
        correction.statement_ids.move_id.action_post()
        self.assertEqual((correction.state, self.accrued(), self.liability()), ("done", 0, 0))

    def test_late_signature_does_not_hold_the_rest(self):
        """Nothing was accrued for D: what is left is the others'."""
        self.accrue(JANUARY)
        dealer = self.make_dealer("Dealer D")
        self.sign(self.make_agreement(dealer, RATES_B))
        self.sell(dealer)
        self.make_invoice(self.dealer_b, {"soap": 100}, day=JANUARY, move_type="out_refund")
        settlement = self.settle(dealer_ids=[dealer.id for dealer in self.dealers])
        settlement.statement_ids.move_id.action_post()
        self.assertEqual((settlement.state, self.accrued()), ("done", 0))

    def test_two_settlements_of_two_periods(self):
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        for dealer in self.dealers:
            self.sign(self.make_agreement(dealer, RATES_B, period=second))
        self.sell(day=date(2025, 4, 30))
        self.accrue(date(2025, 4, 30))
        self.settle().statement_ids.move_id.action_post()
        self.assertEqual((self.accrued(), self.accrued(second)), (0, 3 * B))
        self.settle(second).statement_ids.move_id.action_post()
        self.assertEqual((self.accrued(second), self.liability()), (0, 0))

    def test_trial_balance(self):
        self.accrue(MARCH)
        settlement = self.settle()
        settlement.statement_ids.move_id.action_post()
        self.as_role("keeper", settlement).action_reverse()
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            [],
            ["debit:sum", "credit:sum"],
        )
        debit, credit = groups[0]
        self.assertAlmostEqual(debit, credit, 2)
        expense = self.company.channel_accrual_expense_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", expense.id)])
        self.assertAlmostEqual(sum(lines.mapped("balance")), self.liability(), 2)

    def test_release_in_a_locked_month(self):
        self.accrue(JANUARY)
        settlement = self.settle(date=FEBRUARY)
        self.company.fiscalyear_lock_date = MARCH
        settlement.statement_ids.move_id.action_post()
        moves = self.steps("release").move_id
        self.assertTrue(all(move.date > MARCH for move in moves))
        self.assertEqual((set(moves.mapped("state")), self.liability()), ({"posted"}, 0))


@tagged("post_install", "-at_install")
class TestEntryIsLocked(AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=JANUARY)

    def setUp(self):
        super().setUp()
        self.step = self.accrue()[0]
        self.entry = self.as_role("accountant", self.step.move_id)

    def test_accountant_changes_nothing(self):
        line = self.entry.line_ids[0]
        attempts = {
            "reset": self.entry.button_draft,
            "cancel": self.entry.button_cancel,
            "reverse": self.entry._reverse_moves,
            "state": lambda: self.entry.write({"state": "draft"}),
            "partner": lambda: line.write({"partner_id": self.dealer_a.id}),
            "amount": lambda: line.write({"balance": 1}),
            "account": lambda: line.write({"account_id": self.entry.line_ids[1].account_id.id}),
            "analytic": lambda: line.write({"analytic_distribution": {"1": 100}}),
            "line": lambda: line.create(
                {"move_id": self.entry.id, "account_id": line.account_id.id}
            ),
        }
        for what, attempt in attempts.items():
            with self.subTest(what), self.refused("is a rebate accrual and can't be changed"):
                attempt()
        with self.refused("can't delete a posted journal item"):
            self.entry.unlink()
        self.assertFalse(self.entry.show_reset_to_draft_button)

    def test_link_is_not_set_by_hand(self):
        with self.refused("Only an accrual links its entry"):
            self.entry.channel_accrual_id = False
        with self.refused("Only an accrual links its entry"):
            self.env["account.move"].create({"channel_accrual_id": self.step.id})

    def test_accountant_may_reconcile(self):
        self.company.channel_accrual_liability_account_id.reconcile = True
        account = self.company.channel_accrual_liability_account_id
        lines = self.entry.line_ids.filtered(lambda line: line.account_id == account)
        self.assertFalse(lines.reconciled)
        self.as_role("officer", self.step).action_undo()
        self.assertTrue(lines.reconciled)

    def test_undo_is_odoos_reversal(self):
        self.as_role("officer", self.step).action_undo()
        reversal = self.env["account.move"].search([("reversed_entry_id", "=", self.entry.id)])
        self.assertEqual((reversal.state, reversal.channel_accrual_id.kind), ("posted", "undo"))
        self.assertEqual((self.accrued(), self.liability(), self.step.is_undone), (0, 0, True))
        self.assertFalse(reversal.line_ids.partner_id)

    def test_undone_month_is_posted_again_with_the_same_amount(self):
        """Else one could post an invoice in between and see its rate."""
        self.as_role("officer", self.step).action_undo()
        self.sell(self.dealer_a)
        self.assertFalse(self.accrue(FEBRUARY)[0])
        step, _reasons = self.accrue()
        self.assertEqual((step.amount, self.accrued()), (2 * A + B, 2 * A + B))

    def test_what_can_not_be_undone(self):
        self.sell(day=FEBRUARY)
        later = self.accrue(FEBRUARY)[0]
        step, later = self.as_role("officer", self.step), self.as_role("officer", later)
        with self.refused("Undo Rebate accrual 2025-Q1, February 2025 first"):
            step.action_undo()
        later.action_undo()
        with self.refused("and once"):
            later.action_undo()
        step.action_undo()
        self.assertEqual(self.accrued(), 0)
        self.assertEqual(self.accrue()[0].amount, 2 * A + B)
        self.assertEqual(self.accrue(FEBRUARY)[0].amount, 2 * A + B)

    def test_released_accrual_is_not_undone(self):
        self.company.channel_rebate_post_documents = True
        self.settle()
        with self.refused("Reverse the settlement first"):
            self.as_role("officer", self.step).action_undo()

    def test_accounts_stay_while_something_is_accrued(self):
        other = self.company.channel_accrual_expense_account_id.copy()
        with self.refused("Rebates of 2025-Q1 are accrued on these accounts"):
            self.company.channel_accrual_expense_account_id = other
        self.as_role("officer", self.step).action_undo()
        self.company.channel_accrual_expense_account_id = other
        self.assertIn(other, self.accrue()[0].move_id.line_ids.account_id)
