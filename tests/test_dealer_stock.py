"""What a dealer should have left, and the opening quantities it starts from."""

import csv
from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .common import PRICES, ChannelCase, WorkedExampleCase


class StockCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.other = cls.make_dealer("Other")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.soap = cls.products["soap"]
        cls.stock = cls.env["channel.dealer.stock"]

    @classmethod
    def make_opening(cls, quantity, day, *, dealer=None, role="salesperson", **values):
        return cls.model(role, "channel.opening").create(
            {
                "dealer_id": (dealer or cls.dealer).id,
                "product_id": cls.soap.id,
                "date": day,
                "quantity": quantity,
                **values,
            }
        )

    def stock_of(self, dealer, role=None):
        """Return ``[(product, opening, sell-in, sell-out, left)]`` of a dealer."""
        self.stock.invalidate_model()
        stock = self.model(role, "channel.dealer.stock") if role else self.stock
        return [
            (
                row.product_id.default_code,
                row.opening_quantity,
                row.sell_in_quantity,
                row.sell_out_quantity,
                row.quantity_left,
            )
            for row in stock.search([("dealer_id", "=", dealer.id)])
        ]


@tagged("post_install", "-at_install")
class TestWorkedExampleStock(WorkedExampleCase):
    def test_dealer_a_should_have_fifty_of_each_left(self):
        rows = self.env["channel.dealer.stock"].search([("dealer_id", "=", self.dealer_a.id)])
        self.assertEqual(set(rows.product_id.mapped("default_code")), {n.upper() for n in PRICES})
        expected = {
            "opening_date": False,
            "opening_quantity": 0,
            "sell_in_quantity": 100,
            "sell_out_quantity": 50,
            "quantity_left": 50,
            "user_id": self.users["salesperson"].id,
            "company_id": self.company.id,
        }
        self.assertRecordValues(rows, [expected] * 3)

    def test_dealer_b_passed_nothing_on_and_s_has_no_stock_of_ours(self):
        rows = self.env["channel.dealer.stock"].search(
            [("dealer_id", "in", (self.dealer_b | self.sub_s).ids)]
        )
        self.assertEqual(rows.dealer_id, self.dealer_b)
        self.assertEqual(rows.mapped("quantity_left"), [100, 100, 100])


@tagged("post_install", "-at_install")
class TestOpening(StockCase):
    def test_a_dealer_with_nothing_is_absent(self):
        self.assertFalse(self.stock_of(self.dealer))

    def test_opening_alone_is_a_row(self):
        self.make_opening(20, date(2025, 1, 1))
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 20, 0, 0, 20)])
        self.assertFalse(self.stock_of(self.other))

    def test_what_was_before_the_count_is_contained_in_it(self):
        self.make_invoice(self.dealer, {"soap": 100}, day=date(2025, 1, 31))
        self.make_order(self.sub, {"soap": 10}, day=date(2025, 1, 31))
        self.make_invoice(self.dealer, {"soap": 40}, day=date(2025, 2, 1))
        self.make_order(self.sub, {"soap": 5}, day=date(2025, 2, 1))
        self.make_order(self.sub, {"soap": 6}, day=date(2025, 2, 2))
        self.make_opening(80, date(2025, 2, 1))
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 80, 40, 11, 109)])

    def test_a_later_count_takes_the_place_of_an_earlier_one(self):
        self.make_opening(80, date(2025, 1, 1))
        self.make_invoice(self.dealer, {"soap": 40}, day=date(2025, 1, 15))
        self.make_opening(90, date(2025, 2, 1))
        self.make_order(self.sub, {"soap": 5}, day=date(2025, 2, 2))
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 90, 0, 5, 85)])
        self.assertEqual(self.stock.search([]).mapped("opening_date"), [date(2025, 2, 1)])

    @freeze_time("2025-01-20")
    def test_a_count_to_come_does_not_count_yet(self):
        self.make_opening(80, date(2025, 1, 1))
        self.make_opening(90, date(2025, 2, 1))
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 80, 0, 0, 80)])
        with freeze_time("2025-02-01"):
            self.assertEqual(self.stock_of(self.dealer), [("SOAP", 90, 0, 0, 90)])

    def test_each_product_has_its_own_count(self):
        self.make_invoice(self.dealer, {"soap": 10, "shampoo": 10}, day=date(2025, 1, 5))
        self.make_opening(3, date(2025, 2, 1))
        self.assertEqual(
            sorted(self.stock_of(self.dealer)),
            [("SHAMPOO", 0, 10, 0, 10), ("SOAP", 3, 0, 0, 3)],
        )

    def test_returns_count(self):
        self.make_invoice(self.dealer, {"soap": 10})
        self.make_invoice(self.dealer, {"soap": 2}, move_type="out_refund")
        self.make_return(self.make_order(self.sub, {"soap": 5}), {"soap": 1})
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 0, 8, 4, 4)])

    def test_less_than_nothing_is_told(self):
        self.make_order(self.sub, {"soap": 5})
        self.assertEqual(self.stock_of(self.dealer), [("SOAP", 0, 0, 5, -5)])
        self.assertEqual(self.stock.search([("quantity_left", "<", 0)]).dealer_id, self.dealer)

    def test_units_leave_no_dust(self):
        """A third of a dozen three times is a dozen, however it is divided."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self.products["tin"] = self.make_product("tin", 12, uom_id=dozen.id)
        self.addCleanup(self.products.pop, "tin")
        self.make_invoice(self.dealer, {"tin": 1})
        unit = self.env.ref("uom.product_uom_unit")
        for _turn in range(3):
            order = self.make_order(self.sub, {"tin": 4}, confirm=False)
            order.order_line.product_uom_id = unit
            order.action_confirm()
        row = self.stock.search([("product_id", "=", product.id)])
        self.assertEqual((row.quantity_left, row.product_uom_id), (0, dozen))

    def test_one_count_a_day(self):
        self.make_opening(80, date(2025, 1, 1))
        self.make_opening(80, date(2025, 1, 1), dealer=self.other)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.make_opening(81, date(2025, 1, 1))

    def test_nobody_counts_less_than_nothing(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.make_opening(-1, date(2025, 1, 1))

    def test_dealers_only_and_goods_only(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.dealer.id})
        for partner in (self.sub, contact):
            with self.subTest(partner.name), self.refused("is no dealer", ValidationError):
                self.make_opening(1, date(2025, 1, 1), dealer=partner, role="sales_manager")
        service = self.make_product("advice", 10, type="service")
        with self.refused("Advice is a service", ValidationError):
            self.make_opening(1, date(2025, 1, 1), product_id=service.id)

    def test_names_tell_dealer_product_and_day(self):
        opening = self.make_opening(1, date(2025, 1, 31))
        self.assertEqual(opening.display_name, "Dealer: [SOAP] Soap on 01/31/2025")

    def test_companies_count_apart(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.make_opening(80, date(2025, 1, 1))
        theirs = self.env["channel.opening"].create(
            {
                "dealer_id": self.dealer.id,
                "product_id": self.soap.id,
                "date": date(2025, 1, 1),
                "quantity": 7,
                "company_id": second.id,
            }
        )
        manager = self.users["sales_manager"]
        rows = self.stock.with_user(manager)
        self.assertEqual(rows.search([]).mapped("quantity_left"), [80])
        manager.company_ids += second
        rows = rows.with_context(allowed_company_ids=(self.company | second).ids).search([])
        self.assertEqual(
            {row.company_id: row.quantity_left for row in rows}, {self.company: 80, second: 7}
        )
        self.soap.company_id = self.company
        with self.refused("Second|company"):
            theirs.product_id = self.products["shampoo"]
            theirs.product_id = self.soap


@tagged("post_install", "-at_install")
class TestStockRoles(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, login="colleague", groups="sales_team.group_sale_salesman"
        )
        cls.other.user_id = cls.colleague
        cls.opening = cls.make_opening(20, date(2025, 1, 1))
        cls.theirs = cls.make_opening(30, date(2025, 1, 2), dealer=cls.other, role="sales_manager")

    def seen_by(self, user):
        """Return the openings, and the dealers of the rows, that a user sees."""
        openings = self.env["channel.opening"].with_user(user).search([])
        return openings.sudo(), self.stock.with_user(user).search([]).sudo().dealer_id

    def test_salespeople_see_their_own_dealers(self):
        mine = self.seen_by(self.users["salesperson"])
        self.assertEqual(mine, (self.opening.sudo(), self.dealer))
        self.assertEqual(self.seen_by(self.colleague), (self.theirs.sudo(), self.other))

    def test_a_dealer_without_salesperson_is_everybodys(self):
        self.other.user_id = False
        self.assertEqual(self.seen_by(self.users["salesperson"])[1], self.dealer | self.other)

    def test_the_others_see_all(self):
        for role in ("sales_manager", "keeper", "officer", "accountant"):
            with self.subTest(role):
                self.assertEqual(self.seen_by(self.users[role])[1], self.dealer | self.other)

    def test_salespeople_write_their_own_dealers_only(self):
        self.opening.quantity = 21
        stranger = self.theirs.with_user(self.users["salesperson"])
        with self.refused("Opening Quantity", AccessError):
            stranger.quantity = 31
        with self.refused("Opening Quantity", AccessError):
            self.opening.dealer_id = self.other
        with self.refused("Opening Quantity", AccessError):
            self.make_opening(1, date(2025, 1, 3), dealer=self.other)
        with self.refused("Opening Quantity", AccessError):
            self.opening.unlink()
        self.as_role("sales_manager", self.opening | self.theirs).unlink()

    def test_holders_and_accountants_read(self):
        for role in ("keeper", "officer", "accountant"):
            opening = self.as_role(role, self.opening)
            self.assertEqual(opening.quantity, 20)
            with self.subTest(role), self.refused("Opening Quantity", AccessError):
                opening.quantity = 1
            with self.subTest(role), self.refused("Opening Quantity", AccessError):
                self.make_opening(1, date(2025, 1, 2), role=role)


@tagged("post_install", "-at_install")
class TestGetLeft(StockCase):
    def test_pairs_come_in_one_query_whoever_asks(self):
        self.make_invoice(self.dealer, {"soap": 10, "shampoo": 4})
        self.make_invoice(self.other, {"soap": 7})
        self.make_order(self.sub, {"soap": 3})
        products = self.soap | self.products["shampoo"] | self.products["toothpaste"]
        portal = self.make_portal_user(self.dealer)
        self.env.flush_all()
        self.env["decimal.precision"].precision_get("Product Unit")
        with self.assertQueryCount(1):
            left = self.stock.with_user(portal)._get_left(
                self.company, self.dealer | self.other, products
            )
        shampoo, toothpaste = self.products["shampoo"], self.products["toothpaste"]
        self.assertEqual(
            dict(left),
            {
                (self.dealer.id, self.soap.id): 7,
                (self.dealer.id, shampoo.id): 4,
                (self.other.id, self.soap.id): 7,
            },
        )
        self.assertEqual(left[self.dealer.id, toothpaste.id], 0)

    def test_other_companies_do_not_count(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.make_opening(10, date(2025, 1, 1))
        pair = (self.dealer.id, self.soap.id)
        self.assertEqual(self.stock._get_left(self.company, self.dealer, self.soap)[pair], 10)
        self.assertEqual(self.stock._get_left(second, self.dealer, self.soap)[pair], 0)

    def test_what_is_not_yet_written_counts(self):
        order = self.make_order(self.sub, {"soap": 3})
        order.order_line.product_uom_qty = 5
        left = self.stock._get_left(self.company, self.dealer, self.soap)
        self.assertEqual(left[self.dealer.id, self.soap.id], -5)


@tagged("post_install", "-at_install")
class TestDrillDown(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_invoice(cls.dealer, {"soap": 100, "shampoo": 10}, day=date(2025, 1, 5))
        cls.make_invoice(cls.other, {"soap": 100})
        cls.order = cls.make_order(cls.sub, {"soap": 5}, day=date(2025, 2, 2))
        cls.cancelled = cls.make_order(cls.sub, {"soap": 6})
        cls.cancelled._action_cancel()
        cls.other_sub = cls.make_sub("Other Sub", cls.dealer)
        cls.draft = cls.make_order(cls.other_sub, {"soap": 6}, confirm=False)

    def opened_by(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_sales_of_a_row_make_up_its_sums(self):
        row = self.stock.search(
            [("dealer_id", "=", self.dealer.id), ("product_id", "=", self.soap.id)]
        )
        rows = self.opened_by(row.action_open_sales())
        self.assertEqual(sorted(rows.mapped("quantity")), [5, 100])
        opening = self.make_opening(90, date(2025, 2, 1))
        self.stock.invalidate_model()
        row = self.stock.search(
            [("dealer_id", "=", self.dealer.id), ("product_id", "=", self.soap.id)]
        )
        self.assertEqual(self.opened_by(row.action_open_sales()).order_id, self.order)
        self.assertEqual(
            self.opened_by(row.action_open_openings()), opening.sudo(False).with_user(self.env.user)
        )

    def test_buttons_count_what_they_open(self):
        partners = self.dealer | self.other | self.sub | self.other_sub
        for role in ("salesperson", "sales_manager", "keeper", "accountant"):
            for partner in self.as_role(role, partners):
                orders = partner.action_open_channel_sell_out_orders()
                found = self.model(role, "sale.order").search_count(orders["domain"])
                stock = partner.action_open_channel_dealer_stock()
                products = self.model(role, stock["res_model"]).search_count(stock["domain"])
                with self.subTest(role=role, partner=partner.name):
                    self.assertEqual(partner.channel_sell_out_count, found)
                    self.assertEqual(partner.channel_stock_count, products)
        self.assertEqual(partners.mapped("channel_sell_out_count"), [2, 0, 1, 1])
        self.assertEqual(partners.mapped("channel_stock_count"), [2, 1, 0, 0])

    def test_buttons_open_the_dealers_and_the_sub_distributors_rows(self):
        orders = self.opened_by(self.dealer.action_open_channel_sell_out_orders())
        self.assertEqual(orders, self.order | self.draft)
        rows = self.opened_by(self.dealer.action_open_channel_analysis())
        self.assertEqual(sum(rows.mapped("quantity")), 115)
        rows = self.opened_by(self.sub.action_open_channel_analysis())
        self.assertEqual(rows.order_id, self.order)

    def test_counts_are_the_readers(self):
        """He who may not read orders or stocks sees neither count."""
        clerk = new_test_user(self.env, login="clerk", groups="base.group_user")
        partner = self.dealer.with_user(clerk)
        self.assertEqual((partner.channel_sell_out_count, partner.channel_stock_count), (0, 0))

    def test_counts_are_made_for_all_at_once(self):
        many = self.env["res.partner"].browse(self.dealer.ids)
        for number in range(5):
            dealer = self.make_dealer(f"Dealer {number}")
            self.make_order(self.make_sub(f"Sub {number}", dealer), {"soap": 1})
            many |= dealer
        self.env.flush_all()
        many.invalidate_recordset()
        many.mapped("channel_role")
        with self.assertQueryCount(3):
            many.mapped("channel_sell_out_count")
            many.mapped("channel_stock_count")


@tagged("post_install", "-at_install")
class TestOpeningImport(StockCase):
    def test_the_template_can_be_imported(self):
        """By a salesperson: dealers by their reference, products by their code."""
        self.dealer.ref = "D-A"
        openings = self.model("salesperson", "channel.opening")
        [template] = openings.get_import_templates()
        with file_open(template["template"].lstrip("/"), filter_ext=(".csv",)) as file:
            [labels, *rows] = csv.reader(file)
        names = {field["string"]: name for name, field in openings.fields_get().items()}
        result = openings.load([names[label] for label in labels], rows)
        self.assertFalse(result["messages"])
        rows = [
            ("SOAP", 12, date(2026, 1, 1), "Counted with the dealer"),
            ("TOOTHPASTE", 20, date(2026, 1, 1), "Counted with the dealer"),
        ]
        imported = openings.browse(result["ids"]).sorted(lambda opening: opening.quantity)
        self.assertEqual(imported.dealer_id, self.dealer)
        self.assertEqual(
            [(o.product_id.default_code, o.quantity, o.date, o.note) for o in imported], rows
        )
