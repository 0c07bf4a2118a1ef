"""Versions on their own dates, why a line does not count, and the way back to the documents."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .ledger import LedgerCase

BEFORE, CHANGE = date(2025, 2, 14), date(2025, 2, 15)


class VersionCase(LedgerCase):
    @classmethod
    def make_version(cls, agreement, rates, day=CHANGE):
        """Return the draft of the next version of an agreement, which begins on a day."""
        keeper_agreement = cls.as_role("keeper", agreement)
        version = keeper_agreement._create_version(day, copy_terms=False)
        version.line_ids = [Command.create({"product_id": cls.products[name].id}) for name in rates]
        cls.enter_rates(version, rates.values())
        return version.with_env(cls.env)


@tagged("post_install", "-at_install")
class TestVersions(VersionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.sign_all(cls.dealer_a, periods=[cls.period], rates={"soap": "1"})
        cls.sign_all(cls.dealer_b, periods=[cls.period], rates={"soap": "1"})
        for dealer in (cls.dealer_a, cls.dealer_b):
            for day in (BEFORE, CHANGE):
                cls.make_invoice(dealer, {"soap": 10}, day=day)

    def amounts(self, settlement, dealer):
        lines = self.statement_of(settlement, dealer).line_ids
        return sorted((line.rate, line.quantity, line.amount) for line in lines)

    def test_one_statement_at_the_rates_of_the_days(self):
        self.sign(self.make_version(self.first, {"soap": "2"}))
        settlement = self.settle()
        self.assertEqual(self.amounts(settlement, self.dealer_a), [(1, 10, 25.3), (2, 10, 50.6)])
        self.assertEqual(self.amounts(settlement, self.dealer_b), [(1, 20, 50.6)])

    def test_draft_and_cancelled_versions_change_nothing(self):
        version = self.make_version(self.first, {"soap": "2"})
        self.assertEqual(self.bases()["Dealer A", "soap"], self.soap(20))
        self.seal(version)
        self.as_role("keeper", version).action_cancel()
        self.assertEqual(self.bases()["Dealer A", "soap"], self.soap(20))

    def test_sealed_version_ends_the_old_one_and_waits_for_its_signature(self):
        self.seal(self.make_version(self.first, {"soap": "2"}))
        self.assertEqual(self.bases()["Dealer A", "soap"], self.soap(10))
        (name, _document, reason) = self.reasons()[0]
        self.assertEqual((name, reason, len(self.reasons())), ("Dealer A", "no_agreement", 1))

    def test_each_version_applies_until_the_next_one(self):
        second = self.sign(self.make_version(self.first, {"soap": "2"}, day=BEFORE))
        self.sign(self.make_version(second, {"soap": "3"}))
        settlement = self.settle()
        self.assertEqual(self.amounts(settlement, self.dealer_a), [(2, 10, 50.6), (3, 10, 75.9)])

    def test_return_counts_under_the_version_of_its_sale(self):
        self.sign(self.make_version(self.first, {"soap": "2"}))
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.dealer_a.id), ("invoice_date", "=", BEFORE)]
        )
        self.reverse(invoice, date(2025, 3, 1), quantity=4)
        settlement = self.settle()
        self.assertEqual(self.amounts(settlement, self.dealer_a), [(1, 6, 15.18), (2, 10, 50.6)])


@tagged("post_install", "-at_install")
class TestReasons(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products["freight"] = cls.make_product("freight", 40, type="service")
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.sign_all(dealer, periods=[cls.period], date_from=date(2025, 2, 1))

    def test_each_line_that_does_not_count_says_why(self):
        day = date(2025, 2, 1)
        self.make_invoice(self.dealer_b, {"soap": 1}, day=day)
        early = self.make_invoice(self.dealer_a, {"soap": 1}, day=date(2025, 1, 31))
        mixed = self.make_invoice(
            self.dealer_a, {"soap": 1, "shampoo": 1, "freight": 1}, day=day, post=False
        )
        mixed.invoice_line_ids = [
            Command.create({"name": "Something", "price_unit": 5}),
            Command.create({"name": "Note", "display_type": "line_note"}),
        ]
        mixed.action_post()
        advance = self.make_invoice(self.dealer_a, {"soap": 1}, day=day, post=False)
        advance.invoice_line_ids.is_downpayment = True
        advance.action_post()
        self.assertEqual(
            self.reasons(),
            sorted(
                [
                    ("Dealer A", early.name, "no_agreement"),
                    ("Dealer A", mixed.name, "not_covered"),
                    ("Dealer A", mixed.name, "service"),
                    ("Dealer A", mixed.name, "no_product"),
                    ("Dealer A", advance.name, "down_payment"),
                ]
            ),
        )
        self.assertEqual(self.bases()["Dealer A", "soap"], self.soap(1))

    def test_sell_out_of_another_dealer(self):
        day = date(2025, 2, 1)
        self.sign_all(self.sub_a, periods=[self.period], rates={"soap": "0.5"}, date_from=day)
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"soap": 10}, day=day)
        self.make_order(self.sub_a, {"soap": 2}, day=day)
        self.sub_a._move_to_channel_dealer(self.dealer_b, date(2025, 3, 1))
        order = self.make_order(self.sub_a, {"soap": 3}, day=date(2025, 3, 1))
        self.assertEqual(self.bases()["Sub A", "soap"], self.soap(2))
        self.assertEqual(self.reasons(), [("Sub A", order.name, "other_dealer")])

    def test_overlapping_lines_never_double_a_base(self):
        dealer = self.make_dealer("Overlap")
        agreement = self.make_agreement(dealer, {"soap": "1"})
        template = self.products["soap"].product_tmpl_id
        self.model("keeper", "channel.agreement.line").create(
            [
                {"agreement_id": agreement.id, "applied_on": "all"},
                {
                    "agreement_id": agreement.id,
                    "applied_on": "category",
                    "categ_id": self.env["product.category"].create({"name": "Care"}).id,
                },
                {
                    "agreement_id": agreement.id,
                    "applied_on": "template",
                    "product_tmpl_id": template.id,
                },
            ]
        )
        template.categ_id = agreement.line_ids.categ_id
        self.enter_rates(agreement, ["1"] * 4)
        self.sign(agreement)
        self.make_invoice(dealer, {"soap": 3})
        self.assertEqual(self.bases()["Overlap", "soap"], self.soap(3))

    def test_taxes_part_lines(self):
        taxes = self.env["account.tax"].create(
            [{"name": f"{amount} %", "amount": amount} for amount in (6, 13)]
        )
        sets = (taxes[0], taxes, self.env["account.tax"])
        for dealer in (self.dealer_a, self.dealer_b):
            for number, tax_set in enumerate(sets, 1):
                invoice = self.make_invoice(dealer, {"soap": number}, post=False)
                invoice.invoice_line_ids.tax_ids = tax_set
                invoice.action_post()
        lines = self.statements_of().line_ids
        for dealer in (self.dealer_a, self.dealer_b):
            own = lines.filtered(lambda line, dealer=dealer: line.statement_id.partner_id == dealer)
            found = {line.tax_key: line.quantity for line in own}
            expected = {str(taxes[0].id): 1, f"{taxes[0].id},{taxes[1].id}": 2, "": 3}
            self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestTrace(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b)
        cls.sign_all(cls.sub_a, rates={"soap": "0.5"})
        for dealer in (cls.dealer_a, cls.dealer_b):
            for quantity in (10, 7):
                cls.make_invoice(dealer, {"soap": quantity, "toothpaste": quantity})
        cls.make_order(cls.sub_a, {"soap": 20})

    def opened_by(self, action, role="officer"):
        return self.model(role, action["res_model"]).search(action["domain"])

    def test_sales_behind_a_line_add_up_to_its_base(self):
        statements = self.statements_of()
        self.assertEqual(len(statements.line_ids), 5)
        for line in self.as_role("officer", statements.line_ids):
            sales = self.opened_by(line.action_open_sales())
            self.assertTrue(sales)
            currency = line.currency_id
            self.assertEqual(currency.round(sum(sales.mapped("base_amount"))), line.base_amount)
            if line.statement_id.role == "dealer":
                balances = sum(sales.move_line_id.mapped("balance"))
                self.assertEqual(-balances, line.base_amount)
                self.assertEqual(sales.move_line_id.product_id, line.product_id)
                self.assertEqual(
                    sales.move_line_id.move_id.commercial_partner_id, line.statement_id.partner_id
                )
            else:
                self.assertEqual(sales.order_line_id.order_id.partner_id, self.sub_a)
                self.assertEqual(sales.mapped("base_quantity"), [17])
        self.assertEqual(sales[0].action_open_document()["res_model"], "sale.order")

    def test_bases_without_a_statement(self):
        """Who writes nothing down gets the same sums, up to a day if he wants."""
        agreements = self.env["channel.agreement"].search([("period_id", "=", self.period.id)])
        Ledger = self.env["channel.ledger"]
        Ledger._flush()

        def summed(until=None):
            rows = self.env.execute_query(Ledger._base_query(agreements, until=until))
            return sorted(row[1:5] for row in rows)

        self.assertFalse(summed(date(2025, 1, 31)))
        expected = sorted(
            (line.agreement_line_id.id, line.product_id.id, line.quantity, line.base_amount)
            for line in self.statements_of().line_ids
        )
        self.assertEqual(summed(), expected)
        self.assertEqual(summed(date(2025, 2, 1)), expected)

    def test_trace_stays_when_documents_change(self):
        settlement = self.settle()
        line = self.statement_of(settlement, self.dealer_b).line_ids[0]
        sales = self.opened_by(line.action_open_sales())
        moves = self.env["account.move"].browse(sales.move_line_id.move_id.ids)
        self.reverse(moves[0], date(2025, 3, 1))
        again = self.opened_by(line.action_open_sales())
        self.assertEqual(again, sales)
        self.assertEqual(sum(again.mapped("base_amount")), line.base_amount)

    def test_another_invoice_of_the_same_amount_is_another_sale(self):
        settlement = self.compute()
        invoice = self.make_invoice(self.dealer_b, {"soap": 10, "toothpaste": 10})
        other = self.env["account.move"].search(
            [("partner_id", "=", self.dealer_b.id), ("id", "!=", invoice.id)]
        )
        other.filtered(lambda move: move.invoice_line_ids[0].quantity == 10).button_draft()
        with self.refused("have changed since .*: Dealer B"):
            self.as_role("keeper", settlement).action_approve()

    def test_counted_exceptions(self):
        statement = self.statements_of().filtered(lambda record: record.partner_id == self.sub_a)
        statement = self.as_role("officer", statement)
        self.assertEqual(statement.exception_count, 1)
        action = statement.action_open_exceptions()
        self.assertTrue(self.opened_by(action).filtered("reason"))
        self.assertEqual(
            self.opened_by(statement.settlement_id.action_open_exceptions())._name,
            "channel.statement.sale",
        )

    def test_who_reads_the_sales_behind_statements(self):
        """Like statements: holders at once, others after the reveal and of their own partners."""
        settlement = self.compute()
        domain = [("statement_id", "in", settlement.statement_ids.ids)]
        every = self.env["channel.statement.sale"].search(domain)
        others = ("salesperson", "sales_manager", "accountant")

        def seen(role):
            return self.model(role, "channel.statement.sale").search(domain)

        self.dealer_b.user_id = self.users["sales_manager"]
        for role in ("keeper", "officer"):
            self.assertEqual(seen(role), every, role)
        for role in others:
            self.assertFalse(seen(role), role)
        self.as_role("keeper", settlement).action_approve()
        for role in others[1:]:
            self.assertEqual(seen(role), every, role)
        own = every.filtered(lambda sale: sale.partner_id != self.dealer_b)
        self.assertEqual(seen("salesperson"), own)
        for user in (self.users["administrator"], self.make_portal_user(self.dealer_a)):
            with self.assertRaises(AccessError):
                every.with_user(user).read(["base_amount"])

    def test_nobody_writes_them(self):
        sale = self.env["channel.statement.sale"].search(
            [("statement_id", "in", self.statements_of().ids)], limit=1
        )
        for role in self.users:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, sale).write({"document": "X"})
