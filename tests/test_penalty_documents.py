"""A penalty is a line of its own, on every kind of document and under every tax set."""

from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from .penalty_common import Penalties
from .test_document_kinds import KINDS, KindsCase

# Of the worked example: gross of A under 13 %, 9 % and no tax; 633.50 are passed on.
REASON = "Penalty 2025-Q1: Dealer A sold outside of the territory"


class PenaltyDocumentsCase(Penalties, KindsCase):
    """A is fined 400 and S 33.35; B and T are not. A's net was 2,473.50, that of S 633.50."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.penalty_a = cls.make_penalty(cls.dealer_a, 400)
        cls.penalty_s = cls.make_penalty(cls.sub_s, 33.35)
        cls.as_role("officer", cls.settlement).action_compute()

    def split(self, move):
        """Return untaxed amounts of rebate and penalty lines by the names of their taxes."""
        rebates, penalties = {}, {}
        for line in move.invoice_line_ids:
            lines = penalties if line.name.startswith("Penalty") else rebates
            key = ", ".join(line.tax_ids.mapped("name"))
            lines[key] = round(lines.get(key, 0) + line.price_subtotal, 2)
        return rebates, penalties

    def assert_ties(self, move):
        statement = move.channel_statement_id
        untaxed, _tax = move._get_channel_amounts()
        self.assertEqual(untaxed, abs(statement.net_amount))
        if move.is_invoice():
            lines = sum(Decimal(repr(line.price_subtotal)) for line in move.invoice_line_ids)
            self.assertEqual(lines, Decimal(repr(abs(statement.net_amount))))


@tagged("post_install", "-at_install")
class TestPenaltyDocuments(PenaltyDocumentsCase):
    def test_line_for_each_tax_set(self):
        """The rebate lines are those without a penalty; 400 go by 495, 1,012 and 1,600.

        What is left of each is its share of the net amount, such as 330.35 under 13 %.
        """
        moves = self.approve()
        rebates, penalties = self.split(moves[self.dealer_a])
        self.assertEqual(rebates, {"13 %": 394.07, "9 %": 805.66, "": 1273.77})
        self.assertEqual(penalties, {"13 %": -63.72, "9 %": -130.29, "": -205.99})
        self.assertEqual(moves[self.dealer_a].amount_untaxed, 2073.50)
        self.assertEqual(self.split(moves[self.dealer_b])[1], {})
        for move in moves.values():
            self.assert_ties(move)

    def test_text_says_what_for_and_no_rate(self):
        self.dealer_a.lang = "en_US"
        lines = self.approve()[self.dealer_a].invoice_line_ids
        self.assertEqual(set(lines.mapped("name")), {"Rebate 2025-Q1", REASON})
        # Rebates first.
        self.assertEqual([line.name == REASON for line in lines], 3 * [False] + 3 * [True])
        self.assertEqual(len(lines.account_id), 1)

    def test_line_for_each_product_and_one_penalty_for_a_tax_set(self):
        self.set_taxes(
            self.settlement,
            {"toothpaste": self.tax_13, "soap": self.tax_13, "shampoo": self.tax_9},
        )
        self.company.channel_rebate_line_detail = "product"
        move = self.approve()[self.dealer_a]
        penalties = move.invoice_line_ids.filtered(lambda line: line.name == REASON)
        self.assertEqual(len(move.invoice_line_ids - penalties), 3)
        self.assertEqual(penalties.tax_ids, self.tax_13 | self.tax_9)
        self.assertEqual(
            self.split(move),
            ({"13 %": 1199.73, "9 %": 1273.77}, {"13 %": -194.01, "9 %": -205.99}),
        )
        self.assert_ties(move)

    def test_several_penalties_of_one_partner(self):
        self.make_penalty(self.dealer_a, 100, reason="Sold\n too cheaply", date=date(2025, 3, 1))
        self.as_role("officer", self.settlement).action_compute()
        move = self.approve()[self.dealer_a]
        self.assertIn(f"{REASON}; Sold too cheaply", move.invoice_line_ids.mapped("name"))
        self.assertAlmostEqual(sum(self.split(move)[1].values()), -500)

    def test_every_kind(self):
        for kind, move_type in KINDS.items():
            with self.tried(kind):
                move_s, move_t = self.settle_as(kind)
                self.assertEqual(move_s.move_type, move_type)
                for move in self.settlement.statement_ids.move_id:
                    self.assert_ties(move)
                self.assertEqual(move_s.channel_statement_id.net_amount, 600.15)
                if kind != "payment_entry":
                    self.assertEqual(round(sum(self.split(move_s)[1].values()), 2), -33.35)
                    self.assertEqual(self.split(move_t)[1], {})
                self.assertEqual(self.trial_balance(), 0)
                self.as_role("keeper", self.settlement).action_reverse()
                self.assertEqual(self.trial_balance(), 0)

    def test_payment_entry(self):
        move = self.settle_as("payment_entry")[0]
        payable = self.sub_s.property_account_payable_id
        expense = (move.line_ids.account_id - payable).id
        self.assertRecordValues(
            move.line_ids.sorted("balance"),
            [
                {"account_id": payable.id, "balance": -600.15},
                {"account_id": expense, "balance": -33.35},
                {"account_id": expense, "balance": 633.50},
            ],
        )
        text = "Penalty 2025-Q1: Sub S sold outside of the territory"
        self.assertEqual(move.line_ids.sorted("balance")[1].name, text)

    def test_price_included(self):
        in_13, in_9 = self.make_tax(13, included=True), self.make_tax(9, included=True)
        taxes = {"toothpaste": in_13, "soap": in_9, "shampoo": self.tax_13}
        self.set_taxes(self.settlement, taxes)
        moves = self.approve()
        for move in moves.values():
            self.assert_ties(move)
        self.assertEqual(
            self.split(moves[self.dealer_a]),
            (
                {"13 % incl.": 394.07, "9 % incl.": 805.66, "13 %": 1273.77},
                {"13 % incl.": -63.72, "9 % incl.": -130.29, "13 %": -205.99},
            ),
        )

    def test_price_included_over_many_amounts(self):
        in_13, in_9 = self.make_tax(13, included=True), self.make_tax(9, included=True)
        for cents in range(1, 40, 3):
            with self.tried(cents):
                self.make_penalty(self.dealer_b, 1000 + cents / 100)
                self.as_role("officer", self.settlement).action_compute()
                self.set_taxes(
                    self.settlement, {"toothpaste": in_13, "soap": in_9, "shampoo": in_13 | in_9}
                )
                move = self.approve()[self.dealer_b]
                self.assert_ties(move)
                withheld = -sum(self.split(move)[1].values())
                self.assertAlmostEqual(withheld, 1000 + cents / 100)

    def test_taxes_of_the_rebate_product(self):
        in_13 = self.make_tax(13, included=True)
        self.settlement.statement_ids.line_ids.sudo().write({"tax_key": False})
        self.company.channel_rebate_product_id.taxes_id = in_13
        move = self.approve()[self.dealer_a]
        self.assertEqual(self.split(move), ({"13 % incl.": 2473.50}, {"13 % incl.": -400.00}))
        self.assert_ties(move)

    def test_clamped_makes_no_document(self):
        self.make_penalty(self.dealer_a, 5000)
        self.as_role("officer", self.settlement).action_compute()
        moves = self.approve()
        self.assertFalse(moves[self.dealer_a])
        statement = self.statement_of(self.settlement, self.dealer_a)
        self.assertEqual(statement.carried_out_amount, 2473.50 - 5400)
        self.assertTrue(moves[self.dealer_b])


@tagged("post_install", "-at_install")
class TestPenaltyCorrections(PenaltyDocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.channel_rebate_post_documents = True

    def settle_all(self, kind="credit_note"):
        self.company.channel_sub_document = kind
        self.approve()

    def correct(self):
        settlement = self.settle(kind="supplementary")
        return {record.partner_id: record.move_id for record in settlement.statement_ids}

    def test_a_lifted_one_is_a_positive_line(self):
        for kind in KINDS:
            with self.tried(kind):
                self.settle_all(kind)
                self.lift(self.penalty_a | self.penalty_s)
                moves = self.correct()
                self.assertEqual(set(moves), {self.dealer_a, self.sub_s})
                for move in moves.values():
                    self.assert_ties(move)
                rebates, penalties = self.split(moves[self.dealer_a])
                self.assertEqual(rebates, {})
                self.assertEqual(penalties, {"13 %": 63.73, "9 %": 130.28, "": 205.99})
                self.assertEqual(moves[self.sub_s].channel_statement_id.net_amount, 33.35)
                texts = moves[self.dealer_a].invoice_line_ids.mapped("name")
                self.assertEqual(
                    set(texts),
                    {
                        "Penalty 2025-Q1, correction 1: Dealer A sold outside of the territory "
                        "(lifted)"
                    },
                )
                self.assertEqual(self.trial_balance(), 0)

    def test_asked_back_by_debit_note(self):
        self.company.channel_negative_correction = "debit_note"
        self.settle_all()
        self.make_penalty(self.dealer_b, 100)
        move = self.correct()[self.dealer_b]
        self.assertEqual((move.move_type, move.amount_untaxed), ("out_invoice", 100))
        rebates, penalties = self.split(move)
        self.assertEqual((rebates, round(sum(penalties.values()), 2)), ({}, 100))
        self.assert_ties(move)

    def test_asked_back_no_more_than_was_paid(self):
        """B got 3,165.80 net of what T gets; a fine of 4,000 leaves the rest to deduct."""
        self.company.channel_negative_correction = "debit_note"
        self.settle_all()
        paid = self.statement_of(self.settlement, self.dealer_b).net_amount
        self.make_penalty(self.dealer_b, 4000)
        move = self.correct()[self.dealer_b]
        statement = move.channel_statement_id
        self.assertEqual((statement.net_amount, statement.penalty_amount), (-paid, 4000))
        self.assertAlmostEqual(statement.carried_out_amount, paid - 4000)
        rebates, penalties = self.split(move)
        self.assertEqual((rebates, round(sum(penalties.values()), 2)), ({}, paid))
        self.assert_ties(move)

    def test_beside_a_late_sale(self):
        self.settle_all()
        self.make_penalty(self.dealer_b, 10)
        self.make_invoice(self.dealer_b, {"soap": 10}, day=date(2025, 3, 20))
        move = self.correct()[self.dealer_b]
        rebates, penalties = self.split(move)
        self.assertEqual(rebates, {"9 %": 113.85})
        self.assertEqual(round(sum(penalties.values()), 2), -10)
        self.assertEqual(move.amount_untaxed, 103.85)
        self.assert_ties(move)

    def test_lifted_when_something_was_left_to_deduct(self):
        self.make_penalty(self.dealer_b, 4000)
        other = self.make_penalty(self.dealer_b, 1000)
        self.as_role("officer", self.settlement).action_compute()
        self.settle_all()
        left = self.statement_of(self.settlement, self.dealer_b).carried_out_amount
        self.assertLess(left, 0)
        self.lift(other)
        correction = self.settle(kind="supplementary")
        statement = self.statement_of(correction, self.dealer_b)
        self.assertAlmostEqual(statement.carried_out_amount, min(left + 1000, 0))
        if move := statement.move_id:
            self.assert_ties(move)
