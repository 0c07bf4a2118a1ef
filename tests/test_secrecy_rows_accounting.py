"""Ways out by sales and accounting: rows 36 to 53 of docs/secrecy.rst."""

from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .accrual_common import HUNDRED, JANUARY, AccrualCase
from .secrecy_common import OUTSIDERS, RATES, secrets_in
from .secrecy_rows import PLANT, Rows, RowsCase

SALES = ("salesperson", "sales_manager", "colleague")
READERS = (*SALES, "accountant")
# What a dealer owes: a hundred boxes of each product.
OWED = 73800.00
LIABILITY = "liability_current"
MOVE = ("name", "ref", "narration", "invoice_origin", "payment_reference", "amount_total")


@tagged("post_install", "-at_install")
class TestRowsOfAccounting(RowsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["colleague"] = new_test_user(
            cls.env, login="test_colleague", groups="sales_team.group_sale_salesman"
        )
        cls.dealer_b.user_id = cls.users["colleague"]
        cls.company.channel_rebate_post_documents = False

    def post(self):
        moves = self.approve()
        moves.sudo().action_post()
        self.env.flush_all()
        return moves

    def computed_again(self):
        """Compute as the officer; what is read before and after must be the same."""
        self.as_role("officer", self.settlement).action_compute()
        self.env.flush_all()

    def assertSame(self, look, roles, change, *, then=None):
        """Check that roles read the same after ``change``, and something else after ``then``."""
        self.as_role("officer", self.settlement).action_reset()
        before = {role: self.tell(look, role) for role in roles}
        change()
        for role in roles:
            with self.subTest(role=role):
                self.assertEqual(self.tell(look, role), before[role])
        if then:
            then()
            for role in roles:
                with self.subTest(role=role, then=True):
                    self.assertNotEqual(self.tell(look, role), before[role])

    def guess(self, env, name):
        """Return what dealer A's balance is found to be by halving, to the cent."""
        low, high = 0, 10**8
        Partner = env["res.partner"]
        while high - low > 1:
            middle = (low + high) // 2
            domain = [(name, ">", middle / 100), ("id", "=", self.dealer_a.id)]
            low, high = (middle, high) if Partner.search_count(domain) else (low, middle)
        return high / 100

    def test_row_36_a_binary_search_for_the_balance(self):
        self.assertEqual(self.tell(lambda env: self.guess(env, "credit"), "accountant"), OWED)
        self.computed_again()
        self.assertEqual(self.tell(lambda env: self.guess(env, "credit"), "accountant"), OWED)
        self.post()
        self.assertEqual(
            self.tell(lambda env: self.guess(env, "credit"), "accountant"), OWED - 9365.35
        )
        for name in ("credit", "debit"):
            for role in (*OUTSIDERS.keys() - {"accountant"}, "colleague"):
                told = self.tell(lambda env, name=name: self.guess(env, name), role)
                with self.subTest(role=role, field=name):
                    self.assertIn("AccessError", str(told))

    def test_row_37_the_warning_on_an_order(self):
        self.company.account_use_credit_limit = True
        self.dealer_a.sudo().credit_limit = 1
        order = self.make_order(self.dealer_a, {"soap": 1}, confirm=False)

        def look(env):
            return order.with_env(env).sudo(False).read(["partner_credit_warning"])

        self.assertIn("74,053", str(self.tell(look, "salesperson")))
        self.assertSame(look, ("salesperson", "sales_manager"), self.computed_again)
        self.approve()
        self.assertIn("74,053", str(self.tell(look, "salesperson")))
        self.assertUntold(look)

    def read_moves(self, env, partners=None):
        partners = partners or self.dealer_a
        moves = env["account.move"].search([("partner_id", "in", partners.ids)])
        lines = env["account.move.line"].search([("move_id", "in", moves.ids)])
        return [moves.read(MOVE), lines.read(["name", "balance", "product_id"])]

    def test_row_38_documents_for_salespeople(self):
        self.assertSame(self.read_moves, READERS, self.computed_again)
        self.assertFalse(self.env["account.move"].search([("channel_statement_id", "!=", False)]))
        self.approve()
        told = self.tell(self.read_moves, "salesperson")
        self.assertIn("9,365.35".replace(",", ""), str(told))
        self.assertFalse(secrets_in(told) & set(RATES))
        self.assertUntold(self.read_moves, ("colleague", "portal", "employee"))

    def test_row_39_the_salesperson_of_a_document(self):
        self.dealer_b.user_id = False
        moves = self.approve()
        for partner, role in ((self.dealer_a, "salesperson"), (self.dealer_b, "keeper")):
            move = moves.filtered(lambda move, partner=partner: move.partner_id == partner)
            self.assertEqual(move.invoice_user_id, self.users[role])
        self.assertUntold(self.read_moves, ("colleague",))

    def test_row_41_the_dashboard_of_journals(self):
        def look(env):
            journals = env["account.journal"].search([("type", "=", "sale")])
            return journals.read(["kanban_dashboard", "entries_count"])

        roles = ("salesperson", "sales_manager", "accountant")
        self.assertSame(look, roles, self.computed_again, then=self.approve)

    def test_row_42_reconciled_items(self):
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.dealer_a.id), ("move_type", "=", "out_invoice")]
        )

        def look(env):
            return env["account.partial.reconcile"].search([]).read()

        self.assertSame(look, ("salesperson", "accountant"), self.computed_again)
        moves = self.post()
        credit = moves.filtered(lambda move: move.partner_id == self.dealer_a)
        lines = (credit | invoice).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        told = self.tell(look, "salesperson")
        self.assertIn("9365.35", str(told))
        self.assertFalse(secrets_in(told) & set(RATES))

    def test_row_43_quantities_invoiced_of_orders(self):
        day = date(2025, 5, 5)
        order = self.make_order(self.dealer_a, {"soap": 10}, day=day)
        order._create_invoices().action_post()

        def look(env):
            lines = order.order_line.with_env(env)
            values = lines.read(["qty_invoiced", "qty_to_invoice", "invoice_status"])
            return [values, lines.invoice_lines.ids, order.with_env(env).read(["invoice_ids"])]

        self.assertIn("10.0", str(self.tell(look, "salesperson")))
        self.assertSame(look, ("salesperson", "sales_manager"), self.computed_again)
        before = self.tell(look, "sales_manager")
        moves = self.post()
        self.assertEqual(self.tell(look, "sales_manager"), before)
        self.assertFalse(moves.line_ids.sale_line_ids)

    def test_row_44_the_portal_and_its_tokens(self):
        def look(env):
            return env["account.move"].search([]).read(MOVE)

        self.assertSame(look, ("portal",), self.computed_again)
        moves = self.approve()
        self.assertEqual(set(moves.mapped("access_token")), {False})
        self.assertUntold(look, ["portal"])
        moves.sudo().action_post()
        self.assertTold(look, "portal", "9365.35")
        self.assertNotIn("access_token", self.env["channel.statement"]._fields)

    def test_row_45_accountants_before_approval(self):
        def look(env):
            moves = env["account.move"].search([])
            return [moves.read(MOVE), env["account.move.line"].search([]).read(["name", "balance"])]

        self.assertSame(look, ("accountant",), self.computed_again, then=self.approve)

    def test_row_47_sales_figures(self):
        def look(env):
            measures = ["price_subtotal:sum", "price_total:sum", "qty_invoiced:sum"]
            return env["sale.report"].formatted_read_group([], ["partner_id"], measures)

        self.assertSame(look, ("salesperson", "sales_manager"), self.computed_again)
        before = self.tell(look, "sales_manager")
        self.post()
        self.assertEqual(self.tell(look, "sales_manager"), before)
        invoices = [("partner_id", "=", self.dealer_a.id)]

        def report(env):
            return env["account.invoice.report"].formatted_read_group(
                invoices, [], ["price_subtotal:sum"]
            )

        self.assertFails(report, "AccessError", ("salesperson", "sales_manager", "portal"))
        self.assertIn(str(OWED - 9365.35), str(self.tell(report, "accountant")))
        for model in ("sale.report", "account.invoice.report"):
            self.assertFalse([n for n in self.env[model]._fields if n.startswith("channel_st")])

    def test_row_48_balances_of_a_partner(self):
        names = ["credit", "debit", "total_invoiced", "days_sales_outstanding"]

        def look(env):
            partners = (self.dealer_a | self.dealer_b | self.sub_s).with_env(env)
            return partners.read(names)

        self.assertFails(look, "AccessError", ("salesperson", "sales_manager", "employee"))
        self.assertSame(look, ("accountant",), self.computed_again, then=self.post)

    def test_row_49_50_costs_and_pricelists(self):
        def look(env):
            products = env["product.product"].browse(
                [product.id for product in self.products.values()]
            )
            items = env["product.pricelist.item"].search([])
            return [products.read(["standard_price", "lst_price"]), items.read()]

        self.assertSame(look, ("salesperson", "accountant"), self.computed_again)
        before = self.tell(look, "sales_manager")
        self.post()
        self.assertEqual(self.tell(look, "sales_manager"), before)
        self.assertUntold(look)
        self.env["product.pricelist.item"].search([], limit=1)
        values = {"compute_price": "fixed", "fixed_price": 17.3891, "applied_on": "3_global"}
        pricelist = self.env["product.pricelist"].create({"name": "Planted"})
        self.env["product.pricelist.item"].create({**values, "pricelist_id": pricelist.id})
        self.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 4
        self.assertIn(pricelist.name, str(self.tell(look, "salesperson")))

    def test_row_51_analytic_accounts(self):
        plan = self.env["account.analytic.plan"].create({"name": "Dealers"})
        account = self.env["account.analytic.account"].create(
            {"name": "Dealer A", "plan_id": plan.id, "partner_id": self.dealer_a.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.dealer_a.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        self.computed_again()
        self.assertFalse(account.line_ids)
        self.assertFalse(self.env["account.analytic.line"].search([("amount", "!=", 0)]))

        def look(env):
            return account.with_env(env).read(["balance", "debit", "credit"])

        self.assertUntold(look)

    def test_row_52_a_run_over_one_dealer(self):
        self.as_role("officer", self.settlement).action_cancel()
        run = self.compute(dealer_ids=[Command.link(self.dealer_a.id)])
        self.as_role("keeper", run).action_approve()
        self.env.flush_all()
        revealed = run.statement_ids.partner_id
        self.assertEqual(revealed, self.dealer_a | self.sub_s)
        sealed = {"16.1934", "15.2748", "14.3562", "11130.41", "2671.91", "3864.52", "4593.98"}

        def look(env):
            names = ("channel.statement", "channel.statement.line", "channel.agreement")
            return [
                *(env[name].search([]).read() for name in names if env[name].has_access("read")),
                *self.read_moves(env, self.partners),
            ]

        for role in OUTSIDERS:
            with self.subTest(role=role):
                self.assertFalse(secrets_in(self.tell(look, role)) & sealed)
        self.assertTold(look, "sales_manager")
        self.assertEqual(self.agreement_b.state, "signed")
        self.assertFalse(self.env["account.move"].search(
            [("partner_id", "=", self.dealer_b.id), ("channel_statement_id", "!=", False)]
        ))  # fmt: skip
        second = self.compute()
        self.assertEqual(second.statement_ids.partner_id, self.dealer_b)
        for role in OUTSIDERS:
            with self.subTest(role=role, second=True):
                self.assertFalse(secrets_in(self.tell(look, role)) & sealed)
        self.as_role("keeper", second).action_approve()
        self.assertLessEqual(sealed, secrets_in(self.tell(look, "sales_manager")))

    def test_row_53_what_stands_in_the_way_of_deleting(self):
        ways = {
            "sales_manager": (self.dealer_a, self.products["soap"], self.agreement_a),
            "administrator": (self.dealer_a, self.period, self.agreement_a.line_ids),
            "accountant": (self.settlement, self.statements),
            "keeper": (self.agreement_a, self.agreement_a.line_ids, self.period),
        }
        for role, several in ways.items():
            for records in several:

                def delete(env, records=records):
                    records.with_env(env).unlink()
                    env.flush_all()

                with self.subTest(role=role, model=records._name):
                    self.assertFails(delete, "Error", [role])
        draft = self.make_agreement(self.make_dealer("Dealer C"), {"soap": PLANT})
        rates = self.rates_of(draft)
        self.as_role("keeper", draft).unlink()
        self.assertFalse(rates.sudo().exists())


@tagged("post_install", "-at_install")
class TestRowsOfAccruals(Rows, AccrualCase):
    """Rows 45 and 46: an accrual is one sum, and of enough dealers."""

    def test_row_45_accruals_name_nobody(self):
        self.sell()
        self.accrue()
        lines = self.env["channel.accrual"].search([]).move_id.line_ids
        self.assertEqual(len(lines), 2)
        for name in ("partner_id", "product_id", "analytic_distribution", "tax_ids"):
            with self.subTest(field=name):
                self.assertFalse(any(line[name] for line in lines))
        self.assertEqual(set(lines.account_id.mapped("account_type")), {"expense", LIABILITY})
        self.assertEqual(set(lines.mapped("name")), {"Rebate accrual 2025-Q1, January 2025"})
        balances = self.dealers[0].with_context(lang="en_US").read(["credit", "debit"])
        self.assertEqual(balances[0]["debit"], 0)

    def test_row_46_accruals_of_few_dealers_wait(self):
        for number, dealer in enumerate(self.dealers, start=1):
            self.sell(dealer)
            steps, reasons = self.accrue()
            with self.subTest(dealers=number):
                self.assertEqual(bool(steps), number >= 3)
                self.assertEqual(bool(reasons), number < 3)
        self.assertFalse(self.accrue(JANUARY)[0])
        self.assertTrue(HUNDRED)

    def test_row_36_accruals_move_no_balance(self):
        self.sell()

        def look(env):
            partners = self.env["res.partner"].union(*self.dealers).with_env(env)
            return partners.read(["credit", "debit", "total_invoiced"])

        before = self.tell(look, "accountant")
        self.accrue()
        self.env.flush_all()
        self.assertEqual(self.tell(look, "accountant"), before)
        self.assertTrue(before[0]["credit"])
