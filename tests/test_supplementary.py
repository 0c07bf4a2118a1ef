"""Supplementary settlements: what changed since a period was settled, compared part by part."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .ledger import LedgerCase

LATE = date(2025, 3, 20)


class SupplementaryCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b, rates={"soap": "10", "toothpaste": "20"})
        cls.sign_all(cls.sub_a, cls.sub_b, rates={"soap": "5"})
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.first_invoice = cls.make_invoice(dealer, {"soap": 100})
        for sub in (cls.sub_a, cls.sub_b):
            cls.first_order = cls.make_order(sub, {"soap": 40})

    @classmethod
    def correct(cls, period=None, **values):
        """Return a supplementary settlement that was computed and approved."""
        return cls.settle(period, kind="supplementary", **values)

    def parts_of(self, settlement, partner):
        """Return base, gross, passed on, net and carried out of a partner's statement."""
        statement = self.statement_of(settlement, partner)
        return tuple(
            round(statement[f"{name}_amount"], 2)
            for name in ("base", "gross", "passed_on", "net", "carried_out")
        )

    def nothing_to_correct(self, period=None):
        with self.refused("nothing to correct"):
            self.compute(period, kind="supplementary")


@tagged("post_install", "-at_install")
class TestSupplementary(SupplementaryCase):
    def test_nothing_changed_nothing_made(self):
        self.nothing_to_correct()
        self.settle()
        self.nothing_to_correct()
        self.nothing_to_correct(self.next_period)

    def test_late_invoice_is_settled_once(self):
        self.settle()
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        self.assertEqual(self.parts_of(correction, self.dealer_a), (2530, 253, 0, 253, 0))
        self.assertEqual(correction.number, 1)
        self.nothing_to_correct()
        self.make_invoice(self.dealer_b, {"soap": 20}, day=LATE)
        second = self.correct()
        self.assertEqual(second.number, 2)
        self.assertEqual(second.statement_ids.partner_id, self.dealer_b)
        self.assertEqual(self.parts_of(second, self.dealer_b), (5060, 506, 0, 506, 0))
        self.nothing_to_correct()

    def test_total_and_settled_stand_beside_the_difference(self):
        self.settle()
        self.make_invoice(self.dealer_a, {"soap": 10, "toothpaste": 1}, day=LATE)
        statement = self.correct().statement_ids
        self.assertEqual(statement.settled_base_amount, 25300)
        self.assertEqual(statement.total_base_amount, 25300 + 2530 + 165)
        self.assertEqual(statement.settled_gross_amount, 2530)
        self.assertEqual(statement.total_gross_amount, 2530 + 253 + 33)
        self.assertEqual(statement.settled_passed_on_amount, 506)
        self.assertEqual(statement.total_passed_on_amount, 506)
        lines = {
            line.product_id.default_code: (
                line.total_quantity,
                line.quantity,
                line.total_amount,
                line.amount,
            )
            for line in statement.line_ids
        }
        self.assertEqual(lines, {"SOAP": (110, 10, 2783, 253), "TOOTHPASTE": (1, 1, 33, 33)})

    def test_compared_before_clamp_and_carry(self):
        """Gross 100, passed on 150: nothing paid, 50 deducted next quarter; then 80 come late."""
        rates = {"soap": "10", "toothpaste": "9"}
        dealer = self.make_dealer("Dealer C")
        self.sign_all(dealer, rates=rates)
        sub = self.make_sub("Sub C", dealer)
        self.sign_all(sub, rates={"soap": "9.9"})
        self.make_count(dealer, "soap", 1000)
        self.make_invoice(dealer, {"soap": 1}, invoice_line_ids=[self.line("soap", 1, 1000)])
        order = self.make_order(sub, {"soap": 10}, confirm=False)
        order.order_line.price_unit = 151.5151
        order.action_confirm()
        first = self.settle(dealer_ids=dealer.ids)
        self.assertEqual(self.parts_of(first, dealer), (1000, 100, 150, 0, -50))
        self.make_invoice(
            dealer, {}, day=date(2025, 5, 1), invoice_line_ids=[self.line("soap", 1, 2000)]
        )
        second = self.settle(self.next_period, dealer_ids=dealer.ids)
        self.assertEqual(self.statement_of(second, dealer).carried_in_amount, -50)
        self.assertEqual(self.parts_of(second, dealer), (2000, 200, 0, 150, 0))
        self.make_invoice(dealer, {}, day=LATE, invoice_line_ids=[self.line("soap", 1, 800)])
        correction = self.correct()
        self.assertEqual(self.parts_of(correction, dealer), (800, 80, 0, 80, 0))

    def line(self, name, quantity, price):
        values = {
            "product_id": self.products[name].id,
            "quantity": quantity,
            "price_unit": price,
        }
        return (0, 0, values)

    def test_sub_distributor_takes_his_dealer_along(self):
        self.settle()
        self.make_order(self.sub_a, {"soap": 20}, day=LATE)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a | self.sub_a)
        self.assertEqual(self.parts_of(correction, self.sub_a), (5060, 253, 0, 253, 0))
        self.assertEqual(self.parts_of(correction, self.dealer_a), (0, 0, 253, 0, -253))
        sub = self.statement_of(correction, self.sub_a)
        self.assertEqual(sub.dealer_statement_id, self.statement_of(correction, self.dealer_a))
        self.nothing_to_correct()

    def test_late_signature(self):
        late = self.make_sub("Late sub", self.dealer_a)
        agreement = self.make_agreement(late, {"soap": "1"})
        self.make_order(late, {"soap": 10})
        self.settle()
        self.nothing_to_correct()
        self.sign(agreement)
        correction = self.correct()
        self.assertEqual(self.parts_of(correction, late), (2530, 25.3, 0, 25.3, 0))
        self.assertEqual(self.parts_of(correction, self.dealer_a), (0, 0, 25.3, 0, -25.3))
        self.assertEqual(agreement.state, "revealed")
        self.nothing_to_correct()

    def test_unsettled_dealer_gets_a_periodic_settlement(self):
        self.settle(dealer_ids=self.dealer_a.ids)
        self.make_invoice(self.dealer_b, {"soap": 1}, day=LATE)
        self.nothing_to_correct()
        self.assertEqual(self.settle().statement_ids.partner_id, self.dealer_b | self.sub_b)

    def test_cancelled_order_and_reset_invoice_are_gone(self):
        self.settle()
        self.first_order._action_cancel()
        self.first_invoice.button_draft()
        correction = self.correct()
        self.assertEqual(self.parts_of(correction, self.dealer_b), (-25300, -2530, -506, 0, -2024))
        self.assertEqual(self.parts_of(correction, self.sub_b), (-10120, -506, 0, 0, -506))
        self.assertFalse(correction.statement_ids.move_id)
        self.assertNotIn(self.dealer_a, correction.statement_ids.partner_id)

    def test_a_replaced_invoice_changes_nothing(self):
        self.settle()
        self.first_invoice.button_draft()
        self.first_invoice.button_cancel()
        self.make_invoice(self.dealer_b, {"soap": 100})
        self.nothing_to_correct()

    def test_line_by_line_why(self):
        self.settle()
        invoice = self.make_invoice(self.dealer_b, {"soap": 10}, day=LATE)
        self.first_invoice.button_draft()
        order = self.make_order(self.sub_b, {"soap": 5}, day=LATE)
        statements = self.compute(kind="supplementary").statement_ids
        sales = self.env["channel.statement.sale"].search([("statement_id", "in", statements.ids)])
        found = {
            (sale.partner_id, sale.document): (sale.change, sale.base_quantity) for sale in sales
        }
        self.assertEqual(found[self.dealer_b, invoice.name], ("added", 10))
        self.assertEqual(found[self.dealer_b, self.first_invoice.name], ("removed", -100))
        # Ten boxes can't be what forty-five were sold from.
        self.assertEqual(found[self.sub_b, self.first_order.name][0], "changed")
        self.assertEqual(found[self.sub_b, order.name][0], "added")
        counted = sales.filtered("is_counted")
        for statement in statements:
            own = counted.filtered(lambda sale, s=statement: sale.statement_id == s)
            self.assertEqual(sum(own.mapped("base_amount")), statement.base_amount)

    def test_later_corrections_compare_with_all_before(self):
        self.settle()
        nets = []
        for quantity in (10, 20, 30):
            self.make_invoice(self.dealer_a, {"soap": quantity}, day=LATE)
            nets.append(self.correct().statement_ids.net_amount)
        self.assertEqual(nets, [253, 506, 759])
        gross = self.env["channel.statement"].search(
            [("partner_id", "=", self.dealer_a.id), ("period_id", "=", self.period.id)]
        )
        self.assertEqual(sum(gross.mapped("gross_amount")), 160 * 25.3)
        self.assertEqual(sum(gross.mapped("base_amount")), 160 * 253)


@tagged("post_install", "-at_install")
class TestSupplementaryRules(SupplementaryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.periodic = cls.settle()
        cls.late = cls.make_invoice(cls.dealer_a, {"soap": 10}, day=LATE)

    def test_one_open_correction(self):
        first = self.compute(kind="supplementary")
        with self.refused(f"{first.name} is an open supplementary", ValidationError):
            self.compute(kind="supplementary")
        self.as_role("officer", first).action_cancel()
        self.assertEqual(self.correct().number, 1)

    def test_number_is_left_behind(self):
        """A draft that becomes something else is no correction of that number any more."""
        draft = self.as_role("officer", self.compute(kind="supplementary"))
        draft.action_reset()
        self.assertEqual(draft.number, 1)
        draft.kind = "periodic"
        self.assertEqual(draft.number, 0)
        self.assertEqual(self.correct().number, 1)
        self.make_invoice(self.dealer_b, {"soap": 10}, day=LATE)
        draft.kind = "supplementary"
        draft.action_compute()
        self.assertEqual(draft.number, 2)
        draft.action_reset()
        draft.period_id = self.next_period
        self.assertEqual(draft.number, 0)

    def test_ledger_moved_since_computing(self):
        correction = self.compute(kind="supplementary")
        self.late.button_draft()
        with self.refused("Sales of the period have changed.*Dealer A"):
            self.as_role("keeper", correction).action_approve()

    def test_what_is_corrected_is_not_reversed(self):
        correction = self.compute(kind="supplementary")
        with self.refused(f"Dealer A: {correction.name} corrects"):
            self.as_role("keeper", self.periodic).action_reverse()
        self.as_role("keeper", correction).action_approve()
        with self.refused(f"Dealer A: {correction.name} corrects"):
            self.as_role("keeper", self.periodic).action_reverse()
        self.as_role("keeper", correction).action_reverse()
        self.as_role("keeper", self.periodic).action_reverse()
        again = self.settle()
        self.assertEqual(self.statement_of(again, self.dealer_a).gross_amount, 110 * 25.3)

    def test_reversed_correction_is_made_again(self):
        correction = self.correct()
        self.as_role("keeper", correction).action_reverse()
        again = self.correct()
        self.assertEqual(again.number, 2)
        self.assertEqual(again.statement_ids.net_amount, 253)

    def test_expected_amounts_for_holders_only(self):
        statement = self.compute(kind="supplementary").statement_ids
        self.assertEqual(self.as_role("keeper", statement).expected_gross_amount, 253)
        self.assertEqual(self.as_role("officer", statement).expected_total_gross_amount, 2783)
        self.assertEqual(
            self.as_role("officer", statement.line_ids).mapped("expected_amount"), [253]
        )
        for role in ("accountant", "salesperson", "sales_manager"):
            with self.assertRaises(AccessError):
                self.as_role(role, statement).read(["expected_total_gross_amount"])
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT gross_amount, net_amount FROM channel_statement WHERE id = %s", statement.ids
        )
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_only_officers_compute_and_keepers_approve(self):
        correction = self.compute(kind="supplementary")
        for role in ("accountant", "salesperson", "officer"):
            with self.assertRaises(AccessError):
                self.as_role(role, correction).action_approve()


@tagged("post_install", "-at_install")
class TestSettledBeforeUpgrade(SupplementaryCase):
    """Settled when lines did not tell their taxes yet, and no sales were written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "13 %", "amount": 13})
        cls.products["toothpaste"].taxes_id = cls.tax
        cls.make_invoice(cls.dealer_b, {"toothpaste": 100})
        cls.settle()
        cls.env.flush_all()
        cls.env.cr.execute("DELETE FROM channel_statement_pack")
        cls.env.cr.execute("UPDATE channel_statement_line SET tax_key = NULL")
        cls.env.cr.execute("UPDATE channel_statement SET number = NULL")
        cls.env.invalidate_all()

    def test_nothing_changed_nothing_made(self):
        self.nothing_to_correct()
        self.assertFalse(self.period._find_changed_partners())

    def test_late_sales_of_all_taxes(self):
        self.make_invoice(self.dealer_a, {"soap": 10, "toothpaste": 1}, day=LATE)
        self.make_invoice(self.dealer_b, {"toothpaste": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a | self.dealer_b)
        self.assertEqual(self.parts_of(correction, self.dealer_a), (2695, 286, 0, 286, 0))
        self.assertEqual(self.parts_of(correction, self.dealer_b), (1650, 330, 0, 330, 0))
        self.assertEqual(
            self.statement_of(correction, self.dealer_b).mapped("total_gross_amount"),
            [2530 + 3300 + 330],
        )
        self.nothing_to_correct()

    def test_settled_again_with_taxes(self):
        self.as_role("keeper", self.env["channel.settlement"].search([])).action_reverse()
        lines = self.statement_of(self.settle(), self.dealer_b).line_ids
        self.assertEqual(set(lines.mapped("tax_key")), {"", str(self.tax.id)})
        self.nothing_to_correct()


@tagged("post_install", "-at_install")
class TestDebitNotes(SupplementaryCase):
    """What was paid too much: carried over, or asked back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.channel_rebate_post_documents = True
        cls.settle()

    def give_back(self, quantity=10):
        for invoice in self.env["account.move"].search(
            [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
        ):
            if invoice.commercial_partner_id in self.dealer_a | self.dealer_b:
                self.reverse(invoice, date(2025, 5, 5), quantity)

    def test_carried_by_default(self):
        self.give_back()
        correction = self.correct()
        self.assertEqual(self.parts_of(correction, self.dealer_a), (-2530, -253, 0, 0, -253))
        self.assertFalse(correction.statement_ids.move_id)
        self.assertEqual(correction.state, "done")

    def test_asked_back(self):
        self.company.channel_negative_correction = "debit_note"
        self.give_back()
        correction = self.correct()
        for dealer in (self.dealer_a, self.dealer_b):
            self.assertEqual(self.parts_of(correction, dealer), (-2530, -253, 0, -253, 0))
            move = self.statement_of(correction, dealer).move_id
            self.assertEqual((move.move_type, move.state), ("out_invoice", "posted"))
            self.assertEqual(move.amount_untaxed, 253)
        self.nothing_to_correct()
        # It is no sale of the day on which it was made.
        self.assertNotIn(("Dealer A", "soap"), self.bases(self.next_period))

    def test_no_more_than_was_paid(self):
        self.company.channel_negative_correction = "debit_note"
        self.give_back(100)
        correction = self.correct()
        # 2,530 less the 506 that were passed on have been paid.
        self.assertEqual(self.parts_of(correction, self.dealer_a), (-25300, -2530, 0, -2024, -506))

    def test_asked_back_by_every_kind_of_document(self):
        self.company.channel_negative_correction = "debit_note"
        kinds = {"vendor_bill": "in_refund", "payment_entry": "entry"}
        for kind, move_type in kinds.items():
            with self.subTest(kind), self.env.cr.savepoint():
                self.company.channel_sub_document = kind
                self.first_order._action_cancel()
                correction = self.correct()
                move = self.statement_of(correction, self.sub_b).move_id
                self.assertEqual((move.move_type, move.state), (move_type, "posted"))
                self.assertEqual(move.channel_statement_id.net_amount, -506)
                payable = move._get_channel_open_lines()
                self.assertEqual(payable.balance, 506)
                self.as_role("keeper", correction).action_reverse()
                self.first_order.action_draft()
                self.first_order.action_confirm()


@tagged("post_install", "-at_install")
class TestCorrectedTaxes(SupplementaryCase):
    """A correction has the taxes of the sales that changed, whichever those are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = {
            name: cls.env["account.tax"].create({"name": f"{rate} %", "amount": rate})
            for name, rate in (("soap", 13), ("toothpaste", 9))
        }
        for name, tax in cls.taxes.items():
            cls.products[name].taxes_id = tax
        cls.company.channel_negative_correction = "debit_note"
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.second_invoice = cls.make_invoice(dealer, {"soap": 100, "toothpaste": 100})
        cls.settle()

    def lines_of(self, statement):
        return {
            line.tax_ids.name: line.price_subtotal for line in statement.move_id.invoice_line_ids
        }

    def test_only_what_changed(self):
        self.make_invoice(self.dealer_a, {"toothpaste": 10}, day=LATE)
        self.make_invoice(self.dealer_b, {"soap": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.lines_of(self.statement_of(correction, self.dealer_a)), {"9 %": 330})
        self.assertEqual(self.lines_of(self.statement_of(correction, self.dealer_b)), {"13 %": 253})

    def test_deduction_follows_what_there_is_in_all(self):
        """Forty boxes more are passed on: 506.00 over 2,530.00 at 0 % and 13 % and 3,300.00."""
        self.make_order(self.sub_a, {"soap": 40}, day=LATE)
        self.make_invoice(self.dealer_a, {"toothpaste": 100}, day=LATE)
        statement = self.statement_of(self.correct(), self.dealer_a)
        self.assertEqual(statement.net_amount, 3300 - 506)
        # Gross is now 2,530 without tax, 2,530 at 13 % and 6,600 at 9 %.
        shares = {False: -109.79, "13 %": -109.79, "9 %": 3013.58}
        self.assertEqual(self.lines_of(statement), shares)

    def test_deduction_goes_to_what_is_left(self):
        """Gross is 2,530.00 without tax and at 13 %, and -5,059.90 at 9 %: 0.10 in all."""
        self.make_invoice(
            self.dealer_a,
            {},
            move_type="out_refund",
            day=LATE,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": self.products["toothpaste"].id,
                        "quantity": 1,
                        "price_unit": 16500 + 25299.5,
                    }
                )
            ],
        )
        self.make_order(self.sub_a, {"soap": 20}, day=LATE)
        statement = self.statement_of(self.correct(), self.dealer_a)
        self.assertEqual((statement.gross_amount, statement.passed_on_amount), (-8359.9, 253))
        # No more is asked back than was paid: 8,360.00 less 506.00. The 505.90 between that and
        # what went at 9 % are on those who have something left.
        self.assertEqual(statement.net_amount, -7854)
        shares = {False: -252.95, "13 %": -252.95, "9 %": 8359.9}
        self.assertEqual(self.lines_of(statement), shares)
        self.assertEqual(statement.move_id.amount_tax, round(8359.9 * 0.09 - 252.95 * 0.13, 2))

    def test_everything_came_back(self):
        self.second_invoice.button_draft()
        self.first_invoice.button_draft()
        statement = self.statement_of(self.correct(), self.dealer_b)
        self.assertEqual(statement.gross_amount, -(2530 + 2530 + 3300))
        move = statement.move_id
        self.assertEqual(move.move_type, "out_invoice")
        self.assertEqual(move.amount_untaxed, -statement.net_amount)
        self.assertEqual(set(self.lines_of(statement)), {False, "13 %", "9 %"})


@tagged("post_install", "-at_install")
class TestCorrectedTerms(LedgerCase):
    """Corrections under every kind of terms: paid basis, tiers, versions, another currency."""

    def correct(self, **values):
        return self.settle(kind="supplementary", **values)

    def net_of(self, settlement, partner):
        return self.statement_of(settlement, partner).net_amount

    def nothing_to_correct(self, **values):
        with self.refused("nothing to correct"):
            self.compute(kind="supplementary", **values)

    def test_paid_later_is_picked_up_once(self):
        rates = {"soap": "10"}
        self.sign_all(
            self.dealer_a, self.dealer_b, periods=[self.period], rates=rates, basis="paid"
        )
        paid, part, open_invoice = (
            self.make_invoice(dealer, {"soap": 10})
            for dealer in (self.dealer_a, self.dealer_a, self.dealer_b)
        )
        self.pay(paid, date(2025, 3, 1))
        self.pay(part, date(2025, 3, 1), amount=1000)
        cutoff = date(2025, 4, 10)
        first = self.settle(cutoff_date=cutoff)
        self.assertEqual(self.net_of(first, self.dealer_a), 253)
        self.assertEqual(self.net_of(first, self.dealer_b), 0)
        self.pay(part, date(2025, 4, 20))
        # Until the cut-off nothing has changed.
        self.nothing_to_correct(cutoff_date=cutoff)
        correction = self.correct(cutoff_date=date(2025, 4, 30))
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        self.assertEqual(self.net_of(correction, self.dealer_a), 253)
        self.nothing_to_correct(cutoff_date=date(2025, 5, 31))
        self.pay(open_invoice, date(2025, 6, 1))
        second = self.correct(cutoff_date=date(2025, 6, 30))
        self.assertEqual(self.net_of(second, self.dealer_b), 253)
        self.nothing_to_correct(cutoff_date=date(2025, 12, 31))

    def test_late_sale_lifts_all_into_the_next_bracket(self):
        """Whole-amount tiers: 2,530 at 10 % is 253.00; 5,060 at 20 % is 1,012.00."""
        for dealer in (self.dealer_a, self.dealer_b):
            agreement = self.make_agreement(dealer, {"soap": None})
            agreement.line_ids.tier_mode = "whole"
            self.rates_of(agreement).brackets = "0: 10\n5000: 20"
            self.sign(agreement)
            self.make_invoice(dealer, {"soap": 10})
        first = self.settle()
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.net_of(first, self.dealer_a), 253)
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        line = correction.statement_ids.line_ids
        self.assertEqual((line.rate, line.total_amount, line.amount), (20, 1012, 759))

    def test_return_a_year_later_is_at_the_rate_of_its_sale(self):
        self.sign_all(self.dealer_a, self.dealer_b, periods=[self.period], rates={"soap": "10"})
        self.sign_all(self.dealer_a, periods=[self.next_period], rates={"soap": "1"})
        _order, invoice = self.sell(self.dealer_a, "soap", 10, date(2025, 2, 1))
        self.sell(self.dealer_b, "soap", 10, date(2025, 2, 1))
        self.settle()
        self.change_order(_order, 4, date(2026, 2, 1))
        correction = self.correct()
        statement = correction.statement_ids
        self.assertEqual(statement.partner_id, self.dealer_a)
        self.assertEqual((statement.base_amount, statement.gross_amount), (-1518, -151.8))
        self.assertEqual(statement.change_ids.date, invoice.invoice_date)

    def test_half_coins_do_not_add_up(self):
        """Three late sales of 0.004 rebate each: 0.00, then 0.01, and 0.01 in all."""
        self.products["soap"].list_price = 0.04
        self.sign_all(self.dealer_a, self.dealer_b, periods=[self.period], rates={"soap": "10"})

        def sell(dealer):
            line = {"product_id": self.products["soap"].id, "quantity": 1, "price_unit": 0.04}
            self.make_invoice(dealer, {}, invoice_line_ids=[Command.create(line)])

        sell(self.dealer_a)
        sell(self.dealer_b)
        nets = [self.net_of(self.settle(), self.dealer_a)]
        for _late in range(2):
            sell(self.dealer_a)
            nets.append(self.net_of(self.correct(), self.dealer_a))
        self.assertEqual(nets, [0, 0.01, 0])

    def test_correction_is_booked_on_the_first_open_day(self):
        self.company.channel_rebate_post_documents = True
        self.sign_all(self.dealer_a, self.dealer_b, periods=[self.period], rates={"soap": "10"})
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"soap": 10})
        self.settle(date=date(2025, 4, 10))
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        self.company.fiscalyear_lock_date = date(2025, 5, 31)
        statement = self.correct(date=date(2025, 5, 10)).statement_ids
        self.assertEqual(statement.document_date, date(2025, 5, 10))
        self.assertEqual(statement.accounting_date, date(2025, 6, 1))

    def test_two_companies_do_not_mix(self):
        """The same partner is settled in both; what comes late in one corrects that one."""
        other = self.env["res.company"].create({"name": "Second Company"})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        for user in self.users.values():
            user.company_ids |= other
        self.sign_all(self.dealer_a, self.dealer_b, periods=[self.period], rates={"soap": "10"})
        theirs = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=other.id)
        self.sign_all(self.dealer_a, periods=[theirs], rates={"soap": "20"})
        for company in (self.company, other):
            self.make_invoice(self.dealer_a, {"soap": 10}, company_id=company.id)
        first, second = self.settle(), self.settle(theirs)
        self.assertEqual(self.net_of(first, self.dealer_a), 253)
        self.assertEqual(self.net_of(second, self.dealer_a), 506)
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE, company_id=other.id)
        self.nothing_to_correct()
        correction = self.settle(theirs, kind="supplementary")
        self.assertEqual(self.net_of(correction, self.dealer_a), 50.6)
        self.assertEqual(correction.statement_ids.move_id.company_id, other)
