"""Penalties in percent, and what harmed dealers get of them, by hand-computed numbers."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .test_penalties import LATE, PenaltyCase


class RuleCase(PenaltyCase):
    """Dealers A and B: gross 2,530 and 506 passed on, so 2,024 kept; their subs get 506 each."""

    @classmethod
    def fine(cls, partner, method="percent", percent=20, **values):
        return cls.make_penalty(partner, 0, method=method, percent=percent, **values)

    @classmethod
    def fine_for_a(cls, partner=None, **values):
        """Return a penalty of B, 20 %, of which A gets half."""
        values = {"harmed_dealer_id": cls.dealer_a.id, "harmed_percent": 50, **values}
        return cls.fine(partner or cls.dealer_b, **values)

    def sums(self, settlement, partner):
        """Return penalty, compensation, net and carried out of a partner's statement."""
        statement = self.statement_of(settlement, partner)
        return tuple(
            round(statement[f"{name}_amount"], 2)
            for name in ("penalty", "compensation", "net", "carried_out")
        )


@tagged("post_install", "-at_install")
class TestPercent(RuleCase):
    def test_of_what_a_dealer_keeps(self):
        self.fine(self.dealer_a)
        self.fine(self.sub_b, percent=12.5)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_a), (404.80, 0, 1619.20, 0))
        self.assertEqual(self.sums(settlement, self.dealer_b), (0, 0, 2024, 0))
        self.assertEqual(self.sums(settlement, self.sub_b), (63.25, 0, 442.75, 0))

    def test_never_chained(self):
        for _time in range(2):
            self.fine(self.dealer_a)
        self.make_penalty(self.dealer_a, 100)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_a), (909.60, 0, 1114.40, 0))

    def test_of_one_product(self):
        """Soap: (2,530 − 506) × 10 %; toothpaste: 1,650 × 20 % × 50 %."""
        self.make_invoice(self.dealer_a, {"toothpaste": 10})
        self.fine(self.dealer_a, "product", 10, product_id=self.products["soap"].id)
        self.fine(self.dealer_a, "product", 50, product_id=self.products["toothpaste"].id)
        self.fine(self.dealer_b, "product", 50, product_id=self.products["shampoo"].id)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_a)[0], 202.40 + 165)
        self.assertEqual(self.sums(settlement, self.dealer_b), (0, 0, 2024, 0))

    def test_whole_period_and_more_is_carried_over(self):
        self.fine(self.dealer_a, "period")
        self.make_penalty(self.dealer_a, 100)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_a), (2124, 0, 0, -100))
        self.assertFalse(self.statement_of(settlement, self.dealer_a).move_id)
        self.make_invoice(self.dealer_a, {"toothpaste": 10}, day=date(2025, 5, 2))
        later = self.settle(self.next_period)
        self.assertEqual(self.statement_of(later, self.dealer_a).carried_in_amount, -100)
        self.assertEqual(self.statement_of(later, self.dealer_a).net_amount, 230)

    def test_nothing_is_lost_of_less_than_nothing(self):
        self.fine(self.dealer_a, "period")
        self.make_invoice(self.dealer_a, {"soap": 95}, move_type="out_refund")
        settlement = self.settle()
        # 5 boxes are left for 40 sold out: 5 count there, too, at a rate of 5 %.
        self.assertEqual(self.parts(settlement, self.dealer_a)[:3], (126.5, 63.25, 63.25))

    def test_grows_with_a_late_sale_and_shrinks_with_a_return(self):
        self.fine(self.dealer_a)
        self.settle()
        self.nothing_to_correct()
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        first = self.correct()
        self.assertEqual(self.parts(first, self.dealer_a), (253, 0, 50.60, 202.40, 0))
        self.nothing_to_correct()
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE, move_type="out_refund")
        second = self.correct()
        self.assertEqual(self.parts(second, self.dealer_a), (-253, 0, -50.60, 0, -202.40))
        self.assertEqual(self.statement_of(second, self.dealer_a).total_penalty_amount, 404.80)

    def test_shrinks_with_a_sub_distributors_late_sale(self):
        """He passes on 50.60 more: 20 % of that is not his to lose any more."""
        self.fine(self.dealer_a)
        self.settle()
        self.make_order(self.sub_a, {"soap": 4}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.parts(correction, self.dealer_a), (0, 50.60, -10.12, 0, -40.48))

    def test_of_one_product_in_a_correction(self):
        """Soap kept: 2,024 at first, 253 less 50.60 more now."""
        self.fine(self.dealer_a, "product", 50, product_id=self.products["soap"].id)
        self.assertEqual(self.sums(self.settle(), self.dealer_a)[0], 1012)
        self.make_invoice(self.dealer_a, {"soap": 10, "toothpaste": 10}, day=LATE)
        self.make_order(self.sub_a, {"soap": 4}, day=LATE)
        self.assertEqual(self.sums(self.correct(), self.dealer_a)[0], 101.20)

    def test_an_unchanged_one_is_no_line_of_a_correction(self):
        self.fine(self.dealer_a, "product", 50, product_id=self.products["soap"].id)
        self.settle()
        self.make_invoice(self.dealer_a, {"toothpaste": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.parts(correction, self.dealer_a), (330, 0, 0, 330, 0))
        self.assertFalse(correction.statement_ids.penalty_line_ids)

    def test_one_of_nothing_is_settled_once(self):
        self.fine(self.dealer_a, "product", 50, product_id=self.products["shampoo"].id)
        self.settle()
        self.nothing_to_correct()

    def test_later_and_lifted(self):
        self.settle()
        penalty = self.fine(self.dealer_a)
        self.assertEqual(self.sums(self.correct(), self.dealer_a), (404.80, 0, 0, -404.80))
        self.assertEqual(penalty.settled_amount, 404.80)
        self.nothing_to_correct()
        self.lift(penalty)
        correction = self.correct()
        self.assertEqual(self.sums(correction, self.dealer_a), (-404.80, 0, 0, 0))
        text = correction.statement_ids.penalty_line_ids._get_text()
        self.assertEqual(text, "Dealer A sold outside of the territory (lifted)")
        self.nothing_to_correct()

    def test_what_makes_no_sense(self):
        with self.refused("choose a dealer", ValidationError):
            self.fine(self.dealer_a, harmed_dealer_id=self.sub_b.id)
        with self.refused("own breach", ValidationError):
            self.fine(self.dealer_a, harmed_dealer_id=self.dealer_a.id)
        penalty = self.as_role("keeper", self.fine(self.dealer_a))
        for name, value in {"percent": 1, "method": "fixed", "harmed_percent": 1}.items():
            with self.subTest(name), self.refused("can't change"):
                penalty.write({name: value})

    def test_harmed_dealer_of_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        dealer = self.make_dealer("Dealer E")
        self.make_agreement(dealer, {"soap": "10"}, currency_id=euro.id)
        with self.refused("agreement of Dealer E in EUR: he can't be compensated"):
            self.fine_for_a(harmed_dealer_id=dealer.id)


@tagged("post_install", "-at_install")
class TestHarmed(RuleCase):
    def test_half_of_it(self):
        self.fine_for_a()
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_b), (404.80, 0, 1619.20, 0))
        self.assertEqual(self.sums(settlement, self.dealer_a), (0, 202.40, 2226.40, 0))
        self.nothing_to_correct()

    def test_of_a_sub_distributor(self):
        self.fine_for_a(self.sub_b, method="period")
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.sub_b), (506, 0, 0, 0))
        self.assertEqual(self.sums(settlement, self.dealer_a), (0, 253, 2277, 0))

    def test_each_other(self):
        self.fine_for_a()
        self.fine(self.dealer_a, percent=10, harmed_dealer_id=self.dealer_b.id, harmed_percent=100)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_a), (202.40, 202.40, 2024, 0))
        self.assertEqual(self.sums(settlement, self.dealer_b), (404.80, 202.40, 1821.60, 0))

    def test_pro_rata_if_not_all_could_be_withheld(self):
        """2,124 of 2,024: half of each one's part, 964.35 and 47.65, together half of 2,024."""
        self.fine_for_a(method="period")
        penalty = {"harmed_dealer_id": self.dealer_a.id, "harmed_percent": 50}
        self.make_penalty(self.dealer_b, 100, **penalty)
        settlement = self.settle()
        self.assertEqual(self.sums(settlement, self.dealer_b), (2124, 0, 0, -100))
        self.assertEqual(self.sums(settlement, self.dealer_a), (0, 1012, 3036, 0))
        lines = self.statement_of(settlement, self.dealer_a).compensation_line_ids
        self.assertEqual(sorted(lines.mapped("amount")), [47.65, 964.35])
        self.nothing_to_correct()

    def test_follows_in_corrections(self):
        self.fine_for_a()
        self.settle()
        self.make_invoice(self.dealer_b, {"soap": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.sums(correction, self.dealer_b), (50.60, 0, 202.40, 0))
        self.assertEqual(self.sums(correction, self.dealer_a), (0, 25.30, 25.30, 0))
        statement = self.statement_of(correction, self.dealer_a)
        self.assertEqual(statement.settled_compensation_amount, 202.40)
        self.assertEqual(statement.total_compensation_amount, 227.70)
        self.nothing_to_correct()

    def test_later_and_lifted(self):
        self.settle()
        penalty = self.fine_for_a()
        correction = self.correct()
        self.assertEqual(self.sums(correction, self.dealer_a), (0, 202.40, 202.40, 0))
        self.lift(penalty)
        correction = self.correct()
        self.assertEqual(self.sums(correction, self.dealer_b), (-404.80, 0, 0, 0))
        self.assertEqual(self.sums(correction, self.dealer_a), (0, -202.40, 0, -202.40))
        self.nothing_to_correct()

    def test_settled_apart(self):
        """Nothing before the other's statement is approved; then a correction gives it."""
        self.fine_for_a()
        alone = self.settle(dealer_ids=self.dealer_a.ids)
        self.assertEqual(self.sums(alone, self.dealer_a), (0, 0, 2024, 0))
        self.nothing_to_correct()
        other = self.settle(dealer_ids=self.dealer_b.ids)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        self.assertEqual(self.sums(correction, self.dealer_a), (0, 202.40, 202.40, 0))
        with self.refused(f"{correction.name} compensates Dealer A out of .* Dealer B"):
            self.as_role("keeper", other).action_reverse()
        self.as_role("keeper", correction).action_reverse()
        self.as_role("keeper", other).action_reverse()
        self.nothing_to_correct()

    def test_decided_between_computing_and_approval(self):
        settlement = self.as_role("keeper", self.compute(dealer_ids=self.dealer_a.ids))
        self.fine_for_a()
        other = self.settle(dealer_ids=self.dealer_b.ids)
        with self.refused("Penalties were confirmed or lifted .*Dealer B.*compute it again"):
            settlement.action_approve()
        self.as_role("officer", settlement).action_compute()
        settlement.action_approve()
        self.assertEqual(self.sums(settlement, self.dealer_a), (0, 202.40, 2226.40, 0))
        self.assertEqual(self.sums(other, self.dealer_b)[0], 404.80)

    def test_document_has_a_line_of_its_own(self):
        self.fine_for_a()
        settlement = self.settle()
        move = self.statement_of(settlement, self.dealer_a).move_id
        lines = {line.name: line.price_subtotal for line in move.invoice_line_ids}
        expected = "Compensation 2025-Q1: Breach of an agreement of 02/15/2025"
        self.assertEqual(lines, {"Rebate 2025-Q1": 2024, expected: 202.40})
        self.assertNotIn("Dealer B", str(lines))

    def test_compensation_fills_up_what_the_rebate_lacks(self):
        """A fined 2,100 and compensated with 202.40: a document of 126.40, no negative rebate."""
        self.fine_for_a()
        self.make_penalty(self.dealer_a, 2100)
        statement = self.statement_of(self.settle(), self.dealer_a)
        self.assertEqual(statement.net_amount, 126.40)
        self.assertEqual(statement.move_id.amount_untaxed, 126.40)


@tagged("post_install", "-at_install")
class TestWhoKnows(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fine_for_a()
        cls.portal = cls.make_portal_user(cls.dealer_a)
        (cls.dealer_b | cls.sub_b).user_id = cls.users["sales_manager"]
        cls.settlement = cls.compute()

    def stored(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT amount FROM channel_statement_penalty
            UNION ALL SELECT amount FROM channel_statement_compensation"""
        )
        return [amount for (amount,) in self.env.cr.fetchall()]

    def test_holders_expect_it_and_nothing_is_stored(self):
        self.assertEqual(self.stored(), [None, None])
        for role in ("officer", "keeper"):
            statements = self.as_role(role, self.settlement).statement_ids
            harmed = self.statement_of(self.as_role(role, self.settlement), self.dealer_a)
            self.assertEqual(statements.penalty_line_ids.expected_amount, 404.80)
            # Read alone, without the statement of the other.
            self.env.invalidate_all()
            self.assertEqual(harmed.expected_compensation_amount, 202.40)
            self.assertEqual(harmed.compensation_line_ids.expected_amount, 202.40)
            self.assertEqual(harmed.expected_net_amount, 2226.40)
        rows = self.model("officer", "channel.settlement").get_preview(self.period.id)["rows"]
        found = {row["name"]: (row["penalty"], row["compensation"]) for row in rows}
        self.assertEqual(found["Dealer A"], (0, 202.40))
        self.assertEqual(found["Dealer B"], (404.80, 0))

    def test_others_know_nothing_before(self):
        lines = self.settlement.statement_ids.compensation_line_ids
        for user in (self.users["salesperson"], self.users["accountant"], self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                lines.with_user(user).read(["amount"])
            self.assertFalse(lines.with_user(user).search([]))

    def test_the_harmed_knows_what_for_but_not_whose(self):
        self.as_role("keeper", self.settlement).action_approve()
        self.assertEqual(sorted(map(float, self.stored())), [202.40, 404.80])
        line = self.statement_of(self.settlement, self.dealer_a).compensation_line_ids
        for role in ("salesperson", "accountant"):
            own = self.as_role(role, line)
            self.assertEqual(own.text, "Breach of an agreement of 02/15/2025")
        self.assertEqual(own.penalty_id.partner_id, self.dealer_b)
        for user in (self.users["salesperson"], self.portal):
            own = line.with_user(user)
            self.assertEqual((own.amount, own.text), (202.40, line.text))
            self.assertNotIn("Dealer B", str(own.read()))
            self.assertFalse(own.search([("statement_id.partner_id", "=", self.dealer_b.id)]))
            for record, name in ((own, "penalty_id"), (line.penalty_id.with_user(user), "percent")):
                with self.subTest(user.login, name=name), self.assertRaises(AccessError):
                    record.read([name])

    def test_the_penalised_is_not_told_who_was_harmed(self):
        self.as_role("keeper", self.settlement).action_approve()
        penalty = self.statement_of(self.settlement, self.dealer_b).penalty_line_ids.penalty_id
        own = penalty.with_user(self.make_portal_user(self.dealer_b))
        self.assertEqual(own.percent, 20)
        for name in ("harmed_dealer_id", "harmed_percent", "confirmed_by_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                own.read([name])
