from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PRICES, ChannelCase


class OrderChainCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a, cls.dealer_b = (cls.make_dealer(name) for name in ("Dealer A", "Dealer B"))
        cls.sub_s, cls.sub_t = (cls.make_sub(name, cls.dealer_a) for name in ("Sub S", "Sub T"))
        cls.sub_u = cls.make_sub("Sub U", cls.dealer_b)

    def order_of(self, action):
        return self.env["sale.order"].search(action["domain"])


@tagged("post_install", "-at_install")
class TestSellOutRules(OrderChainCase):
    def test_goods_only(self):
        service = self.make_product("advice", 50, type="service")
        self.products["advice"] = service
        with self.refused(r"goods only.*\[ADVICE\] Advice"):
            self.make_order(self.sub_s, {"soap": 1, "advice": 1}, confirm=False)
        order = self.make_order(self.sub_s, {"soap": 1})
        with self.refused(f"goods only. Take out of {order.name}"):
            order.order_line = [Command.create({"product_id": service.id})]
        with self.refused("goods only"):
            order.order_line.product_id = service
        self.assertTrue(self.make_order(self.dealer_a, {"advice": 1}))

    def test_customer_with_services_does_not_become_sell_out(self):
        self.products["advice"] = self.make_product("advice", 50, type="service")
        order = self.make_order(self.dealer_a, {"advice": 1}, confirm=False)
        with self.refused("goods only"):
            order.partner_id = self.sub_s
            order.flush_recordset()

    def test_sections_and_notes_are_welcome(self):
        order = self.make_order(self.sub_s, {"soap": 1}, confirm=False)
        order.order_line = [Command.create({"display_type": "line_note", "name": "By truck"})]
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_channel_date_is_kept_through_confirmation(self):
        order = self.make_order(self.sub_s, {"soap": 1}, day=date(2025, 3, 31))
        self.assertEqual(order.channel_order_date, date(2025, 3, 31))
        self.assertEqual(order.date_order.date(), fields.Date.today())

    def test_channel_date_is_needed_and_not_to_come(self):
        tomorrow = fields.Date.today() + timedelta(days=2)
        with self.refused("lies in the future"):
            self.make_order(self.sub_s, {"soap": 1}, day=tomorrow)
        with self.refused("needs a channel date"):
            self.make_order(self.sub_s, {"soap": 1}, day=False)
        self.assertTrue(self.make_order(self.dealer_a, {"soap": 1}, day=tomorrow))

    def test_channel_date_stays_once_settled(self):
        self.sign(self.make_agreement(self.dealer_a, {"soap": "4"}))
        self.sign(self.make_agreement(self.sub_s, {"soap": "1"}))
        order, other = (self.make_order(sub, {"soap": 1}) for sub in (self.sub_s, self.sub_u))
        settlement = self.compute()
        order.channel_order_date = date(2025, 2, 2)
        order.channel_order_date = date(2025, 2, 1)
        self.as_role("keeper", settlement).action_approve()
        with self.refused(f"{order.name} was settled with 2025-Q1"):
            self.as_role("salesperson", order | other).write(
                {"channel_order_date": date(2025, 4, 1)}
            )
        other.channel_order_date = date(2025, 4, 1)
        self.as_role("keeper", settlement).action_reverse()
        order.channel_order_date = date(2025, 4, 1)

    def test_confirmed_order_keeps_its_customer(self):
        order, plain = (
            self.make_order(self.sub_s, {"soap": 1}),
            self.env["res.partner"].create({"name": "Shop"}),
        )
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub_s.id})
        for customer in (self.dealer_a, self.sub_t, plain):
            with self.subTest(customer.name), self.refused("confirmed, so its customer stays"):
                order.partner_id = customer
        order.partner_id = contact
        ordinary = self.make_order(plain, {"soap": 1})
        with self.refused("confirmed, so its customer stays"):
            ordinary.partner_id = self.sub_s

    def test_order_screens_group_by_dealer_and_territory(self):
        east = self.env["channel.territory"].create({"name": "East"})
        self.dealer_a.channel_territory_id = east
        orders = self.env["sale.order"].union(
            *(self.make_order(p, {"soap": 1}) for p in (self.dealer_a, self.sub_s, self.sub_u))
        )
        groups = self.model("salesperson", "sale.order")._read_group(
            [("id", "in", orders.ids)], ["channel_dealer_id"], ["__count"]
        )
        self.assertEqual(
            {dealer.name: count for dealer, count in groups}, {"Dealer A": 2, "Dealer B": 1}
        )
        self.assertEqual(orders.mapped("channel_territory_id"), east)


@tagged("post_install", "-at_install")
class TestReturns(OrderChainCase):
    def return_of(self, order, quantities=None):
        """Return a draft return of an order, made by the button."""
        back = self.order_of(self.as_role("salesperson", order).action_channel_return())
        for line in back.order_line if quantities else ():
            line.product_uom_qty = quantities[line.product_id.name.lower()]
        return back

    def test_button_returns_what_has_not_come_back(self):
        order = self.make_order(self.sub_s, {"soap": 5, "shampoo": 2})
        order.order_line[0].write({"price_unit": 260, "discount": 10})
        back = self.return_of(order, {"soap": -3, "shampoo": 0})
        self.assertEqual((back.channel_origin_order_id, back.channel_tier), (order, "sell_out"))
        self.assertEqual(back.order_line[0].price_unit, 260)
        self.assertEqual(back.order_line[0].price_subtotal, -3 * 234)
        self.assertEqual(self.return_of(order), back, "the draft there is, is opened")
        back.action_confirm()
        rest = self.return_of(order)
        self.assertEqual(rest.order_line.mapped("product_uom_qty"), [-2, -2])
        rest.action_confirm()
        self.assertEqual(order.channel_return_count, 2)
        with self.refused(f"Everything of {order.name} has come back"):
            self.return_of(order)

    def test_two_orders_at_once(self):
        orders = self.make_order(self.sub_s, {"soap": 5}) | self.make_order(self.sub_u, {"soap": 1})
        backs = self.return_of(orders)
        self.assertEqual(backs.channel_origin_order_id, orders)
        backs.action_confirm()
        self.assertEqual(sorted(backs.order_line.mapped("product_uom_qty")), [-5, -1])

    def test_dozens_come_back_as_dozens(self):
        order = self.make_order(self.sub_s, {"soap": 2}, confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        back = self.return_of(order)
        self.assertEqual(back.order_line.product_uom_qty, -2)
        self.assertEqual(back.order_line.product_uom_id, order.order_line.product_uom_id)

    def test_each_line_comes_back_at_its_own_price(self):
        order = self.make_order(self.sub_s, {"soap": 5}, confirm=False)
        order.order_line.copy({"order_id": order.id, "price_unit": 300})
        order.action_confirm()
        back = self.return_of(order, {"soap": -1})
        self.assertEqual(back.order_line.mapped("price_unit"), [253, 300])

    def test_typed_return_takes_the_price_of_its_original(self):
        order = self.make_order(self.sub_s, {"soap": 5})
        order.order_line.write({"price_unit": 300, "discount": 5})
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = self.sub_s
            form.channel_origin_order_id = order
            with form.order_line.new() as line:
                line.product_id = self.products["soap"]
                line.product_uom_qty = -1
        self.assertEqual(form.record.order_line.price_subtotal, -285)

    def test_return_names_its_original(self):
        with self.refused("has negative quantities, as a return: name the order"):
            self.make_order(self.sub_s, {"soap": -1})
        order = self.make_order(self.sub_s, {"soap": 1})
        with self.refused("name the order that it returns"):
            order.order_line.product_uom_qty = -1

    def test_return_is_negative_throughout(self):
        order = self.make_order(self.sub_s, {"soap": 5, "shampoo": 5})
        with self.refused("quantities have to be negative"):
            self.return_of(order, {"soap": -1, "shampoo": 1}).action_confirm()

    def test_no_more_comes_back_than_went_out(self):
        order = self.make_order(self.sub_s, {"soap": 5})
        with self.refused(r"More \[SOAP\] Soap would be returned .*: 1.0 too many"):
            self.return_of(order, {"soap": -6}).action_confirm()
        back = self.return_of(order)
        back.action_confirm()
        with self.refused("1.0 too many"):
            back.order_line.product_uom_qty = -6
        with self.refused("too many"):
            order.order_line.product_uom_qty = 4
        with self.refused(rf"has returns \({back.name}\): cancel them first"):
            order._action_cancel()
        back._action_cancel()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")

    def test_return_of_what_was_never_sold(self):
        order = self.make_order(self.sub_s, {"soap": 5})
        back = self.return_of(order)
        back.order_line = [
            Command.create({"product_id": self.products["shampoo"].id, "product_uom_qty": -1})
        ]
        with self.refused(r"More \[SHAMPOO\]"):
            back.action_confirm()

    def test_return_has_the_same_partners_and_a_later_day(self):
        order = self.make_order(self.sub_s, {"soap": 5}, day=date(2025, 2, 2))
        for sub, day, pattern in (
            (self.sub_t, date(2025, 2, 3), "which Sub S bought from Dealer A"),
            (self.sub_u, date(2025, 2, 3), "which Sub S bought from Dealer A"),
            (self.sub_s, date(2025, 2, 1), "can't be returned before"),
        ):
            with self.subTest(sub.name), self.refused(pattern):
                self.make_order(sub, {"soap": -1}, day=day, channel_origin_order_id=order.id)

    def test_only_confirmed_sell_out_is_returned(self):
        draft = self.make_order(self.sub_s, {"soap": 5}, confirm=False)
        sell_in = self.make_order(self.dealer_a, {"soap": 5})
        for order in (draft, sell_in):
            with self.refused("only a confirmed sell-out order can"):
                self.return_of(order)
            with self.refused("which is no confirmed sell-out order"):
                self.make_order(self.sub_s, {"soap": -1}, channel_origin_order_id=order.id)

    def test_return_lowers_the_settled_base(self):
        for partner, rate in ((self.dealer_a, "4"), (self.sub_s, "1")):
            self.sign(self.make_agreement(partner, {"soap": rate}))
        self.make_count(self.dealer_a, "soap", 5)
        order = self.make_order(self.sub_s, {"soap": 5})
        back = self.return_of(order, {"soap": -2})
        back.channel_order_date = date(2025, 3, 1)
        back.action_confirm()
        statement = self.statement_of(self.compute(), self.sub_s)
        self.assertEqual(statement.base_amount, 3 * PRICES["soap"])


@tagged("post_install", "-at_install")
class TestReplenishment(OrderChainCase):
    def replenish(self, orders, role="salesperson"):
        return self.order_of(self.as_role(role, orders).action_channel_replenish())

    def test_one_step_makes_or_opens_the_dealers_order(self):
        order = self.make_order(self.sub_s, {"soap": 5, "shampoo": 2})
        made = self.replenish(order)
        self.assertEqual((made.partner_id, made.channel_tier), (self.dealer_a, "sell_in"))
        self.assertEqual((made.state, made.origin), ("draft", order.name))
        self.assertEqual(
            {line.product_id.name: line.product_uom_qty for line in made.order_line},
            {"Soap": 5, "Shampoo": 2},
        )
        self.assertEqual((order.channel_replenishment_id, made.channel_sell_out_ids), (made, order))
        self.assertEqual(self.replenish(order), made)
        made._action_cancel()
        self.assertNotEqual(self.replenish(order), made)

    def test_orders_of_a_dealer_go_together(self):
        orders = self.env["sale.order"].union(
            *(self.make_order(sub, {"soap": 5}) for sub in (self.sub_s, self.sub_t, self.sub_u))
        )
        made = self.replenish(orders)
        self.assertEqual(made.partner_id, self.dealer_a | self.dealer_b)
        for_a = made.filtered(lambda order: order.partner_id == self.dealer_a)
        self.assertEqual(for_a.order_line.product_uom_qty, 10)
        self.assertEqual(for_a.channel_sell_out_count, 2)

    def test_units_stay_apart(self):
        order = self.make_order(self.sub_s, {"soap": 2}, confirm=False)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        order.action_confirm()
        made = self.replenish(order | self.make_order(self.sub_s, {"soap": 5}))
        self.assertEqual(
            {line.product_uom_id.name: line.product_uom_qty for line in made.order_line},
            {"Dozens": 2, "Units": 5},
        )

    def test_only_confirmed_sell_out_is_replenished(self):
        sell_in = self.make_order(self.dealer_a, {"soap": 1})
        draft = self.make_order(self.sub_s, {"soap": 1}, confirm=False)
        good = self.make_order(self.sub_s, {"soap": 1})
        with self.refused(f"not {sell_in.name}, {draft.name}"):
            self.replenish(sell_in | draft | good)
        self.assertFalse(good.channel_replenishment_id)

    def test_holders_look_and_do_not_order(self):
        order = self.make_order(self.sub_s, {"soap": 1})
        with self.assertRaises(AccessError):
            self.replenish(order, role="keeper")


@tagged("post_install", "-at_install")
class TestMoreThanTheDealerHas(OrderChainCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_invoice(cls.dealer_a, dict.fromkeys(PRICES, 100))

    def test_it_is_said_while_typing(self):
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = self.sub_s
            with form.order_line.new() as line:
                line.product_id = self.products["soap"]
                line.product_uom_qty = 100
            self.assertFalse(form.channel_shortage)
            with form.order_line.new() as line:
                line.product_id = self.products["soap"]
                line.product_uom_qty = 1
            self.assertIn(
                "Soap: 101 Units ordered, Dealer A should have 100", form.channel_shortage
            )

    def test_too_much_is_marked_and_not_refused(self):
        fine = self.make_order(self.sub_s, {"soap": 60})
        much = self.make_order(self.sub_t, {"soap": 41, "shampoo": 1})
        self.assertEqual((much.state, fine.channel_is_short), ("sale", False))
        self.assertTrue(much.channel_is_short)
        self.assertEqual(
            much.channel_shortage, "[SOAP] Soap: 41 Units ordered, Dealer A should have 40"
        )
        self.as_role("salesperson", much | fine).action_channel_looked_at()
        self.assertFalse(much.channel_is_short)
        self.assertIn("Looked at", much.message_ids[0].body)

    def test_in_a_batch_the_latest_order_is_marked(self):
        orders = self.env["sale.order"].union(
            *(
                self.make_order(sub, {"soap": 60}, day=date(2025, 2, day), confirm=False)
                for sub, day in ((self.sub_s, 9), (self.sub_t, 8))
            )
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("channel_is_short"), [True, False])

    def test_later_changes_are_looked_at_too(self):
        order = self.make_order(self.sub_s, {"soap": 60})
        order.order_line.product_uom_qty = 101
        self.assertTrue(order.channel_is_short)
        other = self.make_order(self.sub_u, {"soap": 0})
        self.assertFalse(other.channel_is_short)
        other.order_line = [
            Command.create({"product_id": self.products["soap"].id, "product_uom_qty": 1})
        ]
        self.assertTrue(other.channel_is_short, "dealer B has bought nothing")

    def test_our_own_sales_are_not_marked(self):
        order = self.make_order(self.dealer_a, {"soap": 1000})
        self.assertEqual((order.channel_is_short, order.channel_shortage), (False, False))
