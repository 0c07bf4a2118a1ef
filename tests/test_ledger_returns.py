"""A return counts on the day of its sale, however it was made."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import PRICES
from .ledger import LedgerCase

FIRST, SECOND, LATER = date(2025, 2, 1), date(2025, 5, 1), date(2026, 5, 1)


@tagged("post_install", "-at_install")
class TestReturnsFindTheirSale(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b)

    def assertBases(self, first, second=None):
        """Compare dealer A's soap in the first and second quarter; dealer B sold ten in each."""
        for period, quantity in ((self.period, first), (self.next_period, second)):
            if quantity is None:
                continue
            expected = {("Dealer B", "soap"): self.soap(10)}
            if quantity:
                expected["Dealer A", "soap"] = self.soap(quantity)
            found = {key: value for key, value in self.bases(period).items() if value[0]}
            self.assertEqual(found, expected, period.name)

    def sell_others(self):
        for day in (FIRST, SECOND):
            self.sell(self.dealer_b, "soap", 10, day)

    def test_by_the_wizard_a_year_later(self):
        self.sell_others()
        _order, invoice = self.sell(self.dealer_a, "soap", 8, FIRST)
        self.reverse(invoice, LATER, quantity=3)
        self.assertBases(5, 0)

    def test_by_the_wizard_dated_before_the_period(self):
        """A credit note may bear an earlier date than its invoice."""
        self.sell_others()
        _order, invoice = self.sell(self.dealer_a, "soap", 8, FIRST)
        self.reverse(invoice, date(2024, 12, 31), quantity=3)
        self.assertBases(5, 0)

    def test_from_the_order(self):
        self.sell_others()
        order, _invoice = self.sell(self.dealer_a, "soap", 8, FIRST)
        refund = self.change_order(order, 5, LATER)
        self.assertEqual((refund.move_type, refund.reversed_entry_id.id), ("out_refund", False))
        self.assertBases(5, 0)
        self.assertFalse(self.reasons())

    def test_negative_quantity_on_an_invoice(self):
        """Odoo nets what came back with what is new, if that is more."""
        self.sell_others()
        order, _invoice = self.sell(self.dealer_a, "soap", 8, FIRST)
        order.order_line = [
            Command.create({"product_id": self.products["toothpaste"].id, "product_uom_qty": 100})
        ]
        order.order_line[1].price_unit = PRICES["toothpaste"]
        order.order_line[0].product_uom_qty = 5
        invoice = self.invoice_order(order, SECOND)
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(self.bases()["Dealer A", "soap"], self.soap(5))
        second = self.bases(self.next_period)
        self.assertNotIn(("Dealer A", "soap"), second)
        self.assertEqual(second["Dealer A", "toothpaste"], (100, 16500))

    def test_latest_invoice_first_up_to_its_quantity(self):
        self.sell_others()
        order, _first = self.sell(self.dealer_a, "soap", 8, FIRST)
        self.change_order(order, 12, SECOND)
        self.assertBases(8, 4)
        self.change_order(order, 9, date(2025, 6, 1))
        self.assertBases(8, 1)
        self.change_order(order, 3, LATER)  # one more of the second, five of the first
        self.assertBases(3, 0)

    def test_sale_on_a_credit_note(self):
        """Odoo nets what is new with what came back, if that is more; it comes back first."""
        self.sell_others()
        order = self.make_order(self.dealer_a, {"soap": 8, "toothpaste": 100}, day=FIRST)
        self.invoice_order(order, FIRST)
        soap, toothpaste = order.order_line
        soap.product_uom_qty = 3
        self.invoice_order(order, date(2025, 3, 1))
        soap.product_uom_qty, toothpaste.product_uom_qty = 8, 0
        refund = self.invoice_order(order, SECOND)
        self.assertEqual((refund.move_type, refund.amount_untaxed > 0), ("out_refund", True))
        soap.product_uom_qty = 4
        self.invoice_order(order, LATER)
        self.assertBases(3, 1)
        self.assertFalse(self.reasons())

    def test_return_is_not_of_a_sale_that_came_later(self):
        self.sell_others()
        order, _first = self.sell(self.dealer_a, "soap", 8, FIRST)
        self.change_order(order, 5, date(2025, 3, 1))
        self.assertBases(5, 0)
        self.change_order(order, 11, SECOND)
        self.assertBases(5, 6)

    def test_what_the_wizard_took_back_is_not_taken_back_again(self):
        self.sell_others()
        order, _first = self.sell(self.dealer_a, "soap", 8, FIRST)
        second = self.change_order(order, 12, SECOND)
        self.reverse(second, date(2025, 6, 1), quantity=3)
        order.order_line.product_uom_qty = 6
        self.invoice_order(order, date(2025, 6, 2))
        # Twelve sold, three returned by name, then three from the order: one is left of the second.
        self.assertBases(6, 0)

    def test_more_than_was_ever_sold_counts_on_its_own_day(self):
        self.sell_others()
        order, first = self.sell(self.dealer_a, "soap", 8, FIRST)
        refund = self.make_invoice(
            self.dealer_a, {"soap": 10}, day=SECOND, move_type="out_refund", post=False
        )
        refund.invoice_line_ids.sale_line_ids = order.order_line
        refund.action_post()
        self.assertBases(0, -2)
        reasons = [("Dealer A", refund.name, "no_sale")]
        self.assertEqual(self.reasons(self.next_period), reasons)
        self.assertFalse(self.reasons())
        self.assertEqual(first.state, "posted")

    def test_without_a_sale_on_its_own_day(self):
        self.sell_others()
        self.sell(self.dealer_a, "soap", 8, FIRST)
        refund = self.make_invoice(self.dealer_a, {"soap": 2}, day=SECOND, move_type="out_refund")
        self.assertBases(8, -2)
        self.assertEqual(self.reasons(self.next_period), [("Dealer A", refund.name, "no_sale")])

    def test_cancelled_sale_is_gone_and_its_return_stands_alone(self):
        self.sell_others()
        _order, invoice = self.sell(self.dealer_a, "soap", 8, FIRST)
        refund = self.reverse(invoice, SECOND, quantity=3)
        refund.line_ids.remove_move_reconcile()
        invoice.button_draft()
        self.assertBases(0, -3)
        refund.button_draft()
        self.assertBases(0, 0)
        invoice.action_post()
        self.assertBases(8, 0)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertBases(0, 0)

    def test_another_dealers_order_is_no_sale_of_this_one(self):
        order, _invoice = self.sell(self.dealer_b, "soap", 10, FIRST)
        refund = self.make_invoice(
            self.dealer_a, {"soap": 2}, day=date(2025, 3, 1), move_type="out_refund", post=False
        )
        refund.invoice_line_ids.sale_line_ids = order.order_line
        refund.action_post()
        found = self.bases()
        self.assertEqual(found["Dealer A", "soap"], self.soap(-2))
        self.assertEqual(found["Dealer B", "soap"], self.soap(10))

    def test_other_units(self):
        self.sell_others()
        order, invoice = self.sell(self.dealer_a, "soap", 24, FIRST)
        refund = self.make_invoice(
            self.dealer_a, {"soap": 1}, day=SECOND, move_type="out_refund", post=False
        )
        refund.invoice_line_ids.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "price_unit": 12 * PRICES["soap"],
                "sale_line_ids": order.order_line.ids,
            }
        )
        refund.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertBases(12, 0)
