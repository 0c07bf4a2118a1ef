"""Sell-out: no extra rebate for a mark-up, returns at their order, no more than can be there."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import PRICES
from .ledger import LedgerCase

DAY, SECOND = date(2025, 2, 1), date(2025, 5, 1)


class SellOutCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for dealer, sub in ((cls.dealer_a, cls.sub_a), (cls.dealer_b, cls.sub_b)):
            cls.sign_all(dealer)
            cls.sign_all(sub, rates={"toothpaste": "0.5", "soap": "0.5"})


@tagged("post_install", "-at_install")
class TestFloorPrice(SellOutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Ex-factory",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.products["soap"].id,
                            "fixed_price": PRICES["soap"],
                            "date_end": "2025-04-30 00:00:00",
                        }
                    )
                ],
            }
        )
        cls.company.channel_floor_pricelist_id = cls.pricelist
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.make_invoice(dealer, {"soap": 1000, "toothpaste": 1000}, day=date(2025, 1, 1))

    def order(self, sub, name, quantity, price, *, day=DAY, **values):
        order = self.make_order(sub, {name: quantity}, day=day, confirm=False, **values)
        order.order_line.price_unit = price
        order.action_confirm()
        self.env.flush_all()  # as at the end of the request in which it is confirmed
        return order

    def test_mark_up_counts_at_the_floor(self):
        self.order(self.sub_a, "soap", 10, 300)
        self.order(self.sub_b, "soap", 10, 253)
        found = self.bases()
        self.assertEqual(found["Sub A", "soap"], self.soap(10))
        self.assertEqual(found["Sub B", "soap"], self.soap(10))

    def test_below_the_floor_counts_what_was_paid(self):
        order = self.order(self.sub_a, "soap", 10, 300)
        order.order_line.discount = 50
        self.order(self.sub_b, "soap", 10, 300)
        found = self.bases()
        self.assertEqual(found["Sub A", "soap"], (10, 1500))
        self.assertEqual(found["Sub B", "soap"], self.soap(10))

    def test_line_by_line(self):
        """What is above the floor on one line does not make up for what is below on another."""
        self.order(self.sub_a, "soap", 10, 300)
        self.order(self.sub_a, "soap", 10, 200)
        self.assertEqual(self.bases()["Sub A", "soap"], (20, 4530))

    def test_product_without_a_floor(self):
        self.order(self.sub_a, "toothpaste", 10, 300)
        self.assertEqual(self.bases()["Sub A", "toothpaste"], (10, 3000))

    def test_floor_is_that_of_the_day_and_stays(self):
        order = self.order(self.sub_a, "soap", 10, 300)
        self.order(self.sub_b, "soap", 10, 300, day=SECOND)  # the rule has ended
        self.pricelist.item_ids.fixed_price = 280
        self.assertEqual(order.order_line.channel_floor_unit_price, 253)
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(10))
        self.assertEqual(self.bases(self.next_period)["Sub B", "soap"], (10, 3000))
        order.order_line.product_uom_qty = 11
        self.assertEqual(order.order_line.channel_floor_unit_price, 280)

    def test_quotation_has_none_yet(self):
        order = self.make_order(self.sub_a, {"soap": 1}, confirm=False)
        self.assertFalse(order.order_line.channel_floor_unit_price)
        order.action_confirm()
        self.assertEqual(order.order_line.channel_floor_unit_price, 253)
        order._action_cancel()
        self.assertFalse(order.order_line.channel_floor_unit_price)

    def test_dozens(self):
        order = self.make_order(self.sub_a, {"soap": 1}, confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.order_line.price_unit = 12 * 300
        order.action_confirm()
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(12))

    def test_price_with_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "10 % incl.", "amount": 10, "price_include_override": "tax_included"}
        )
        order = self.make_order(self.sub_a, {"soap": 10}, confirm=False)
        order.order_line.write({"tax_ids": tax.ids, "price_unit": 330})
        order.action_confirm()
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(10))

    def test_return_takes_back_what_had_counted(self):
        order = self.order(self.sub_a, "soap", 10, 300)
        self.pricelist.item_ids.fixed_price = 280
        self.make_return(order, {"soap": 4}, day=SECOND).order_line.price_unit = 300
        self.order(self.sub_b, "soap", 10, 253)
        found = self.bases()
        self.assertEqual(found["Sub A", "soap"], self.soap(6))
        self.assertEqual(found["Sub B", "soap"], self.soap(10))
        self.assertNotIn(("Sub A", "soap"), self.bases(self.next_period))

    def test_portal_users_do_not_learn_the_floor(self):
        order = self.order(self.sub_a, "soap", 10, 300)
        portal = self.make_portal_user(self.sub_a)
        line = order.order_line.with_user(portal)
        order.message_subscribe(portal.partner_id.ids)
        self.assertNotIn("channel_floor_unit_price", line.fields_get())


@tagged("post_install", "-at_install")
class TestReturnOfSellOut(SellOutCase):
    def test_cancelled_orders_are_gone(self):
        for dealer, sub in ((self.dealer_a, self.sub_a), (self.dealer_b, self.sub_b)):
            self.make_invoice(dealer, {"soap": 100}, day=DAY)
            self.make_order(sub, {"soap": 10}, day=DAY)
        order = self.make_order(self.sub_a, {"soap": 5}, day=DAY)
        back = self.make_return(order, {"soap": 5}, day=SECOND)
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(10))
        back._action_cancel()
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(15))
        order._action_cancel()
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(10))
        self.assertEqual(self.bases()["Sub B", "soap"], self.soap(10))


@tagged("post_install", "-at_install")
class TestAvailable(SellOutCase):
    def setUp(self):
        super().setUp()
        self.make_invoice(self.dealer_b, {"soap": 100}, day=DAY)
        self.make_order(self.sub_b, {"soap": 40}, day=DAY)

    def soap_of(self, sub, period=None):
        return self.bases(period).get((sub.name, "soap"), (0, 0))

    def test_beyond_what_the_dealer_had_a_share_counts(self):
        other = self.make_sub("Other sub of A", self.dealer_a)
        self.sign_all(other, rates={"soap": "0.5"})
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        orders = self.make_order(self.sub_a, {"soap": 50}, day=DAY)
        orders |= self.make_order(other, {"soap": 25}, day=DAY)
        found = self.bases()
        self.assertEqual(found["Sub A", "soap"], self.soap(40))
        self.assertEqual(found["Other sub of A", "soap"], self.soap(20))
        self.assertEqual(found["Sub B", "soap"], self.soap(40))
        reasons = [(order.partner_id.name, order.name, "unavailable") for order in orders]
        self.assertEqual(self.reasons(), sorted(reasons))
        self.make_count(self.dealer_a, "soap", 15)
        self.assertEqual(self.soap_of(self.sub_a), self.soap(50))
        self.assertFalse(self.reasons())

    def test_share_with_endless_decimals_is_rounded_as_it_is(self):
        """15 × 11 ÷ 24 is 6.875 exactly, though none of the three lines can be written down."""
        other = self.make_sub("Other sub of A", self.dealer_a)
        self.sign_all(other, rates={"soap": "0.5"})
        self.make_invoice(self.dealer_a, {"soap": 11}, day=DAY)
        for sub, quantity in ((self.sub_a, 7), (self.sub_a, 7), (self.sub_a, 1), (other, 9)):
            self.make_order(sub, {"soap": quantity}, day=DAY)
        found = self.bases()
        self.assertEqual(found["Sub A", "soap"], (6.88, 1739.38))
        self.assertEqual(found["Other sub of A", "soap"], (4.13, 1043.63))

    def test_explanation_tells_the_share(self):
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        self.make_order(self.sub_a, {"soap": 80}, day=DAY)
        sale = self.env["channel.statement.sale"].search(
            [("statement_id", "in", self.statements_of().ids), ("reason", "=", "unavailable")]
        )
        self.assertRecordValues(
            sale, [{"quantity": 80, "base_quantity": 60, "amount": 20240, "base_amount": 15180}]
        )
        self.assertIn("75.00 % counts", sale.explanation)

    def test_nothing_there(self):
        self.make_order(self.sub_a, {"soap": 80}, day=DAY)
        self.assertEqual(self.soap_of(self.sub_a), (0, 0))
        self.assertEqual(self.soap_of(self.sub_b), self.soap(40))

    def test_returns_of_the_dealer_until_the_end_of_the_period(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        self.make_order(self.sub_a, {"soap": 50}, day=DAY)
        self.reverse(invoice, SECOND, quantity=30)
        self.assertEqual(self.soap_of(self.sub_a), self.soap(50))
        self.reverse(invoice, date(2025, 3, 31), quantity=20)
        self.assertEqual(self.soap_of(self.sub_a), self.soap(40))

    def test_what_was_counted_before_is_gone(self):
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        self.make_order(self.sub_a, {"soap": 80}, day=DAY)  # 60 of them count
        self.make_invoice(self.dealer_a, {"soap": 30}, day=SECOND)
        self.make_order(self.sub_a, {"soap": 40}, day=SECOND)
        self.assertEqual(self.soap_of(self.sub_a, self.next_period), self.soap(30))
        self.settle()
        self.assertEqual(self.soap_of(self.sub_a, self.next_period), self.soap(30))

    def test_what_comes_back_is_there_again(self):
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        order = self.make_order(self.sub_a, {"soap": 60}, day=DAY)
        self.make_order(self.sub_a, {"soap": 10}, day=SECOND)
        self.assertEqual(self.soap_of(self.sub_a, self.next_period), (0, 0))
        self.make_return(order, {"soap": 6}, day=SECOND)
        self.assertEqual(self.soap_of(self.sub_a, self.next_period), self.soap(6))
        self.assertEqual(self.soap_of(self.sub_a), self.soap(54))

    def test_a_count_begins_anew(self):
        """What was sold before it is compared with what there was before it."""
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        self.make_order(self.sub_a, {"soap": 50}, day=DAY)
        self.make_count(self.dealer_a, "soap", 4, day=date(2025, 3, 1))
        self.make_order(self.sub_a, {"soap": 8}, day=date(2025, 3, 1))
        self.assertEqual(self.soap_of(self.sub_a), self.soap(54))

    def test_who_has_not_signed_takes_his_part_as_well(self):
        other = self.make_sub("Unsigned", self.dealer_a)
        self.make_invoice(self.dealer_a, {"soap": 60}, day=DAY)
        for sub in (self.sub_a, other):
            self.make_order(sub, {"soap": 60}, day=DAY)
        self.assertEqual(self.soap_of(self.sub_a), self.soap(30))

    def test_sell_out_before_the_first_period_was_never_counted(self):
        self.make_invoice(self.dealer_a, {"soap": 60}, day=date(2024, 12, 1))
        self.make_order(self.sub_a, {"soap": 60}, day=date(2024, 12, 1))
        self.make_order(self.sub_a, {"soap": 60}, day=DAY)
        self.assertEqual(self.soap_of(self.sub_a), self.soap(60))
