"""Documents keep their day; in the books they stand on the first open one."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.tests import tagged

from .test_document_kinds import KINDS, KindsCase

DAY = date(2025, 4, 20)
LOCKED = date(2025, 4, 30)
OPEN = date(2025, 5, 1)


class LockDatesCase(KindsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.as_role("officer", cls.settlement).date = DAY

    def lock(self, name, day=LOCKED):
        self.company.sudo()[name] = day

    def dates_of(self, move):
        statement = move.channel_statement_id
        return statement.document_date, statement.accounting_date


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestLockDates(LockDatesCase):
    def test_each_lock_date(self):
        for name in ("fiscalyear_lock_date", "tax_lock_date", "sale_lock_date", "hard_lock_date"):
            with self.tried(name):
                self.lock(name)
                self.settle_as("credit_note")
                for move in self.settlement.statement_ids.move_id:
                    self.assertEqual(self.dates_of(move), (DAY, OPEN))
                    self.assertEqual(move.state, "posted")
                self.assertEqual(self.trial_balance(), 0)

    def test_each_kind(self):
        self.lock("fiscalyear_lock_date")
        for kind in KINDS:
            with self.tried(kind):
                for move in self.settle_as(kind):
                    self.assertEqual(self.dates_of(move), (DAY, OPEN))

    def test_without_a_lock_both_dates_are_the_settlements(self):
        for kind in KINDS:
            with self.tried(kind):
                for move in self.settle_as(kind):
                    self.assertEqual(self.dates_of(move), (DAY, DAY))

    def test_a_lock_of_other_journals_or_without_tax_moves_nothing(self):
        self.lock("purchase_lock_date")
        self.lock("tax_lock_date")
        self.company.channel_sub_taxes = "none"
        sub = self.settle_as("credit_note")[0]
        dealer = self.statement_of(self.settlement, self.dealer_a).move_id
        self.assertEqual(self.dates_of(sub), (DAY, DAY))
        self.assertEqual(self.dates_of(dealer), (DAY, OPEN))

    def test_purchase_lock_moves_bills(self):
        self.lock("purchase_lock_date")
        bill = self.settle_as("vendor_bill")[0]
        dealer = self.statement_of(self.settlement, self.dealer_a).move_id
        self.assertEqual((self.dates_of(bill), self.dates_of(dealer)), ((DAY, OPEN), (DAY, DAY)))

    def test_drafts_show_it_and_posting_asks_again(self):
        self.lock("fiscalyear_lock_date")
        moves = self.settle_as("vendor_bill", post=False)
        self.assertEqual({self.dates_of(move) for move in moves}, {(DAY, OPEN)})
        self.lock("fiscalyear_lock_date", date(2025, 5, 31))
        self.as_role("accountant", moves).action_post()
        self.assertEqual({self.dates_of(move) for move in moves}, {(DAY, date(2025, 6, 1))})

    def test_exception_of_the_one_who_settles(self):
        self.lock("fiscalyear_lock_date")
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": self.users["keeper"].id,
                "fiscalyear_lock_date": date(2025, 3, 31),
            }
        )
        for move in self.settle_as("credit_note"):
            self.assertEqual(self.dates_of(move), (DAY, DAY))

    def test_exception_does_not_open_a_hard_lock(self):
        self.lock("hard_lock_date")
        for move in self.settle_as("credit_note"):
            self.assertEqual(self.dates_of(move), (DAY, OPEN))

    def test_other_documents_keep_odoos_rule(self):
        self.lock("fiscalyear_lock_date")
        invoice = self.make_invoice(self.dealer_a, {"soap": 1}, day=DAY)
        self.assertEqual(invoice.date, date(2025, 6, 15))


@tagged("post_install", "-at_install")
@freeze_time("2025-06-15")
class TestReversal(LockDatesCase):
    def reverse(self):
        self.as_role("keeper", self.settlement).action_reverse()

    def test_documents_in_a_locked_period_stay_and_are_reversed_today(self):
        for kind in KINDS:
            with self.tried(kind):
                moves = self.settle_as(kind)
                self.lock("hard_lock_date")
                self.reverse()
                for move in moves:
                    statement = move.channel_statement_id
                    self.assertEqual((move.state, self.dates_of(move)), ("posted", (DAY, DAY)))
                    self.assertEqual(
                        (statement.reversal_date, statement.reversal_accounting_date),
                        (date(2025, 6, 15), date(2025, 6, 15)),
                    )
                self.assertEqual(self.trial_balance(), 0)

    def test_reversal_on_a_locked_day(self):
        moves = self.settle_as("credit_note")
        locked = date(2025, 6, 15) + timedelta(days=15)
        self.lock("fiscalyear_lock_date", locked)
        self.reverse()
        statement = moves[0].channel_statement_id
        self.assertEqual(
            (statement.reversal_date, statement.reversal_accounting_date),
            (date(2025, 6, 15), date(2025, 7, 1)),
        )
        self.assertEqual(statement.reversal_move_id.state, "posted")

    def test_drafts_of_a_locked_period_are_cancelled(self):
        moves = self.settle_as("payment_entry", post=False)
        self.lock("fiscalyear_lock_date")
        self.reverse()
        self.assertEqual(set(moves.mapped("state")), {"cancel"})
        self.assertFalse(moves.reversal_move_ids)
