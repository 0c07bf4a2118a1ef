"""Sell-in and sell-out side by side: what is in the analysis, what is not, and for whom."""

from datetime import date

from lxml import etree
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PRICES, ChannelCase, WorkedExampleCase

IN, OUT = "sell_in", "sell_out"
HUNDRED = 100 * sum(PRICES.values())


class AnalysisCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.other = cls.make_dealer("Other")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.analysis = cls.env["channel.analysis"]

    def rows_of(self, partner, role=None):
        """Return ``[(tier, quantity, amount)]`` of a dealer or sub-distributor, latest first."""
        analysis = self.model(role, "channel.analysis") if role else self.analysis
        domain = ["|", ("dealer_id", "=", partner.id), ("sub_distributor_id", "=", partner.id)]
        return [(row.tier, row.quantity, row.amount) for row in analysis.search(domain)]

    def make_currency(self):
        """Return a currency of which two make one of the company's."""
        currency = self.env["res.currency"].create({"name": "TWO", "symbol": "2"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2025-01-01", "rate": 2}
        )
        return currency


@tagged("post_install", "-at_install")
class TestWhatCounts(AnalysisCase):
    def test_a_row_says_who_what_where_and_when(self):
        territory = self.env["channel.territory"].create({"name": "East"})
        (self.dealer | self.sub).channel_territory_id = territory
        invoice = self.make_invoice(self.dealer, {"soap": 100}, day=date(2025, 2, 3))
        order = self.make_order(self.sub, {"soap": 50}, day=date(2025, 3, 4))
        soap = self.products["soap"]
        common = {
            "dealer_id": self.dealer.id,
            "territory_id": territory.id,
            "user_id": self.users["salesperson"].id,
            "product_id": soap.id,
            "product_tmpl_id": soap.product_tmpl_id.id,
            "categ_id": soap.categ_id.id,
            "product_uom_id": soap.uom_id.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
        }
        sell_out = {
            **common,
            "tier": OUT,
            "document": order.name,
            "order_id": order.id,
            "move_id": False,
            "date": date(2025, 3, 4),
            "sub_distributor_id": self.sub.id,
            "quantity": 50,
            "amount": 12650,
            "sell_in_quantity": 0,
            "sell_out_quantity": 50,
            "sell_in_amount": 0,
            "sell_out_amount": 12650,
        }
        sell_in = {
            **common,
            "tier": IN,
            "document": invoice.name,
            "order_id": False,
            "move_id": invoice.id,
            "date": date(2025, 2, 3),
            "sub_distributor_id": False,
            "quantity": 100,
            "amount": 25300,
            "sell_in_quantity": 100,
            "sell_out_quantity": 0,
            "sell_in_amount": 25300,
            "sell_out_amount": 0,
        }
        rows = self.analysis.search([("dealer_id", "=", self.dealer.id)])
        self.assertRecordValues(rows, [sell_out, sell_in])

    def test_each_dealer_has_his_own_rows(self):
        self.make_invoice(self.dealer, {"soap": 2})
        self.make_invoice(self.other, {"soap": 3})
        self.make_order(self.sub, {"soap": 1})
        self.assertEqual(self.rows_of(self.dealer), [(IN, 2, 506), (OUT, 1, 253)])
        self.assertEqual(self.rows_of(self.other), [(IN, 3, 759)])
        self.assertEqual(self.rows_of(self.sub), [(OUT, 1, 253)])

    def test_a_contacts_invoice_is_his_companys(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.dealer.id})
        self.make_invoice(contact, {"soap": 1})
        self.assertEqual(self.rows_of(self.dealer), [(IN, 1, 253)])

    def test_credit_notes_and_returns_are_negative(self):
        invoice = self.make_invoice(self.dealer, {"soap": 10})
        day = date(2025, 4, 5)
        credit_note = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        credit_note.invoice_line_ids.quantity = 4
        credit_note.action_post()
        order = self.make_order(self.sub, {"soap": 5}, day=date(2025, 1, 8))
        self.make_return(order, {"soap": 2}, day=date(2025, 1, 9))
        rows = [(IN, -4, -1012), (IN, 10, 2530), (OUT, -2, -506), (OUT, 5, 1265)]
        self.assertEqual(self.rows_of(self.dealer), rows)
        own_day = self.analysis.search([("date", "=", day)])
        self.assertEqual(own_day.move_id, credit_note)

    def test_other_units_count_in_the_products(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        invoice = self.make_invoice(self.dealer, {"soap": 2}, post=False)
        invoice.invoice_line_ids.product_uom_id = dozen
        invoice.action_post()
        order = self.make_order(self.sub, {"soap": 1}, confirm=False)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 100})
        order.action_confirm()
        rows = self.analysis.search([("dealer_id", "=", self.dealer.id)])
        self.assertEqual(rows.mapped("quantity"), [24, 12])

    def test_other_currencies_count_in_the_companys(self):
        currency = self.make_currency()
        self.make_invoice(self.dealer, {"soap": 1}, currency_id=currency.id)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Two", "currency_id": currency.id}
        )
        self.make_order(self.sub, {"soap": 1}, pricelist_id=pricelist.id)
        self.assertEqual(self.rows_of(self.dealer), [(IN, 1, 126.5), (OUT, 1, 126.5)])

    def test_tax_and_discount_do_not_count(self):
        tax = self.env["account.tax"].create({"name": "13", "amount": 13})
        invoice = self.make_invoice(self.dealer, {"soap": 1}, post=False)
        invoice.invoice_line_ids.write({"tax_ids": tax.ids, "discount": 10})
        invoice.action_post()
        self.assertEqual(self.rows_of(self.dealer), [(IN, 1, 227.7)])

    def test_drafts_and_cancelled_do_not_count(self):
        self.make_invoice(self.dealer, {"soap": 1}, post=False)
        self.make_invoice(self.dealer, {"soap": 1}).button_cancel()
        self.make_invoice(self.dealer, {"soap": 1}, move_type="in_invoice")
        self.make_order(self.sub, {"soap": 1}, confirm=False)
        self.make_order(self.sub, {"soap": 1})._action_cancel()
        self.assertFalse(self.rows_of(self.dealer))

    def test_sell_in_counts_when_it_is_invoiced(self):
        order = self.make_order(self.dealer, {"soap": 1})
        self.assertFalse(self.rows_of(self.dealer))
        order._create_invoices().action_post()
        self.assertEqual(self.rows_of(self.dealer), [(IN, 1, 253)])

    def test_services_do_not_count(self):
        self.products["advice"] = self.make_product("advice", 10, type="service")
        self.addCleanup(self.products.pop, "advice")
        self.make_invoice(self.dealer, {"advice": 1})
        self.assertFalse(self.rows_of(self.dealer))

    def test_down_payments_do_not_count(self):
        order = self.make_order(self.dealer, {"soap": 10})
        wizard = self.env["sale.advance.payment.inv"].create(
            {"advance_payment_method": "percentage", "sale_order_ids": order.ids, "amount": 50}
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertTrue(order.invoice_ids.amount_untaxed)
        self.assertFalse(self.rows_of(self.dealer))

    def test_customers_outside_the_channel_do_not_count(self):
        shop = self.env["res.partner"].create({"name": "Shop"})
        self.make_invoice(shop, {"soap": 1})
        self.make_order(shop, {"soap": 1})._create_invoices().action_post()
        self.assertFalse(self.rows_of(shop))

    def test_who_was_a_dealer_keeps_what_he_ordered_as_one(self):
        order = self.make_order(self.other, {"soap": 2})
        invoice = order._create_invoices()
        invoice.action_post()
        self.other.channel_role = False
        invoice._reverse_moves(cancel=False).action_post()
        self.make_invoice(self.other, {"soap": 5})
        self.assertEqual(sorted(self.rows_of(self.other)), [(IN, -2, -506), (IN, 2, 506)])

    def test_march_order_typed_in_april_is_a_march_row(self):
        self.make_order(
            self.sub, {"soap": 1}, day=date(2025, 3, 31), date_order="2025-04-03 09:00:00"
        )
        domain = [("dealer_id", "=", self.dealer.id), ("tier", "=", OUT)]
        groups = self.analysis._read_group(domain, ["date:month"], ["quantity:sum"])
        self.assertEqual(groups, [(date(2025, 3, 1), 1)])

    def test_sub_distributor_who_moved_keeps_his_dealer_on_old_orders(self):
        self.make_order(self.sub, {"soap": 1})
        self.sub.channel_dealer_id = self.other
        self.assertEqual(self.rows_of(self.dealer), [(OUT, 1, 253)])

    def test_pending_changes_are_seen(self):
        """The analysis reads the database, which has to know first."""
        order = self.make_order(self.sub, {"soap": 1})
        self.assertEqual(self.rows_of(self.sub), [(OUT, 1, 253)])
        order.order_line.product_uom_qty = 3
        self.analysis.invalidate_model()
        self.assertEqual(self.rows_of(self.sub), [(OUT, 3, 759)])

    def test_rows_open_their_documents(self):
        invoice = self.make_invoice(self.dealer, {"soap": 1})
        order = self.make_order(self.sub, {"soap": 1})
        rows = self.analysis.search([("dealer_id", "=", self.dealer.id)])
        opened = [row.action_open_document() for row in rows]
        self.assertEqual(
            [(action["res_model"], action["res_id"]) for action in opened],
            [("account.move", invoice.id), ("sale.order", order.id)],
        )


@tagged("post_install", "-at_install")
class TestLedgerAndAnalysis(WorkedExampleCase):
    def sum_of(self, domain):
        [sums] = self.env["channel.analysis"]._read_group(
            domain, [], ["quantity:sum", "amount:sum"]
        )
        return sums

    def test_sums_are_those_of_the_settlement(self):
        self.make_invoice(self.dealer_a, {"soap": 3}, move_type="out_refund")
        self.make_return(self.make_order(self.sub_s, {"soap": 9}), {"soap": 4})
        self.sign(self.agreements)
        settlement = self.settle()
        settlement.statement_ids.move_id.action_post()
        for partner, field_name, tier in (
            (self.dealer_a, "dealer_id", IN),
            (self.dealer_b, "dealer_id", IN),
            (self.sub_s, "sub_distributor_id", OUT),
        ):
            lines = self.statement_of(settlement, partner).line_ids
            domain = [(field_name, "=", partner.id), ("tier", "=", tier)]
            self.assertEqual(
                self.sum_of(domain),
                (sum(lines.mapped("quantity")), sum(lines.mapped("base_amount"))),
            )

    def test_no_document_of_a_settlement_is_a_sale(self):
        """Neither the credit note, nor its reversal, nor the draft before it is posted."""
        domain = [("dealer_id", "=", self.dealer_a.id), ("tier", "=", IN)]
        self.assertEqual(self.sum_of(domain), (300, HUNDRED))
        self.sign(self.agreements)
        settlement = self.settle()
        self.assertEqual(self.sum_of(domain), (300, HUNDRED))
        settlement.statement_ids.move_id.action_post()
        self.assertEqual(self.sum_of(domain), (300, HUNDRED))
        self.as_role("keeper", settlement).action_reverse()
        documents = self.env["account.move"].search(
            [("channel_statement_id.settlement_id", "=", settlement.id)]
        )
        self.assertGreater(len(documents), 3)
        self.assertEqual(self.sum_of(domain), (300, HUNDRED))


@tagged("post_install", "-at_install")
class TestAnalysisRoles(AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, login="colleague", groups="sales_team.group_sale_salesman"
        )
        cls.other.user_id = cls.colleague
        cls.make_invoice(cls.dealer, {"soap": 1}, invoice_user_id=cls.colleague.id)
        cls.make_invoice(cls.other, {"soap": 2}, invoice_user_id=cls.colleague.id)
        cls.make_invoice(cls.other, {"soap": 3}, invoice_user_id=cls.users["salesperson"].id)
        nobodys = cls.make_invoice(cls.other, {"soap": 4}, post=False)
        nobodys.invoice_user_id = False
        nobodys.action_post()

    def quantities(self, user):
        domain = [("dealer_id", "in", (self.dealer | self.other).ids)]
        return sorted(self.analysis.with_user(user).search(domain).mapped("quantity"))

    def test_salesperson_sees_his_documents_his_dealers_and_nobodys(self):
        self.assertEqual(self.quantities(self.users["salesperson"]), [1, 3, 4])
        self.assertEqual(self.quantities(self.colleague), [1, 2, 3, 4])

    def test_the_others_see_all(self):
        for role in ("sales_manager", "keeper", "officer", "accountant"):
            with self.subTest(role):
                self.assertEqual(self.quantities(self.users[role]), [1, 2, 3, 4])
        for groups in (
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_readonly",
        ):
            user = new_test_user(self.env, login=groups, groups=groups)
            with self.subTest(groups):
                self.assertEqual(self.quantities(user), [1, 2, 3, 4])

    def test_nobody_else_sees_anything(self):
        users = [
            self.make_portal_user(self.dealer),
            new_test_user(self.env, login="clerk", groups="base.group_user"),
        ]
        for user in users:
            for model in ("channel.analysis", "channel.dealer.stock", "channel.opening"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_screens_open_for_everybody_who_has_their_menu(self):
        """The lists with all their columns, and the views beside them."""
        self.env["channel.opening"].create(
            {"dealer_id": self.dealer.id, "product_id": self.products["soap"].id, "quantity": 1}
        )
        kinds = {
            "channel.analysis": ("list", "search", "pivot", "graph"),
            "channel.dealer.stock": ("list", "search", "pivot"),
            "channel.opening": ("list", "search", "form"),
        }
        for role in ("keeper", "officer", "accountant", "salesperson", "sales_manager"):
            for name, views in kinds.items():
                model = self.model(role, name)
                arch = model.get_views([(False, kind) for kind in views])["views"]["list"]["arch"]
                columns = [node.get("name") for node in etree.fromstring(arch).iter("field")]
                spec = {
                    column: {"fields": {"display_name": {}}}
                    if model._fields[column].relational
                    else {}
                    for column in columns
                }
                with self.subTest(role=role, model=name):
                    self.assertTrue(model.web_search_read([], spec)["records"])

    def test_nobody_writes(self):
        row = self.model("sales_manager", "channel.analysis").search([], limit=1)
        with self.assertRaises(AccessError):
            row.write({"quantity": 7})
        with self.assertRaises(AccessError):
            row.unlink()

    def test_companies_are_apart(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.env["account.chart.template"].try_loading("generic_coa", second, install_demo=False)
        manager = self.users["sales_manager"]
        env = self.env(context={**self.env.context, "allowed_company_ids": second.ids})
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.dealer.id,
                "invoice_date": date(2025, 2, 1),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.products["soap"].id,
                            "quantity": 9,
                            "price_unit": 1,
                        }
                    )
                ],
            }
        )
        move.action_post()
        self.assertEqual(move.company_id, second)
        self.assertEqual(self.quantities(manager), [1, 2, 3, 4])
        manager.company_ids += second
        both = self.analysis.with_user(manager).with_context(
            allowed_company_ids=(self.company | second).ids
        )
        rows = both.search([("dealer_id", "=", self.dealer.id)])
        self.assertEqual(
            {row.company_id: row.quantity for row in rows}, {self.company: 1, second: 9}
        )
