"""Sell-out orders that look like a breach are reported, for a person to decide."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from psycopg2 import OperationalError

from .test_territories import DAY, TerritoryCase


class DetectionCase(TerritoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.env["channel.incident.type"]
        for breach in {"diversion", "undercutting"} - set(types.search([]).mapped("breach")):
            types.create({"name": breach.capitalize(), "breach": breach})
        cls.north, cls.south = cls.make_territory("North", "31"), cls.make_territory("South", "32")
        cls.dealer_a = cls.make_dealer("Dealer A", channel_territory_id=cls.north.id)
        cls.dealer_b = cls.make_dealer("Dealer B", channel_territory_id=cls.south.id)
        cls.sub = cls.make_sub("Sub", cls.dealer_a, zip="31100", city="Northville")
        cls.shop_in_south = cls.make_address("32100", "Southport")

    @classmethod
    def make_address(cls, code, city, sub=None):
        return cls.env["res.partner"].create(
            {
                "name": "Shop",
                "type": "delivery",
                "parent_id": (sub or cls.sub).id,
                "zip": code,
                "city": city,
                "country_id": cls.country.id,
            }
        )

    def order(self, address=None, quantities=None, partner=None, **values):
        partner = partner or self.sub
        order = self.make_order(
            partner,
            quantities or {"soap": 10},
            partner_shipping_id=(address or partner).id,
            **values,
        )
        self.detect()
        return order

    def detect(self):
        """Do what happens before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def incidents_of(self, orders):
        return self.env["channel.incident"].search([("order_id", "in", orders.ids)], order="id")

    def decide(self, incident, state):
        incident._trusted().write({"state": state})
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestDiversionDetected(DetectionCase):
    def test_delivery_outside_of_the_territory(self):
        order = self.order(self.shop_in_south)
        self.assertRecordValues(
            self.incidents_of(order),
            [
                {
                    "partner_id": self.dealer_a.id,
                    "harmed_dealer_id": self.dealer_b.id,
                    "territory_id": self.south.id,
                    "state": "reported",
                    "is_detected": True,
                    "date": DAY,
                    "product_id": self.products["soap"].id,
                    "quantity": 10,
                    "price": 253,
                    "place": "32100 Southport, United States",
                    "reported_by_id": self.env.ref("base.user_root").id,
                }
            ],
        )
        incident = self.incidents_of(order)
        self.assertEqual(incident.type_id.breach, "diversion")
        self.assertIn("the goods went to 32100 Southport, United States", incident.description)
        self.assertFalse(incident.penalty_ids)

    def test_delivery_inside_or_nowhere(self):
        inside, nowhere = (self.make_address(code, "Place") for code in ("31999", "99000"))
        orders = self.order() | self.order(inside) | self.order(nowhere)
        self.assertFalse(self.incidents_of(orders))

    def test_other_territory_of_the_same_dealer(self):
        self.south._change_dealer(self.dealer_a)
        self.assertFalse(self.incidents_of(self.order(self.shop_in_south)))

    def test_dealer_of_the_day(self):
        """What was his on the day of the order stays so."""
        self.south._change_dealer(self.dealer_a)
        self.south._change_dealer(self.dealer_b, DAY)
        before, after = (
            self.order(self.shop_in_south, day=day) for day in (date(2025, 1, 31), DAY)
        )
        self.assertFalse(self.incidents_of(before))
        self.assertEqual(self.incidents_of(after).harmed_dealer_id, self.dealer_b)

    def test_who_is_no_dealer_any_more(self):
        order = self.order(confirm=False)
        order.action_confirm()
        self.detect()
        self.dealer_b.channel_role = False
        order.partner_shipping_id = self.shop_in_south
        self.detect()
        self.assertFalse(self.incidents_of(order))

    def test_whoever_cannot_be_harmed_any_more(self):
        """The breach stays one: who had the territory is a sub-distributor now, or elsewhere."""
        other = self.env["res.company"].create({"name": "Other"})
        below = {"channel_role": "sub_distributor", "channel_dealer_id": self.dealer_a.id}
        for values in ({"company_id": other.id}, {"company_id": False, **below}):
            with self.subTest(values):
                self.dealer_b.write(values)
                incident = self.incidents_of(self.order(self.shop_in_south))
                self.assertEqual(incident.territory_id, self.south)
                self.assertFalse(incident.harmed_dealer_id)
                incident.write({"territory_id": False, "harmed_dealer_id": False})
                incident.territory_id = self.south
                self.assertFalse(incident.harmed_dealer_id)

    def test_sales_go_on(self):
        """What can't be reported is logged and taken back; errors of the database go through."""
        logger = "odoo.addons.channel_rebate"
        with self.calling_keepers(UserError("Broken")), self.assertLogs(logger) as logs:
            order = self.order(self.shop_in_south)
        self.assertIn("Broken", logs.output[0])
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.incidents_of(order))
        with self.calling_keepers(OperationalError), self.assertRaises(OperationalError):
            self.order(self.shop_in_south)

    def calling_keepers(self, error):
        incidents = self.env.registry["channel.incident"]
        return patch.object(incidents, "_call_keepers", side_effect=error)

    @freeze_time("2025-03-01 20:00:00")
    def test_it_is_tomorrow_already(self):
        """The day is that of whoever confirms."""
        order = self.order(self.shop_in_south, confirm=False, day=date(2025, 3, 2))
        order.with_context(tz="Asia/Shanghai").action_confirm()
        self.detect()
        self.assertEqual(self.incidents_of(order).date, date(2025, 3, 2))

    def test_territory_without_a_dealer(self):
        self.south._change_dealer(self.env["res.partner"])
        self.assertFalse(self.incidents_of(self.order(self.shop_in_south)))

    def test_foreign_sub_distributor(self):
        """One report, even if the goods went there as well."""
        stray = self.make_sub("Stray", self.dealer_a, zip="32555")
        near = self.make_address("31100", "Northville", stray)
        orders = self.order(partner=stray) | self.order(near, partner=stray)
        incidents = self.incidents_of(orders)
        self.assertEqual(incidents.order_id, orders)
        self.assertEqual(len(incidents), 2)
        self.assertEqual(incidents.partner_id, self.dealer_a)
        self.assertEqual(incidents.harmed_dealer_id, self.dealer_b)
        self.assertIn("who is in South, the territory of Dealer B", incidents[1].description)

    def test_territory_that_was_chosen(self):
        """Whoever puts him into his dealer's territory has allowed it."""
        stray = self.make_sub(
            "Stray", self.dealer_a, zip="32555", channel_territory_id=self.north.id
        )
        self.assertFalse(self.incidents_of(self.order(partner=stray)))
        self.sub.channel_territory_id = self.south
        self.assertEqual(self.incidents_of(self.order()).harmed_dealer_id, self.dealer_b)

    def test_neither_quotations_nor_sell_in_nor_returns(self):
        quotation = self.order(self.shop_in_south, confirm=False)
        sell_in = self.order(
            self.make_address("32100", "Southport", self.dealer_a), partner=self.dealer_a
        )
        self.assertFalse(self.incidents_of(quotation | sell_in))
        order = self.order(self.shop_in_south)
        back = self.make_return(order, {"soap": 5})
        self.detect()
        self.assertFalse(self.incidents_of(back))

    def test_switched_off(self):
        self.company.channel_detect_incidents = False
        self.assertFalse(self.incidents_of(self.order(self.shop_in_south)))

    def test_without_a_type(self):
        self.env["channel.incident.type"].search([]).active = False
        self.assertFalse(self.incidents_of(self.order(self.shop_in_south)))

    def test_salesperson_and_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_territory("Theirs", "31", company_id=other.id, dealer_id=self.dealer_b.id)
        orders = self.order(confirm=False) | self.order(self.shop_in_south, confirm=False)
        self.as_role("salesperson", orders).action_confirm()
        self.detect()
        self.assertEqual(self.incidents_of(orders).order_id, orders[1])
        self.assertEqual(self.incidents_of(orders).company_id, self.company)


@tagged("post_install", "-at_install")
class TestDetectedOnce(DetectionCase):
    def confirm_again(self, order):
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.detect()

    def test_confirmed_again(self):
        order = self.order(self.shop_in_south)
        self.confirm_again(order)
        self.assertEqual(len(self.incidents_of(order)), 1)

    def test_decided_and_confirmed_again(self):
        for state in ("confirmed", "dismissed"):
            with self.subTest(state):
                order = self.order(self.shop_in_south)
                self.decide(self.incidents_of(order), state)
                self.confirm_again(order)
                order.order_line.product_uom_qty = 5
                self.detect()
                self.assertEqual(self.incidents_of(order).mapped("state"), [state])

    def test_more_goods_after_a_decision(self):
        """A larger quantity, another product, or another place of the same territory."""
        order = self.order(self.shop_in_south)
        line = {"product_id": self.products["shampoo"].id, "product_uom_qty": 1}
        changes = (
            {"order_line": [Command.update(order.order_line.id, {"product_uom_qty": 20})]},
            {"order_line": [Command.create(line)]},
            {"partner_shipping_id": self.make_address("32200", "Southville").id},
        )
        for number, values in enumerate(changes, start=1):
            self.decide(self.incidents_of(order), "confirmed")
            order.write(values)
            self.detect()
            states = self.incidents_of(order).mapped("state")
            self.assertEqual(states, [*["confirmed"] * number, "reported"])

    def test_report_follows_the_order(self):
        order = self.order(self.shop_in_south)
        order.order_line.product_uom_qty = 20
        self.detect()
        incident = self.incidents_of(order)
        self.assertEqual(incident.quantity, 20)
        self.assertIn("The order has changed", incident.message_ids[0].body)

    def test_what_somebody_has_entered_stays(self):
        order = self.order(self.shop_in_south)
        incident = self.incidents_of(order)
        entered = {
            "note": "I was there",
            "harmed_dealer_id": self.make_dealer("Dealer C").id,
        }
        self.as_role("keeper", incident).write(entered)
        for quantity in (20, 30):
            order.order_line.write({"product_uom_qty": quantity, "price_unit": 200 + quantity / 3})
            self.detect()
            self.assertEqual(incident.quantity, quantity)
            self.assertAlmostEqual(incident.price, 200 + quantity / 3, 2)
            self.assertRecordValues(incident, [entered])

    def test_address_changed_after_confirmation(self):
        order = self.order()
        order.partner_shipping_id = self.shop_in_south
        self.detect()
        incident = self.incidents_of(order)
        self.assertEqual(incident.territory_id, self.south)
        order.partner_shipping_id = self.sub
        self.detect()
        self.assertEqual(incident.state, "reported")
        self.assertIn("would not be reported any more", incident.message_ids[0].body)

    def test_cancelled(self):
        order = self.order(self.shop_in_south)
        order.action_cancel()
        self.detect()
        self.detect()
        notes = self.incidents_of(order).message_ids.filtered(lambda note: "cancelled" in note.body)
        self.assertEqual(len(notes), 1)

    def test_elsewhere_after_a_decision(self):
        order = self.order(self.shop_in_south)
        self.decide(self.incidents_of(order), "dismissed")
        dealer_c = self.make_dealer("Dealer C")
        self.make_territory("West", "33", dealer_id=dealer_c.id)
        order.partner_shipping_id = self.make_address("33000", "Westport")
        self.detect()
        self.assertEqual(self.incidents_of(order).mapped("state"), ["dismissed", "reported"])
        self.assertEqual(self.incidents_of(order)[1].harmed_dealer_id, dealer_c)

    def queries_of(self, count, address):
        orders = self.env["sale.order"].union(
            *(self.make_order(self.sub, {"soap": 1}, confirm=False) for _number in range(count))
        )
        orders.partner_shipping_id = address
        self.as_role("salesperson", orders).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.detect()
        self.assertEqual(len(self.incidents_of(orders)), count if address != self.sub else 0)
        return self.env.cr.sql_log_count - before

    def test_batch(self):
        """Looking costs the same for many orders as for two; only reports cost something each."""
        self.queries_of(2, self.sub)
        self.assertEqual(self.queries_of(2, self.sub), self.queries_of(60, self.sub))


@tagged("post_install", "-at_install")
class TestUndercuttingDetected(DetectionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor = cls.env["product.pricelist"].create(
            {
                "name": "Floor",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "compute_price": "fixed",
                            "fixed_price": product.list_price,
                        }
                    )
                    for product in cls.products.values()
                ],
            }
        )
        cls.company.write(
            {"channel_floor_pricelist_id": cls.floor.id, "channel_floor_sell_out": "warn"}
        )

    def order_at(self, price, quantities=None, confirm=True):
        order = self.order(quantities=quantities, confirm=False)
        order.order_line[0].price_unit = price
        if confirm:
            order.action_confirm()
        self.detect()
        return order

    def test_floor_that_warns(self):
        order = self.order_at(240)
        incident = self.incidents_of(order)
        self.assertRecordValues(
            incident,
            [
                {
                    "partner_id": self.dealer_a.id,
                    "product_id": self.products["soap"].id,
                    "quantity": 10,
                    "price": 240,
                    "harmed_dealer_id": False,
                }
            ],
        )
        self.assertEqual(incident.type_id.breach, "undercutting")
        self.assertIn("Net price 240.00 USD is below the floor of 253.00 USD", incident.description)

    def test_at_the_floor(self):
        self.assertFalse(self.incidents_of(self.order_at(253)))

    def test_floor_that_is_off(self):
        self.company.channel_floor_sell_out = "off"
        self.assertFalse(self.incidents_of(self.order_at(240)))

    def test_several_lines_are_one_report(self):
        order = self.order(quantities={"soap": 1, "shampoo": 1, "toothpaste": 1}, confirm=False)
        order.order_line[:2].price_unit = 100
        order.action_confirm()
        self.detect()
        incident = self.incidents_of(order)
        self.assertEqual(len(incident), 1)
        self.assertFalse(incident.product_id)
        self.assertEqual(incident.description.count("below the floor of"), 2)

    def test_discount(self):
        order = self.order(confirm=False)
        order.order_line.discount = 10
        order.action_confirm()
        self.detect()
        self.assertEqual(self.incidents_of(order).price, 227.7)

    def test_passed_by_an_approver(self):
        self.company.channel_floor_sell_out = "block"
        order = self.order_at(240, confirm=False)
        self.users["sales_manager"].group_ids += self.env.ref("channel_rebate.group_floor_approver")
        self.as_role("sales_manager", order)._pass_price_limits("Old stock")
        order.action_confirm()
        self.detect()
        incident = self.incidents_of(order)
        self.assertIn("Old stock", incident.message_ids[0].body)
        self.assertNotIn("Old stock", incident.description)
        self.assertFalse(self.incidents_of(self.order_at(253)))

    def test_price_changed_after_confirmation(self):
        order = self.order_at(253)
        order.order_line.price_unit = 230
        self.detect()
        self.assertEqual(self.incidents_of(order).price, 230)

    def test_still_lower_after_a_decision(self):
        order = self.order_at(240)
        self.decide(self.incidents_of(order), "dismissed")
        order.order_line.price_unit = 100
        self.detect()
        self.assertEqual(self.incidents_of(order).mapped("state"), ["dismissed", "reported"])

    def test_more_of_it_after_a_decision(self):
        order = self.order_at(240)
        for quantity, states in ((5, ["dismissed"]), (20, ["dismissed", "reported"])):
            self.decide(self.incidents_of(order), "dismissed")
            order.order_line.product_uom_qty = quantity
            self.detect()
            self.assertEqual(self.incidents_of(order).mapped("state"), states)

    def test_both_breaches_are_two_reports(self):
        order = self.order(self.shop_in_south, confirm=False)
        order.order_line.price_unit = 240
        order.action_confirm()
        self.detect()
        breaches = self.incidents_of(order).mapped("type_id.breach")
        self.assertEqual(sorted(breaches), ["diversion", "undercutting"])
