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

    def test_goods_are_no_down_payment(self):
        order = self.make_order(self.sub_s, {"soap": 1})
        with self.refused("is a sell-out order: the dealer invoices it"):
            self.as_role("salesperson", order.order_line).is_downpayment = True

    def test_lines_stay_on_their_order(self):
        """Moved to another order a line would begin or stop to count."""
        sell_out, other = (self.make_order(sub, {"soap": 1}) for sub in (self.sub_s, self.sub_t))
        shop = self.env["res.partner"].create({"name": "Shop"})
        plain = self.make_order(shop, {"soap": 1}, confirm=False)
        for line, order in (
            (plain.order_line, sell_out),
            (sell_out.order_line, plain),
            (sell_out.order_line, other),
        ):
            with self.refused("lines don't move between orders"):
                self.as_role("salesperson", line).order_id = order
        sell_out.order_line.order_id = sell_out

    def test_what_we_have_invoiced_does_not_become_sell_out(self):
        shop = self.env["res.partner"].create({"name": "Shop"})
        order = self.make_order(shop, {"soap": 1})
        order._create_invoices().action_post()
        order._action_cancel()
        order.action_draft()
        with self.refused(r"has invoices \(INV.*make a new one"):
            order.partner_id = self.sub_s
            order.flush_recordset()

    def test_invoice_lines_are_not_linked_to_sell_out(self):
        order = self.make_order(self.sub_s, {"soap": 1})
        with self.refused(f"{order.name} is a sell-out order"):
            self.make_invoice(self.dealer_a, {"soap": 1}).invoice_line_ids.write(
                {"sale_line_ids": order.order_line.ids}
            )

    def test_customer_and_invoice_address_are_the_same(self):
        shop = self.env["res.partner"].create({"name": "Shop"})
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.dealer_a.id})
        for customer, address in ((shop, self.dealer_a), (self.dealer_a, self.dealer_b)):
            with self.refused(f"of {customer.name} would be invoiced to {address.name}"):
                self.make_order(customer, {"soap": 1}, partner_invoice_id=address.id)
        self.make_order(self.dealer_a, {"soap": 1}, partner_invoice_id=contact.id)

    def test_goods_that_were_sold_out_stay_goods(self):
        self.make_order(self.sub_s, {"soap": 1})
        with self.refused("stands as goods on the sell-out order"):
            self.products["soap"].type = "service"
        self.products["shampoo"].type = "service"

    def test_goods_that_became_a_service_are_not_confirmed(self):
        order = self.make_order(self.sub_s, {"soap": 1}, confirm=False)
        self.products["soap"].type = "service"
        with self.refused("goods only"):
            order.action_confirm()

    def test_line_is_set_to_nothing_whatever_the_floor_by_then(self):
        floor = self.env["product.pricelist"].create(
            {
                "name": "Floor",
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 1000})],
            }
        )
        order = self.make_order(self.sub_s, {"soap": 5, "shampoo": 1})
        self.company.write(
            {"channel_floor_pricelist_id": floor.id, "channel_floor_sell_out": "block"}
        )
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 0])

    def test_combination_is_the_goods_it_is_made_of(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Bath",
                "combo_item_ids": [Command.create({"product_id": self.products["soap"].id})],
            }
        )
        product = self.make_product("set", 253, type="combo", combo_ids=combo.ids)
        order = self.make_order(self.sub_s, {"soap": 5}, confirm=False)
        order.order_line = [Command.create({"product_id": product.id, "product_uom_qty": 5})]
        order.action_confirm()
        rows = self.env["channel.analysis"].search([("order_id", "=", order.id)])
        self.assertEqual(rows.product_id, self.products["soap"])

    def test_other_currency_counts_at_the_rate_of_the_channel_date(self):
        currency = self.env["res.currency"].create({"name": "XCH", "symbol": "X"})
        for day, rate in ((date(2025, 1, 1), 0.5), (date(2025, 6, 1), 1.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": currency.id})
        order = self.make_order(self.sub_s, {"soap": 10}, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        [row] = self.env["channel.analysis"].search([("order_id", "=", order.id)])
        self.assertAlmostEqual(row.amount, 5060)

    def test_portal_does_not_learn_what_the_dealer_has(self):
        order = self.make_order(self.sub_s, {"soap": 5})
        user = self.make_portal_user(self.sub_s)
        order.message_subscribe(user.partner_id.ids)
        seen = order.with_user(user)
        self.assertNotIn("channel_is_short", seen.fields_get())
        for field_name in ("channel_is_short", "channel_shortage"):
            with self.subTest(field_name), self.assertRaises(AccessError):
                seen.read([field_name])

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
        with self.refused(r"More \[SOAP\] Soap would be returned .*: 1 too many"):
            self.return_of(order, {"soap": -6}).action_confirm()
        back = self.return_of(order)
        back.action_confirm()
        with self.refused("1 too many"):
            back.order_line.product_uom_qty = -6
        with self.refused("too many"):
            order.order_line.product_uom_qty = 4
        with self.refused(rf"has returns \({back.name}\): cancel them first"):
            order._action_cancel()
        back._action_cancel()
        order._action_cancel()
        self.assertEqual(order.state, "cancel")

    def make_mixed_order(self):
        """Return an order of ten at their price and two for nothing."""
        order = self.make_order(self.sub_s, {"soap": 10}, confirm=False)
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 2, "price_unit": 0})
        order.action_confirm()
        return order

    def test_lines_of_the_same_goods_come_back_each_for_itself(self):
        order = self.make_mixed_order()
        back = self.return_of(order)
        self.assertEqual(back.amount_untaxed, -2530)
        back.order_line[1].unlink()
        back.order_line.product_uom_qty = -3
        back.action_confirm()
        rest = self.return_of(order)
        self.assertEqual(rest.order_line.mapped("product_uom_qty"), [-7, -2])
        rest.action_confirm()
        self.assertEqual((back | rest).mapped("amount_untaxed"), [-759, -1771])

    def test_paid_goods_do_not_come_back_as_free_ones(self):
        order = self.make_mixed_order()
        back = self.return_of(order)
        back.order_line[0].unlink()
        back.order_line.product_uom_qty = -12
        with self.refused(r"More \[SOAP\] Soap would be returned than a line .*: 10 too many"):
            back.action_confirm()

    def test_copied_return_gives_no_more_back(self):
        order = self.make_mixed_order()
        copy = self.return_of(order).copy({"channel_origin_order_id": order.id})
        with self.refused("comes back at the price"):
            copy.action_confirm()
        copy.order_line[1].write({"price_unit": 253, "discount": 0})
        with self.refused("2 too many"):
            copy.action_confirm()

    def test_return_in_another_currency(self):
        currency = self.env["res.currency"].create({"name": "XCH", "symbol": "X"})
        for day, rate in ((date(2025, 1, 1), 0.5), (date(2025, 3, 1), 1.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": currency.id})
        order = self.make_order(self.sub_s, {"soap": 10}, pricelist_id=pricelist.id)
        with self.refused("has another currency than .* Choose a pricelist in XCH"):
            self.make_order(self.sub_s, {"soap": -10}, channel_origin_order_id=order.id)
        back = self.make_return(order, {"soap": 10}, day=date(2025, 3, 2))
        rows = self.env["channel.analysis"].search([("order_id", "in", (order | back).ids)])
        self.assertEqual(rows.mapped("amount"), [-5060, 5060])

    def test_goods_come_back_at_their_price(self):
        """Else the sub-distributor would keep the rebate of what he has returned."""
        order = self.make_order(self.sub_s, {"soap": 5})
        tax = self.env["account.tax"].create({"name": "T", "amount": 5})
        for values in ({"price_unit": 0.01}, {"discount": 50}, {"tax_ids": tax.ids}):
            back = self.return_of(order)
            with self.subTest(values), self.refused("comes back at the price.*253.00, 0 %"):
                back.order_line.write(values)
                back.action_confirm()
        back.action_confirm()
        with self.refused("comes back at the price"):
            self.as_role("salesperson", back.order_line).price_unit = 0.01
        with self.refused("comes back at the price"):
            self.as_role("salesperson", order.order_line).price_unit = 0.01

    def test_goods_go_back_to_whom_they_came_from(self):
        order = self.make_order(self.sub_s, {"soap": 5}, day=date(2025, 3, 1))
        self.sub_s._move_to_channel_dealer(self.dealer_b, date(2025, 4, 1))
        back = self.return_of(order)
        self.assertEqual(back.channel_dealer_id, self.dealer_a)
        back.action_confirm()
        with self.refused("can't be returned before"):
            back.channel_order_date = date(2025, 2, 1)
        with self.refused("a return has the same partners"):
            order.channel_order_date = date(2025, 4, 1)

    def test_only_sell_out_returns_something(self):
        order = self.make_order(self.sub_s, {"soap": 5})
        back = self.return_of(order)
        with self.refused("is no sell-out order, so it can't return"):
            back.partner_id = self.dealer_a
            back.flush_recordset()
        with Form(back) as form:
            form.partner_id = self.sub_t
            self.assertFalse(form.channel_origin_order_id)

    def test_returns_of_others_count(self):
        other = self.users["sales_manager"]
        order = self.make_order(self.sub_s, {"soap": 5})
        self.make_return(order, {"soap": 5}, user_id=other.id)
        seen = self.as_role("salesperson", order)
        seen.mapped("channel_return_ids")
        with self.refused(f"Everything of {order.name} has come back"):
            seen.action_channel_return()

    def test_what_a_unit_does_not_divide_comes_back_in_the_products(self):
        carton = self.env["uom.uom"].create(
            {
                "name": "Carton of 7",
                "relative_factor": 7,
                "relative_uom_id": self.products["soap"].uom_id.id,
            }
        )
        order = self.make_order(self.sub_s, {"soap": 1}, confirm=False)
        order.order_line.write({"product_uom_id": carton.id, "price_unit": 1771})
        order.action_confirm()
        self.make_order(self.sub_s, {"soap": -3}, channel_origin_order_id=order.id)
        back = self.return_of(order)
        self.assertEqual(back.order_line.product_uom_id, self.products["soap"].uom_id)
        self.assertEqual((back.order_line.product_uom_qty, back.amount_untaxed), (-4, -1012))
        back.action_confirm()
        with self.refused("has come back"):
            self.return_of(order)

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

    def test_somebody_elses_replenishment_is_found(self):
        orders = self.make_order(self.sub_s, {"soap": 1}) | self.make_order(self.sub_u, {"soap": 1})
        first = self.replenish(orders[0])
        first.user_id = self.users["sales_manager"]
        made = self.replenish(orders)
        self.assertEqual(orders.channel_replenishment_id, first | made)

    def test_order_that_changes_its_dealer_is_not_replenished_yet(self):
        order, moved = (self.make_order(sub, {"soap": 1}) for sub in (self.sub_s, self.sub_t))
        first = self.replenish(order | moved)
        (order | moved)._action_cancel()
        (order | moved).action_draft()
        self.as_role("salesperson", order).partner_id = self.sub_u
        self.sub_t._move_to_channel_dealer(self.dealer_b, date(2025, 1, 1))
        self.assertFalse((order | moved).channel_replenishment_id)
        (order | moved).action_confirm()
        self.assertEqual(self.replenish(order | moved).partner_id, self.dealer_b)
        self.assertEqual(first.partner_id, self.dealer_a)

    def test_dealer_reorders_for_himself(self):
        order, other = (self.make_order(sub, {"soap": 1}) for sub in (self.sub_s, self.sub_u))
        made = self.replenish(order)
        with self.refused("has to be an order of Dealer A"):
            made.partner_id = self.dealer_b
        for wrong in (other, self.replenish(other)):
            with self.refused("has to be an order of Dealer A"):
                order.channel_replenishment_id = wrong

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
