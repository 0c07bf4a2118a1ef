"""Analyses and dealers' stock come out of sums as they would out of the documents."""

from collections import defaultdict
from datetime import date
from itertools import product
from random import Random

from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged

from .common import ChannelCase

# True of every row, and about the row: nothing but the documents can tell.
LIVE = Domain("id", "!=", 0)
MEASURES = [
    "__count",
    "amount:sum_currency",
    "currency_id:array_agg_distinct",
    "product_id:count_distinct",
    "quantity:sum",
    "sell_in_amount:sum",
    "sell_in_quantity:sum",
    "sell_out_amount:sum",
    "sell_out_quantity:sum",
]
GROUPS = [
    "categ_id",
    "company_id",
    "date:month",
    "date:quarter",
    "date:year",
    "dealer_id",
    "dealer_id.channel_territory_id",
    "product_id",
    "product_tmpl_id",
    "product_uom_id",
    "sub_distributor_id",
    "territory_id",
    "tier",
    "user_id",
]
PARTS = [
    [],
    [("tier", "=", "sell_in")],
    [("date", ">=", "2025-01-01"), ("date", "<=", "2025-12-31")],
    [("date", ">", "2025-01-31"), ("date", "<", "2025-04-01")],
    ["|", ("date", "<", "2025-02-01"), ("date", ">=", "2026-01-01")],
    [("territory_id", "!=", False)],
    [("product_tmpl_id.name", "in", ["Soap", "Shampoo"])],
    [("dealer_id.name", "ilike", "d")],
]


class SumsCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sums = cls.env["channel.sales.total"]
        cls.territory = cls.env["channel.territory"].create({"name": "East"})
        cls.dealers = [cls.make_dealer(f"Dealer {place}") for place in "AB"]
        cls.subs = [cls.make_sub(f"Sub {place}", cls.dealers[0]) for place in "AB"]
        cls.colleague = new_test_user(
            cls.env, login="colleague", groups="sales_team.group_sale_salesman"
        )
        cls.random = Random(7)
        cls.readers = [
            cls.model(role, "channel.analysis") for role in ("sales_manager", "salesperson")
        ]
        cls.readers += [
            cls.env["channel.analysis"],
            cls.env["channel.analysis"].with_user(cls.colleague),
        ]

    def read(self, analysis, domain, groupby, having=()):
        """Return what is read from the sums, and what from the documents."""
        sums = analysis._read_group(domain, groupby, MEASURES, having)
        live = analysis._read_group(Domain(domain) & LIVE, groupby, MEASURES, having)
        return sums, live

    def check(self, times=2):
        """Compare answers to some questions, those of each size of sums among them."""
        for analysis in self.readers:
            asked = [([], ["dealer_id"]), ([], ["product_id", "date:month"]), ([], ["categ_id"])]
            for _time in range(times):
                parts = self.random.sample(PARTS, 2)
                asked.append((parts[0] + parts[1], self.random.sample(GROUPS, 2)))
            for domain, groupby in asked:
                with self.subTest(user=analysis.env.user.login, domain=domain, groupby=groupby):
                    sums, live = self.read(analysis, domain, groupby)
                    self.assertEqual(sums, live)
        self.check_stock()

    def check_stock(self):
        """Compare what dealers should have left with what documents and counts come to."""
        self.env.invalidate_all()
        counts, expected = {}, defaultdict(lambda: [None, 0, 0, 0])
        openings = self.env["channel.opening"].search([("date", "<=", date.today())])
        for opening in openings.sorted("date"):
            key = opening.company_id, opening.dealer_id, opening.product_id
            counts[key] = opening
            expected[key] = [2 * opening.id + 1, opening.quantity, 0, 0]
        for sale in self.env["channel.analysis"].search([("dealer_id", "!=", False)]):
            key = sale.company_id, sale.dealer_id, sale.product_id
            if key not in counts or sale.date >= counts[key].date:
                row, first = expected[key], 2 * sale.id
                row[0] = first if row[0] is None else min(row[0], first)
                row[2] += sale.sell_in_quantity
                row[3] += sale.sell_out_quantity
        rows = self.env["channel.dealer.stock"].search([])
        keys = {(row.company_id, row.dealer_id, row.product_id): row for row in rows}
        self.assertEqual(keys.keys(), expected.keys())
        for key, row in keys.items():
            first, opening, sell_in, sell_out = expected[key]
            self.assertEqual(row.id, first)
            self.assertEqual(row.opening_date, counts[key].date if key in counts else False)
            for name, quantity in (
                ("opening_quantity", opening),
                ("sell_in_quantity", sell_in),
                ("sell_out_quantity", sell_out),
                ("quantity_left", opening + sell_in - sell_out),
            ):
                self.assertAlmostEqual(row[name], quantity, 2)

    def check_marked_and_counted(self):
        """Compare as it is after a change, and after the scheduled action."""
        self.env.flush_all()
        self.check(times=1)
        self.sums._recount()
        self.check()

    def count_marks(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT COUNT(*) FROM channel_sales_mark")
        return self.env.cr.fetchone()[0]


@tagged("post_install", "-at_install")
class TestSums(SumsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = [date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28), date(2026, 1, 1)]
        cls.invoices = [
            cls.make_invoice(dealer, {"soap": 3, "shampoo": 1}, day=day)
            for dealer, day in product(cls.dealers, days)
        ]
        cls.orders = [
            cls.make_order(sub, {"soap": 1, "toothpaste": 2}, day=day)
            for sub, day in product(cls.subs, days)
        ]
        cls.sums._recount()

    @classmethod
    def count_stock(cls, dealer, name, quantity, day):
        cls.env["channel.opening"].create(
            {
                "dealer_id": dealer.id,
                "product_id": cls.products[name].id,
                "date": day,
                "quantity": quantity,
            }
        )

    def test_what_is_counted_is_read_from_sums(self):
        """Not from the documents: a sum that is wrong on purpose comes out."""
        self.env.cr.execute(
            """UPDATE channel_sales_total SET lines = 100; UPDATE channel_sales_total_year
               SET lines = 1000; UPDATE channel_sales_total_partner SET lines = 10000"""
        )
        analysis = self.readers[0]
        own = [("dealer_id", "=", self.dealers[1].id)]
        for groupby, lines in (
            (["date:month"], 10000),
            (["product_id", "date:month"], 100),
            (["product_id", "date:year"], 1000),
        ):
            rows = analysis._read_group(own, groupby, ["__count"])
            self.assertEqual({row[-1] % 10000 % lines for row in rows}, {0})
            self.assertGreaterEqual(min(row[-1] for row in rows), lines)

    def test_documents_are_read_for_what_sums_do_not_know(self):
        self.env.cr.execute("UPDATE channel_sales_total SET lines = 100")
        self.env.cr.execute("UPDATE channel_sales_total_partner SET lines = 100")
        for domain, groupby, aggregates in (
            ([], ["date:week"], ["__count"]),
            ([], ["move_id"], ["__count"]),
            ([("date", "<=", "2025-02-27")], [], ["__count"]),
            ([("document", "!=", False)], [], ["__count"]),
            ([], [], ["__count", "quantity:max"]),
            ([], [], ["__count", "product_id:array_agg"]),
        ):
            with self.subTest(domain=domain, groupby=groupby, aggregates=aggregates):
                rows = self.readers[0]._read_group(domain, groupby, aggregates)
                self.assertLess(max(row[len(groupby)] for row in rows), 100)

    def test_nothing_has_changed(self):
        self.check(times=8)

    def test_stock_is_read_from_sums_but_for_the_month_of_a_count(self):
        """Not from the documents: a sum that is wrong on purpose comes out, or does not."""
        dealer, soap = self.dealers[1], self.products["soap"]

        def get_sell_in():
            self.env.invalidate_all()
            stock = self.env["channel.dealer.stock"].search(
                [("dealer_id", "=", dealer.id), ("product_id", "=", soap.id)]
            )
            return stock.sell_in_quantity

        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE channel_sales_total SET quantity = 100 WHERE tier = 'sell_in';
               UPDATE channel_sales_total_year SET quantity = 1000 WHERE tier = 'sell_in'"""
        )
        self.assertEqual(get_sell_in(), 2 * 1000)  # two years
        self.count_stock(dealer, "soap", 0, date(2025, 2, 1))
        self.assertEqual(get_sell_in(), 2 * 100)  # February, January of the next year
        self.count_stock(dealer, "soap", 0, date(2025, 2, 2))
        self.assertEqual(get_sell_in(), 3 + 100)  # the invoice of February 28

    def test_stock_after_counts_on_all_kinds_of_days(self):
        days = [
            date(2024, 12, 31),
            date(2025, 1, 1),
            date(2025, 1, 30),
            date(2025, 1, 31),
            date(2025, 2, 1),
            date(2025, 2, 2),
            date(2025, 2, 28),
            date(2025, 3, 1),
            date(2025, 12, 31),
            date(2026, 1, 1),
            date(2026, 1, 2),
        ]
        self.check_stock()
        for day in days:  # each takes the place of the one before
            self.count_stock(self.dealers[0], "soap", 7, day)
            self.count_stock(self.dealers[1], "shampoo", 5, day)
            with self.subTest(day=day):
                self.check_stock()
        self.make_invoice(self.dealers[0], {"soap": 2}, day=date(2026, 1, 31))
        self.make_order(self.subs[0], {"soap": 1}, day=date(2026, 1, 2))
        self.check_marked_and_counted()

    def test_stock_after_changes_in_the_month_of_a_count(self):
        self.count_stock(self.dealers[0], "soap", 7, date(2025, 2, 15))
        self.count_stock(self.dealers[1], "soap", 7, date(2025, 2, 1))
        for dealer in self.dealers:
            for day in (1, 14, 15, 16):
                self.make_invoice(dealer, {"soap": 2}, day=date(2025, 2, day))
        self.check_marked_and_counted()
        self.invoices[2].button_draft()
        self.check_marked_and_counted()

    def test_pivots_and_order_and_having(self):
        analysis = self.readers[0]
        sets = [[], ["dealer_id"], ["dealer_id", "date:month"], ["tier"]]
        sums = analysis._read_grouping_sets([], sets, MEASURES)
        self.assertEqual(sums, analysis._read_grouping_sets(LIVE, sets, MEASURES))
        having = [("quantity:sum", ">", 3), ("__count", "<", 9)]
        self.assertEqual(*self.read(analysis, [], ["dealer_id", "date:month"], having))
        ordered = [
            analysis._read_group(domain, ["product_id"], MEASURES, order="amount:sum DESC", limit=2)
            for domain in ([], LIVE)
        ]
        self.assertEqual(*ordered)

    def test_records_come_in_the_readers_environment(self):
        [(dealer, *_rest), *_rows] = self.readers[0]._read_group([], ["dealer_id"], ["__count"])
        self.assertEqual(dealer.env, self.readers[0].env)

    def test_no_context_reads_sums_for_lines(self):
        analysis = self.readers[0].with_context(channel_sales_size="month")
        rows = analysis.search([("dealer_id", "=", self.dealers[1].id)])
        self.assertEqual(len(rows), 8)
        self.assertEqual(rows.move_id.sorted("id").ids, [move.id for move in self.invoices[4:]])

    def test_a_rule_about_documents_is_kept(self):
        self.env["ir.rule"].create(
            {
                "name": "Since the day",
                "model_id": self.env["ir.model"]._get_id("channel.analysis"),
                "domain_force": "[('date', '>=', '2025-02-28')]",
            }
        )
        self.check()
        rows = self.readers[0]._read_group([], ["date:month"], ["__count"])
        months = [day for day, _count in rows if day.year < 2026]
        self.assertNotIn(date(2025, 1, 1), months)

    # === Changes === #

    def test_documents_that_come_and_go(self):
        self.invoices[0].button_draft()
        self.check_marked_and_counted()
        self.invoices[0].unlink()
        self.invoices[1]._reverse_moves(cancel=False).action_post()
        self.orders[0]._action_cancel()
        self.check_marked_and_counted()
        self.make_return(self.orders[1], {"soap": 1}, day=date(2025, 3, 3))
        self.make_invoice(self.dealers[1], {"soap": 5}, day=date(2025, 12, 31))
        self.make_order(self.subs[1], {"soap": 5}, day=date(2024, 12, 31))
        self.check_marked_and_counted()

    def test_documents_that_go_elsewhere(self):
        self.invoices[1].invoice_user_id = self.colleague
        self.orders[1].user_id = False
        self.check_marked_and_counted()
        self.invoices[1].button_draft()
        self.invoices[1].write({"partner_id": self.dealers[1].id, "invoice_date": date(2025, 3, 9)})
        self.invoices[1].action_post()
        self.orders[2].channel_order_date = date(2025, 1, 2)
        self.check_marked_and_counted()

    def test_lines_that_change(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.orders[0].order_line[0].product_uom_qty = 7
        self.orders[1].order_line[0].price_unit = 1.37
        self.orders[2].order_line[0].write({"product_uom_id": dozen.id, "product_uom_qty": 0.7})
        self.orders[3].order_line = [Command.create({"product_id": self.products["shampoo"].id})]
        self.check_marked_and_counted()
        dozen.relative_factor = 11
        self.env.flush_all()
        # Odoo itself refuses to change the unit of what has been invoiced.
        self.env.cr.execute(
            "UPDATE product_template SET uom_id = %s WHERE id = %s",
            [dozen.id, self.products["shampoo"].product_tmpl_id.id],
        )
        self.check_marked_and_counted()

    def test_products_and_partners_that_change(self):
        self.products["soap"].categ_id = self.env["product.category"].create({"name": "New"})
        self.dealers[0].channel_territory_id = self.territory
        self.check_marked_and_counted()
        self.products["shampoo"].product_tmpl_id.type = "service"
        self.dealers[0].user_id = self.colleague
        self.check_marked_and_counted()
        self.products["shampoo"].product_tmpl_id.type = "consu"
        self.dealers[1].channel_role = False
        self.check_marked_and_counted()
        self.dealers[1].channel_role = "dealer"
        self.check_marked_and_counted()

    def test_who_was_a_dealer_keeps_what_he_ordered_as_one(self):
        order = self.make_order(self.dealers[1], {"soap": 2})
        order._create_invoices().action_post()
        self.check_marked_and_counted()
        self.dealers[1].channel_role = False
        self.check_marked_and_counted()
        own = [("dealer_id", "=", self.dealers[1].id)]
        self.assertEqual(self.readers[0]._read_group(own, [], ["quantity:sum"]), [(2,)])
        order.order_line.invoice_lines = False
        self.check_marked_and_counted()
        self.assertEqual(self.readers[0]._read_group(own, [], ["__count"]), [(0,)])

    def test_partners_that_are_merged(self):
        """Merging writes by SQL."""
        first, second = self.dealers
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).ids, second)
        self.check_marked_and_counted()
        [(dealer, count)] = self.readers[0]._read_group(
            [("tier", "=", "sell_in"), ("dealer_id", "=", second.id)], ["dealer_id"], ["__count"]
        )
        self.assertEqual((dealer, count), (second, 16))

    def test_companies_and_currencies(self):
        """Sums over currencies are converted alike as well."""
        currency = self.env["res.currency"].create({"name": "TRI", "symbol": "3"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2025-01-01", "rate": 3}
        )
        second = self.env["res.company"].create({"name": "Second", "currency_id": currency.id})
        self.env["account.chart.template"].try_loading("generic_coa", second, install_demo=False)
        second.currency_id = currency
        manager = self.users["sales_manager"]
        manager.company_ids += second
        both = {"allowed_company_ids": (self.company | second).ids}
        self.readers = [self.readers[0].with_context(**both)]
        for quantity in (1, 2, 4):
            self.make_invoice(self.dealers[0], {"soap": quantity}, company_id=second.id)
        self.make_invoice(self.dealers[1], {"soap": 1}, currency_id=currency.id)
        self.check_marked_and_counted()
        companies = self.readers[0]._read_group([], ["company_id"])
        self.assertEqual({company for (company,) in companies}, {self.company, second})

    # === Marks === #

    def test_what_does_not_matter_leaves_no_mark(self):
        draft = self.make_invoice(self.dealers[0], {"soap": 1}, post=False)
        draft.invoice_line_ids.quantity = 2
        bill = self.make_invoice(self.dealers[0], {"soap": 1}, move_type="in_invoice")
        quotation = self.make_order(self.subs[0], {"soap": 1}, confirm=False)
        quotation.order_line.product_uom_qty = 9
        self.invoices[0].ref = "Theirs"
        self.orders[0].note = "Ours"
        self.dealers[0].phone = "1"
        self.products["soap"].list_price = 3
        (draft | bill).flush_recordset()
        self.assertFalse(self.count_marks())
        draft.action_post()
        quotation.action_confirm()
        self.assertTrue(self.count_marks())

    def test_the_scheduled_action_takes_marks_away(self):
        self.make_invoice(self.dealers[0], {"soap": 1})
        self.assertTrue(self.count_marks())
        with self.enter_registry_test_mode():
            self.env.ref("channel_rebate.ir_cron_recount_sales").method_direct_trigger()
        self.assertFalse(self.count_marks())
        self.check()

    def test_everything_can_be_counted_anew(self):
        self.env.cr.execute("UPDATE channel_sales_total SET lines = 0, amount = 0")
        self.sums._recount_all()
        self.check()

    def test_nobody_reads_the_sums(self):
        for user in (self.env.ref("base.user_admin"), self.users["sales_manager"]):
            self.assertFalse(self.sums.with_user(user).has_access("read"))

    def test_uninstalling_leaves_no_trigger(self):
        self.sums._drop_tables()
        self.invoices[0].button_draft()
        self.dealers[1].channel_role = False
        self.env.flush_all()
        self.env.cr.execute("SELECT FROM pg_proc WHERE proname LIKE 'channel_sales_%'")
        self.assertFalse(self.env.cr.rowcount)
