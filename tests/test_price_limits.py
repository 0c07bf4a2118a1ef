"""Floor and ceiling: which price an order has to keep to, who may pass it, and what it costs."""

from datetime import date, datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import ChannelCase, new_test_user

# What Odoo says to those who may not.
DENIED = "access|allowed"
MARCH, APRIL = date(2025, 3, 20), date(2025, 4, 10)


class PriceLimitCase(ChannelCase):
    """A company whose floor pricelist is still empty, with a dealer and a sub-distributor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer A")
        cls.sub = cls.make_sub("Sub S", cls.dealer)
        cls.soap = cls.products["soap"]
        cls.floor = cls.env["product.pricelist"].create({"name": "Floor", "sequence": 100})
        cls.ceiling = cls.env["product.pricelist"].create({"name": "Ceiling", "sequence": 101})
        cls.set_policies("block")
        cls.company.channel_floor_pricelist_id = cls.floor
        cls.company.channel_ceiling_pricelist_id = cls.ceiling
        cls.approver = new_test_user(
            cls.env, login="test_approver", groups="channel_rebate.group_floor_approver"
        )

    @classmethod
    def set_policies(cls, policy):
        cls.company.write(
            {
                "channel_floor_sell_in": policy,
                "channel_floor_sell_out": policy,
                "channel_ceiling_sell_out": policy,
            }
        )

    @classmethod
    def add_rule(cls, price, pricelist=None, **values):
        """Add a rule for soap, unless ``values`` say otherwise, to the floor."""
        scope = {"product_id": cls.soap.id} if not values.pop("everything", False) else {}
        if {"categ_id", "product_tmpl_id"} & values.keys():
            scope = {}
        return cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": (pricelist or cls.floor).id,
                "compute_price": "fixed",
                "fixed_price": price,
                **scope,
                **values,
            }
        )

    @classmethod
    def make_line(cls, price, quantity=1, product=None, **values):
        return Command.create(
            {
                "product_id": (product or cls.soap).id,
                "product_uom_qty": quantity,
                "price_unit": price,
                **values,
            }
        )

    @classmethod
    def quote(cls, price, quantity=1, partner=None, day=MARCH, *, line=None, **values):
        """Return a quotation of soap, on sell-out unless ``partner`` says otherwise."""
        return cls.make_order(
            partner or cls.sub,
            {},
            day=day,
            confirm=False,
            order_line=[cls.make_line(price, quantity, **(line or {}))],
            **values,
        )

    def assertBlocked(self, orders, pattern="below the floor"):
        with self.refused(pattern, ValidationError):
            orders.action_confirm()

    def assertPasses(self, *args, **kwargs):
        order = self.quote(*args, **kwargs)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def floor_of(self, *args, **kwargs):
        return self.quote(*args, **kwargs).order_line.channel_floor_price


@tagged("post_install", "-at_install")
class TestWhichFloor(PriceLimitCase):
    """The floor of a line, as pricelists do."""

    def test_names_order_product_price_floor_and_remedy(self):
        self.add_rule(253)
        order = self.quote(240)
        self.assertBlocked(
            order,
            rf"{order.name}, \[SOAP\] Soap: Net price 240.00 {order.currency_id.name} is below the "
            rf"floor of 253.00 {order.currency_id.name}\n.*floor approver",
        )
        self.assertPasses(253)

    def test_no_rule_means_no_floor(self):
        """Odoo itself would fall back to the list price."""
        self.assertPasses(0.01)
        self.add_rule(253)
        order = self.quote(1, line={"product": self.products["shampoo"]})
        self.assertFalse(order.order_line.channel_floor_price)
        order.action_confirm()

    def test_quantity_breaks(self):
        self.add_rule(253)
        self.add_rule(240, min_quantity=100)
        self.assertEqual(self.floor_of(1, 99), 253)
        self.assertEqual(self.floor_of(1, 100), 240)
        self.assertBlocked(self.quote(240, 99))
        self.assertPasses(240, 100)

    def test_units(self):
        """Breaks count in the product's unit; the floor is that of the line's."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.add_rule(253)
        self.add_rule(240, min_quantity=24)
        self.assertEqual(self.floor_of(1, 1, line={"product_uom_id": dozen.id}), 253 * 12)
        self.assertBlocked(self.quote(2879.99, 2, line={"product_uom_id": dozen.id}))
        self.assertPasses(2880, 2, line={"product_uom_id": dozen.id})

    def test_currencies(self):
        """A list in another currency counts at the rate of the day that counts."""
        foreign = self.env["res.currency"].create(
            {
                "name": "XFC",
                "symbol": "X",
                "rate_ids": [
                    Command.create({"name": "2025-01-01", "rate": 2}),
                    Command.create({"name": "2025-04-01", "rate": 4}),
                ],
            }
        )
        self.floor.currency_id = foreign
        self.add_rule(500)
        own = self.env["product.pricelist"].create({"name": "In our currency"})
        self.assertEqual(self.floor_of(1, pricelist_id=own.id), 250)
        self.assertEqual(self.floor_of(1, day=APRIL, pricelist_id=own.id), 125)
        self.assertBlocked(self.quote(249.99, pricelist_id=own.id))
        self.assertPasses(250, pricelist_id=own.id)
        # An order in the currency of the list is not converted.
        self.assertEqual(self.floor_of(1, pricelist_id=self.floor.id), 500)

    def test_dates(self):
        """A March order typed in April is held against March's floor."""
        self.add_rule(253, date_end=datetime(2025, 3, 31, 23, 59, 59))
        self.add_rule(270, date_start=datetime(2025, 4, 1))
        self.assertPasses(253, day=MARCH)
        self.assertPasses(253, day=date(2025, 3, 31))
        self.assertBlocked(self.quote(253, day=date(2025, 4, 1)), "floor of 270.00")
        self.assertPasses(270, day=APRIL)

    def test_days_of_far_east_and_far_west(self):
        """Rules are entered in local time: midnight in Shanghai is the afternoon before in UTC."""
        self.add_rule(253, date_end=datetime(2025, 3, 31, 15, 59, 59))
        self.add_rule(270, date_start=datetime(2025, 3, 31, 16))
        self.assertEqual(self.floor_of(1, day=date(2025, 3, 31)), 253)
        self.assertEqual(self.floor_of(1, day=date(2025, 4, 1)), 270)

    def test_sell_in_counts_on_the_day_of_confirmation(self):
        self.add_rule(300, date_end=datetime(2025, 12, 31))
        order = self.quote(253, partner=self.dealer, date_order=datetime(2025, 3, 1))
        self.assertEqual(order.order_line.channel_floor_price, 300)
        order.action_confirm()
        with self.refused("floor of 300.00", ValidationError):
            order.date_order = datetime(2025, 3, 1)

    def test_variant_template_category_all(self):
        """The most specific rule wins, as Odoo orders them."""
        category = self.env["product.category"].create({"name": "Washing"})
        self.soap.categ_id = self.env["product.category"].create(
            {"name": "Soaps", "parent_id": category.id}
        )
        self.add_rule(10, everything=True)
        self.assertEqual(self.floor_of(1), 10)
        self.add_rule(20, categ_id=category.id)
        self.assertEqual(self.floor_of(1), 20)
        self.add_rule(30, product_tmpl_id=self.soap.product_tmpl_id.id)
        self.assertEqual(self.floor_of(1), 30)
        self.add_rule(40)
        self.assertEqual(self.floor_of(1), 40)
        self.assertEqual(self.floor_of(1, line={"product": self.products["shampoo"]}), 10)

    def test_formula_percentage_and_other_pricelist(self):
        rule = self.add_rule(0, compute_price="formula", price_discount=10, price_surcharge=5)
        self.assertAlmostEqual(self.floor_of(1), 253 * 0.9 + 5)
        rule.unlink()
        base = self.env["product.pricelist"].create({"name": "Base"})
        self.add_rule(200, base)
        self.add_rule(180, base, min_quantity=10)
        self.add_rule(
            0,
            compute_price="percentage",
            percent_price=50,
            base="pricelist",
            base_pricelist_id=base.id,
        )
        self.assertEqual(self.floor_of(1, 9), 100)
        self.assertEqual(self.floor_of(1, 10), 90)

    def test_cost_as_base_for_whoever_sells(self):
        self.soap.standard_price = 100
        self.add_rule(0, compute_price="formula", base="standard_price", price_markup=20)
        order = self.quote(119.99)
        self.assertEqual(self.as_role("salesperson", order).order_line.channel_floor_price, 120)
        self.assertBlocked(self.as_role("salesperson", order))

    def test_extra_price_of_an_attribute_that_makes_no_variant(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Wrapping",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": "Gift", "default_extra_price": 7})],
            }
        )
        gift = (
            self.env["product.template.attribute.line"]
            .create(
                {
                    "product_tmpl_id": self.soap.product_tmpl_id.id,
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
            .product_template_value_ids
        )
        self.add_rule(0, compute_price="formula")
        line = {"product_no_variant_attribute_value_ids": [Command.set(gift.ids)]}
        self.assertEqual(self.floor_of(1), 253)
        self.assertEqual(self.floor_of(1, line=line), 260)


@tagged("post_install", "-at_install")
class TestWhichPrice(PriceLimitCase):
    """The price of a line that is held against the floor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_rule(200)

    def make_tax(self, amount, *, included, **values):
        return self.env["account.tax"].create(
            {
                "name": f"{amount} {included} {values}",
                "amount": amount,
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    def test_discounts(self):
        self.assertBlocked(self.quote(250, line={"discount": 20.01}))
        self.assertPasses(250, line={"discount": 20})

    def test_a_tiny_discount_on_many(self):
        self.assertBlocked(self.quote(200, 1000, line={"discount": 0.01}), "Net price 199.98")
        self.assertBlocked(self.quote(199.9999, 1000), "Net price 199.9999 .* floor of 200.00")

    def test_rounding_refuses_nobody(self):
        self.floor.item_ids.fixed_price = 0.333
        self.assertPasses(0.333, 3)
        self.assertPasses(0.33, 1)
        self.assertBlocked(self.quote(0.33, 3))

    def test_included_taxes_of_list_and_line(self):
        """A list price includes the taxes of its product; the floor that follows includes none."""
        self.soap.taxes_id = self.make_tax(25, included=True)
        order = self.quote(200, 3)
        self.assertEqual(order.order_line.channel_floor_price, 160)
        self.assertBlocked(self.quote(199.99, 3))
        self.assertPasses(200, 3)
        self.assertPasses(160, 3, line={"tax_ids": [Command.clear()]})
        self.assertBlocked(self.quote(159.99, 3, line={"tax_ids": [Command.clear()]}))

    def test_taxes_on_top_change_nothing(self):
        self.soap.taxes_id = self.make_tax(25, included=False)
        self.assertEqual(self.floor_of(200), 200)
        self.assertPasses(200)
        included = self.make_tax(25, included=True)
        self.assertBlocked(self.quote(200, line={"tax_ids": [Command.set(included.ids)]}))

    def test_selling_at_the_floor_list_passes(self):
        """Whatever taxes, quantities and discounts make of the cents."""
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True, "group_discount_per_so_line": True}
        ).execute()
        rule = self.floor.item_ids
        taxes = self.make_tax(21, included=True) | self.make_tax(3.5, included=True)
        taxes |= self.make_tax(0.07, included=True, amount_type="fixed")
        for values in (
            {"compute_price": "fixed", "fixed_price": 0.333},
            {"compute_price": "percentage", "percent_price": 33.337},
            {"compute_price": "formula", "price_discount": 12.34},
        ):
            rule.write(values)
            for quantity in (1, 3, 7.5, 999):
                for tax in (taxes.browse(), taxes[0], taxes):
                    self.soap.taxes_id = tax
                    with self.subTest(rule=values, quantity=quantity, taxes=len(tax)):
                        order = self.make_order(
                            self.sub,
                            {},
                            confirm=False,
                            pricelist_id=self.floor.id,
                            order_line=[
                                Command.create(
                                    {"product_id": self.soap.id, "product_uom_qty": quantity}
                                )
                            ],
                        )
                        order.action_confirm()
                        self.assertEqual(order.state, "sale")

    def test_free_goods_count(self):
        order = self.quote(250)
        order.order_line = [self.make_line(0)]
        self.assertBlocked(order, "Net price 0.00")

    def test_sections_returns_and_down_payments_do_not(self):
        order = self.quote(200, partner=self.dealer)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
            self.make_line(1, -1),
            Command.create(
                {
                    "name": "Advance",
                    "is_downpayment": True,
                    "product_uom_qty": 0,
                    "price_unit": 1,
                }
            ),
        ]
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_mark_on_the_line_is_no_way_out(self):
        self.assertBlocked(self.quote(1, partner=self.dealer, line={"is_downpayment": True}))

    def test_rewards_and_deliveries_do_not(self):
        """Seen from the hooks: the add-ons that make such lines need not be installed."""
        line = self.quote(1).order_line
        self.assertTrue(line._is_channel_price_limited())
        for hook in ("_is_channel_reward", "_is_channel_delivery"):
            with self.subTest(hook):
                self.patch(type(line), hook, lambda line: True)
                self.assertFalse(line._is_channel_price_limited())

    def test_a_discount_on_the_whole_order_counts(self):
        service = self.make_product("discount", 0, type="service")
        order = self.quote(250, 2, self.dealer)
        order.order_line = [self.make_line(-100, product=service)]
        order.action_confirm()
        with self.refused("Net price 199.995", ValidationError):
            order.order_line[1].price_unit = -100.01
        with self.refused("Net price 150.00", ValidationError):
            order.order_line = [self.make_line(100, -1, product=service)]

    def test_discount_wizard(self):
        order = self.quote(200, 2, self.dealer)
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self.assertBlocked(order, "Net price 180.00")

    def test_goods_taken_back_are_no_discount(self):
        order = self.quote(200, 2, self.dealer)
        order.order_line = [self.make_line(100, -1, product=self.products["shampoo"])]
        order.action_confirm()
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestPolicies(PriceLimitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_rule(200)
        cls.add_rule(300, cls.ceiling)

    def test_sell_in_and_sell_out_apart(self):
        self.company.channel_floor_sell_in = "off"
        self.assertPasses(100, partner=self.dealer)
        self.assertBlocked(self.quote(100))
        self.company.channel_floor_sell_in = "block"
        self.company.channel_floor_sell_out = "off"
        self.assertBlocked(self.quote(100, partner=self.dealer))
        self.assertPasses(100)

    def test_off_shows_nothing(self):
        self.set_policies("off")
        line = self.assertPasses(100).order_line
        self.assertFalse(line.channel_floor_price)
        self.assertFalse(line.channel_price_warning)

    def test_warn_leaves_a_note(self):
        self.set_policies("warn")
        orders = self.quote(100) | self.quote(200) | self.quote(150, partner=self.dealer)
        orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        notes = [
            order.message_ids.filtered(lambda message: "in spite of" in message.body)
            for order in orders
        ]
        self.assertEqual([len(note) for note in notes], [1, 0, 1])
        self.assertIn("Net price 100.00", notes[0].body)
        self.assertIn("Below", notes[0].body.replace("below", "Below"))

    def test_ceiling(self):
        """The most that a dealer may charge: on sell-out only."""
        self.assertPasses(300)
        self.assertBlocked(self.quote(300.01), "300.01 .* above the ceiling of 300.00")
        self.assertPasses(300.01, partner=self.dealer)
        self.company.channel_ceiling_sell_out = "warn"
        self.assertIn("ceiling", self.assertPasses(301).channel_price_warning)

    def test_everybody_else_is_never_checked(self):
        customer = self.env["res.partner"].create({"name": "Customer"})
        order = self.assertPasses(1, partner=customer)
        self.assertFalse(order.channel_price_warning)
        self.assertFalse(order.order_line.channel_floor_price)

    def test_no_pricelist_no_limit(self):
        self.company.channel_floor_pricelist_id = False
        self.assertPasses(1)

    def test_a_list_in_use_stays(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.floor.unlink()

    def test_an_archived_list_counts(self):
        """Odoo archives all lists whenever settings are saved while pricelists are off."""
        self.env["res.config.settings"].create({"group_product_pricelist": False}).execute()
        self.assertFalse(self.floor.active)
        self.assertEqual(self.company.channel_floor_pricelist_id, self.floor)
        self.assertBlocked(self.quote(100))
        self.assertFalse(self.quote(100).pricelist_id)

    def test_many_orders_name_each_line(self):
        orders = self.quote(100) | self.quote(200) | self.quote(150, partner=self.dealer)
        with self.assertRaises(ValidationError) as caught:
            orders.action_confirm()
        message = str(caught.exception)
        self.assertEqual(message.count("below the floor"), 2)
        self.assertIn(orders[0].name, message)
        self.assertNotIn(orders[1].name, message)
        self.assertIn(orders[2].name, message)

    def test_only_the_administrator_sets_policies(self):
        for role in ("salesperson", "sales_manager", "keeper"):
            with self.subTest(role), self.refused(DENIED, AccessError):
                self.as_role(role, self.company).channel_floor_sell_in = "off"
        self.as_role("administrator", self.env["res.config.settings"]).create(
            {"channel_floor_sell_in": "warn"}
        ).execute()
        self.assertEqual(self.company.channel_floor_sell_in, "warn")
        with self.refused(DENIED, AccessError):
            self.as_role("salesperson", self.floor.item_ids).fixed_price = 1


@tagged("post_install", "-at_install")
class TestTwoCompanies(PriceLimitCase):
    def test_each_company_has_its_own_limits(self):
        self.add_rule(200)
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        pricelist = self.env["product.pricelist"].create(
            {"name": "Other floor", "company_id": other.id}
        )
        self.add_rule(100, pricelist)
        other.write({"channel_floor_pricelist_id": pricelist.id, "channel_floor_sell_out": "block"})
        here, there = self.quote(150), self.quote(150, company_id=other.id)
        self.assertEqual((here | there).order_line.mapped("channel_floor_price"), [200, 100])
        there.action_confirm()
        self.assertBlocked(here)

    def test_a_list_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Other floor", "company_id": other.id}
        )
        for name in ("channel_floor_pricelist_id", "channel_ceiling_pricelist_id"):
            with self.subTest(name), self.refused("Other floor"):
                self.company[name] = pricelist


@tagged("post_install", "-at_install")
class TestEveryWayIn(PriceLimitCase):
    """Confirmation, RPC, imports, and changes of what is confirmed already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_rule(200)

    def test_create_confirmed(self):
        with self.refused("below the floor", ValidationError):
            self.quote(199, state="sale")
        self.assertEqual(self.quote(200, state="sale").state, "sale")

    def test_write_state(self):
        order = self.as_role("salesperson", self.quote(199))
        with self.refused("below the floor", ValidationError):
            order.write({"state": "sale"})
        with self.refused("below the floor", ValidationError):
            order.web_save({"state": "sale"}, {"state": {}})
        order.write({"state": "sent"})

    def test_change_lines_of_a_confirmed_order(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        included = self.env["account.tax"].create(
            {"name": "Included", "amount": 10, "price_include_override": "tax_included"}
        )
        self.add_rule(180, min_quantity=10)
        # Typed by hand, or Odoo would take the list price again when the quantity changes.
        order = self.assertPasses(180, 10, line={"technical_price_unit": 1})
        line = order.order_line
        self.env.flush_all()
        for values in (
            {"price_unit": 179},
            {"discount": 1},
            {"product_uom_qty": 9},
            {"product_uom_id": dozen.id},
            {"tax_ids": [Command.set(included.ids)]},
        ):
            with self.subTest(values), self.refused("below the floor", ValidationError):
                line.write(values)
                self.env.flush_all()
        with self.refused("below the floor", ValidationError):
            order.order_line = [self.make_line(100)]
        with self.refused("below the floor", ValidationError):
            self.env["sale.order.line"].create({"order_id": order.id, **self.make_line(100)[2]})
        line.write({"price_unit": 190, "name": "Soap"})

    def test_change_the_head_of_a_confirmed_order(self):
        self.add_rule(300, date_start=datetime(2025, 4, 1))
        order = self.assertPasses(200)
        with self.refused("floor of 300.00", ValidationError):
            order.channel_order_date = APRIL

    def test_an_old_line_does_not_stand_in_the_way(self):
        """Only what is changed has to keep to limits that came later."""
        self.set_policies("off")
        order = self.assertPasses(100)
        self.set_policies("block")
        order.order_line = [self.make_line(200)]
        order.order_line[1].price_unit = 210
        with self.refused("below the floor", ValidationError):
            order.order_line[0].price_unit = 101
        order.with_user(self.approver)._pass_price_limits("Sold before there was a floor")
        order.order_line[0].price_unit = 101
        with self.refused("below the floor", ValidationError):
            order.order_line[0].price_unit = 99

    def test_import(self):
        fields = ["partner_id/.id", "channel_order_date", "state"]
        fields += [
            f"order_line/{name}"
            for name in ("name", "product_id/.id", "product_uom_qty", "price_unit")
        ]

        def load(price):
            row = [self.sub.id, "2025-03-20", "sale", "Soap", self.soap.id, 1, price]
            model = self.env["sale.order"].with_context(import_file=True)
            return model.load(fields, [[str(value) for value in row]])

        result = load(199)
        self.assertFalse(result["ids"])
        self.assertIn("below the floor of 200.00", result["messages"][0]["message"])
        self.assertTrue(load(200)["ids"])

    def test_portal_asks_for_no_signature_that_would_be_refused(self):
        order = self.quote(199, partner=self.dealer, require_signature=True, state="sent")
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        order.order_line.price_unit = 200
        self.assertTrue(order._has_to_be_signed())

    def test_portal_learns_no_limit(self):
        """From the floor a sub-distributor would learn what his dealer pays."""
        order = self.quote(199)
        order.action_quotation_sent()
        user = self.make_portal_user(self.sub)
        order.message_subscribe(self.sub.ids)
        line = order.with_user(user).order_line
        self.assertEqual(line.price_unit, 199)
        values = line.read(["channel_floor_price", "channel_price_warning"])[0]
        self.assertFalse(values["channel_floor_price"])
        self.assertFalse(values["channel_price_warning"])
        self.assertFalse(order.with_user(user).channel_price_warning)
        with self.refused(DENIED, AccessError):
            order.with_user(user).read(["channel_price_pass_reason"])


@tagged("post_install", "-at_install")
class TestPass(PriceLimitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_rule(200)
        cls.add_rule(300, cls.ceiling)

    def pass_limits(self, orders, reason="Agreed with the dealer"):
        wizard = (
            self.env["channel.price.pass"]
            .with_user(self.approver)
            .with_context(active_model="sale.order", active_ids=orders.ids)
            .create({"reason": reason})
        )
        wizard.action_pass()
        return wizard

    def test_an_approver_passes_two_orders(self):
        orders = self.quote(150, 10) | self.quote(350, 10)
        self.assertTrue(all(orders.mapped("channel_price_blocked")))
        wizard = self.pass_limits(orders, "  Agreed  ")
        self.assertIn("below the floor", wizard.price_breaks)
        self.assertIn("above the ceiling", wizard.price_breaks)
        self.assertFalse(any(orders.mapped("channel_price_blocked")))
        self.as_role("salesperson", orders).action_confirm()
        for order in orders:
            self.assertEqual(order.channel_price_pass_reason, "Agreed")
            self.assertEqual(order.channel_price_passed_by_id, self.approver)
            self.assertTrue(order.channel_price_passed_on)
            note = order.message_ids.filtered(lambda message: "Agreed" in message.body)
            self.assertEqual(note.author_id, self.approver.partner_id)
            self.assertIn("Net price", note.body)

    def test_nobody_else_passes(self):
        order = self.quote(150)
        for role in ("salesperson", "sales_manager", "administrator", "keeper"):
            with self.subTest(role), self.refused("Only a floor approver", AccessError):
                self.as_role(role, order)._pass_price_limits("Reason")
        with self.refused(DENIED, AccessError):
            self.model("salesperson", "channel.price.pass").create(
                {"order_ids": order.ids, "reason": "Reason"}
            )
        self.assertBlocked(order)

    def test_an_approver_is_no_salesperson(self):
        order = self.quote(150).with_user(self.approver)
        for act in (order.action_confirm, lambda: order.write({"note": "x"}), order.unlink):
            with self.refused(DENIED, AccessError):
                act()
        self.assertFalse(self.approver.has_group("sales_team.group_sale_salesman"))

    def test_a_salesperson_who_approves_reads_what_is_not_his(self):
        self.users["salesperson"].group_ids += self.env.ref("channel_rebate.group_floor_approver")
        order = self.as_role("salesperson", self.quote(150, user_id=self.users["sales_manager"].id))
        order._pass_price_limits("Reason")
        self.assertEqual(order.channel_price_passed_by_id, self.users["salesperson"])
        with self.refused(DENIED, AccessError):
            order.write({"note": "x"})

    def test_the_approver_opens_the_order(self):
        order = self.quote(150).with_user(self.approver)
        self.assertTrue(Form(order).channel_price_blocked)

    def test_the_approver_sees_the_orders_menu_and_no_other_invoices(self):
        menus = self.env["ir.ui.menu"].with_user(self.approver)._visible_menu_ids()
        self.assertIn(self.env.ref("channel_rebate.channel_order_menu").id, menus)
        self.assertNotIn(self.env.ref("channel_rebate.channel_statement_menu").id, menus)
        order = self.assertPasses(200, partner=self.dealer)
        invoice = order._create_invoices()
        other = self.make_invoice(self.dealer, {"soap": 1})
        found = self.env["account.move"].with_user(self.approver).search([])
        self.assertIn(invoice, found)
        self.assertNotIn(other, found)
        self.assertEqual(Form(order.with_user(self.approver)).invoice_count, 1)

    def test_a_reason_is_needed_and_something_to_pass(self):
        order = self.quote(150).with_user(self.approver)
        for reason in ("", "   ", False):
            with self.refused("Say why"):
                order._pass_price_limits(reason)
        with self.refused("No price of .* breaks a limit"):
            self.quote(200).with_user(self.approver)._pass_price_limits("Reason")

    def test_a_pass_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self.quote(150, company_id=other.id)
        with self.refused(DENIED, AccessError):
            order.with_user(self.approver)._pass_price_limits("Reason")

    def test_void_after_a_worse_change(self):
        order = self.quote(150, 10)
        self.pass_limits(order)
        line = order.order_line
        self.add_rule(200, everything=True)
        dozen = self.env.ref("uom.product_uom_dozen")
        for values in (
            {"price_unit": 149.99},
            {"discount": 0.01},
            {"product_uom_qty": 11},
            {"product_uom_id": dozen.id},
            {"product_id": self.products["shampoo"].id},
            {"price_unit": 301},
        ):
            with self.subTest(values), self.refused("floor of|ceiling of", ValidationError):
                line.write({"price_unit": 150, **values})
                self.assertTrue(order.channel_price_blocked)
                order.action_confirm()
        line.write({"price_unit": 160, "product_uom_qty": 9})
        order.action_confirm()
        with self.refused("below the floor", ValidationError):
            line.price_unit = 149
        line.price_unit = 150

    def test_a_new_line_is_not_covered(self):
        order = self.quote(150, 10)
        self.pass_limits(order)
        order.order_line = [self.make_line(150, 1)]
        self.assertBlocked(order)
        self.pass_limits(order)
        order.action_confirm()

    def test_a_copy_has_no_pass(self):
        order = self.quote(150, 10)
        self.pass_limits(order)
        copy = order.copy()
        self.assertFalse(copy.channel_price_pass_reason)
        self.assertFalse(copy.channel_price_passed_lines)
        self.assertBlocked(copy)

    def test_a_pass_is_not_written_by_hand(self):
        order = self.quote(150)
        lines = [{"line": order.order_line.id}]
        attempts = {
            "channel_price_pass_reason": "Mine",
            "channel_price_passed_by_id": self.env.uid,
            "channel_price_passed_on": "2025-01-01 00:00:00",
            "channel_price_passed_lines": lines,
        }
        for name, value in attempts.items():
            with self.subTest(name):
                for records in (order, self.as_role("salesperson", order), order.sudo()):
                    with self.refused("by a floor approver"):
                        records.write({name: value})
                    with self.refused("by a floor approver"):
                        records.with_context(channel_trusted=True).write({name: value})
                with self.refused("by a floor approver"):
                    self.quote(150, **{name: value})
                with self.refused("by a floor approver"):
                    self.env["sale.order"].with_context(**{f"default_{name}": value}).create(
                        {"partner_id": self.sub.id}
                    )
                with self.refused("by a floor approver"):
                    self.env["ir.default"].set("sale.order", name, value)
                    self.quote(150)

    def test_the_form_knows_what_is_passed(self):
        order = self.quote(150, 10)
        self.pass_limits(order)
        with Form(self.as_role("salesperson", order)) as form:
            self.assertFalse(form.channel_price_blocked)
            self.assertIn("below the floor", form.channel_price_warning)
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 11
                line.price_unit = 150
            self.assertTrue(form.channel_price_blocked)
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 9
                line.price_unit = 151
            self.assertFalse(form.channel_price_blocked)

    def test_filter(self):
        passed, other = self.quote(150), self.quote(200)
        self.pass_limits(passed)
        found = self.env["sale.order"].search([("channel_price_passed_on", "!=", False)])
        self.assertIn(passed, found)
        self.assertNotIn(other, found)


@tagged("post_install", "-at_install")
class TestWhileTyping(PriceLimitCase):
    def test_the_form_warns(self):
        self.add_rule(200)
        self.add_rule(180, min_quantity=10)
        self.users["salesperson"].group_ids += self.env.ref("sale.group_discount_per_so_line")
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = self.sub
            self.assertFalse(form.channel_price_blocked)
            with form.order_line.new() as line:
                line.product_id = self.soap
                line.price_unit = 190
                self.assertEqual(line.channel_floor_price, 200)
                self.assertIn("190.00", line.channel_price_warning)
                line.product_uom_qty = 10
                self.assertEqual(line.channel_floor_price, 180)
                self.assertFalse(line.channel_price_warning)
                line.discount = 10
                self.assertIn("171.00", line.channel_price_warning)
            self.assertTrue(form.channel_price_blocked)
            self.assertIn("[SOAP] Soap: Net price 171.00", form.channel_price_warning)
        self.assertIn("171.00", form.record.channel_price_warning)


@tagged("post_install", "-at_install")
class TestPriceLimitQueries(PriceLimitCase):
    """Confirming a batch costs the same number of extra queries, however many orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        base = cls.env["product.pricelist"].create({"name": "Base"})
        cls.env["product.pricelist.item"].create(
            [
                {"pricelist_id": base.id, "compute_price": "formula", "price_discount": 50},
                *(
                    {
                        "pricelist_id": cls.floor.id,
                        "product_id": product.id,
                        "compute_price": "percentage",
                        "percent_price": 10,
                        "base": "pricelist",
                        "base_pricelist_id": base.id,
                        "date_start": start,
                        "date_end": end,
                    }
                    for product in cls.products.values()
                    for start, end in (
                        (False, datetime(2025, 3, 15)),
                        (datetime(2025, 3, 15), False),
                    )
                ),
            ]
        )

    def count_confirmation(self, orders, policy):
        """Return the queries of confirming some copies with quantities of their own.

        Their days are spread over the month, in the middle of which the rules change.
        """
        self.set_policies(policy)
        batch = self.env["sale.order"].union(
            *(
                self.make_order(
                    self.dealer if number % 2 else self.sub,
                    {name: 1 + number * 3 + i for i, name in enumerate(self.products)},
                    day=date(2025, 3, 1 + 28 * number // orders),
                    date_order=datetime(2025, 3, 1),
                    confirm=False,
                )
                for number in range(orders)
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        batch.action_confirm()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_ten_times_the_orders_cost_no_more_queries(self):
        for policy in ("off", "block"):
            self.count_confirmation(4, policy)  # warms the caches of the registry up
        few = self.count_confirmation(4, "block") - self.count_confirmation(4, "off")
        many = self.count_confirmation(40, "block") - self.count_confirmation(40, "off")
        self.assertEqual(many, few)
        self.assertLess(few, 25)

    def test_notes_cost_no_more_either(self):
        self.floor.item_ids.percent_price = -200
        for policy in ("off", "warn"):
            self.count_confirmation(2, policy)
        few = self.count_confirmation(2, "warn") - self.count_confirmation(2, "off")
        many = self.count_confirmation(20, "warn") - self.count_confirmation(20, "off")
        self.assertLessEqual(many - few, 2)
