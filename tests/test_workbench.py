"""The settlement as a workbench: counters, groups, filters and totals, by role."""

from ast import literal_eval

from lxml import etree
from odoo.tests import tagged

from .common import WorkedExampleCase


@tagged("post_install", "-at_install")
class TestWorkbench(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # More than A earns: he carries the rest over.
        cls.sell_old_stock()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def found(self, role, action):
        """Return the partners whom a button's list shows, its filter applied."""
        model = self.model(role, action["res_model"])
        views = model.get_views([(False, "search")])["views"]
        arch = etree.fromstring(views["search"]["arch"])
        domain = list(action["domain"])
        for key in action["context"]:
            name = key.removeprefix("search_default_")
            (node,) = arch.findall(f".//filter[@name='{name}']")
            domain += literal_eval(node.get("domain"))
        return model.search(domain).partner_id

    def groups(self, role, model, name):
        rows = self.model(role, model)._read_group(
            [("settlement_id", "=", self.settlement.id)], [name], ["base_amount:sum"]
        )
        return {record.name: base for record, base in rows}

    def test_statements_are_grouped_by_dealer(self):
        expected = {"Dealer A": 73800 + 6 * 36900, "Dealer B": 73800}
        self.assertEqual(self.groups("officer", "channel.statement", "dealer_id"), expected)
        self.assertEqual(self.groups("officer", "channel.statement.line", "dealer_id"), expected)

    def test_dealer_is_what_the_orm_would_compute(self):
        statements = self.settlement.statement_ids
        written = {record: record.dealer_id for record in statements}
        statements._compute_dealer_id()
        self.assertEqual(written, {record: record.dealer_id for record in statements})
        self.assertEqual(self.statement_of(self.settlement, self.sub_s).dealer_id, self.dealer_a)

    def test_lines_by_partner_and_product(self):
        by_partner = self.groups("keeper", "channel.statement.line", "partner_id")
        self.assertEqual(by_partner["Sub S"], 6 * 36900)
        by_product = self.groups("keeper", "channel.statement.line", "product_id")
        self.assertEqual(by_product["Soap"], (100 + 100 + 300) * 253)

    def test_nobody_else_finds_lines_before_the_reveal(self):
        for role in ("accountant", "salesperson", "sales_manager"):
            self.assertEqual(self.groups(role, "channel.statement.line", "dealer_id"), {})
        self.approve()
        for role in ("accountant", "salesperson", "sales_manager"):
            self.assertEqual(len(self.groups(role, "channel.statement.line", "dealer_id")), 2)

    def test_salesperson_finds_lines_of_his_own_partners(self):
        self.dealer_b.user_id = self.users["sales_manager"]
        self.approve()
        groups = self.groups("salesperson", "channel.statement.line", "partner_id")
        self.assertEqual(set(groups), {"Dealer A", "Sub S"})

    def test_counters_tell_nothing_before_approval(self):
        settlement = self.as_role("officer", self.settlement)
        self.assertEqual(
            (settlement.line_count, settlement.carried_count, settlement.open_document_count),
            (9, 0, 0),
        )

    def test_what_wants_attention(self):
        self.approve()
        for role in ("officer", "keeper", "accountant"):
            settlement = self.as_role(role, self.settlement)
            with self.subTest(role):
                self.assertEqual((settlement.carried_count, settlement.open_document_count), (1, 0))
                found = self.found(role, settlement.action_open_carried())
                self.assertEqual(found.name, "Dealer A")
                self.assertFalse(self.found(role, settlement.action_open_without_document()))

    def test_statement_that_lost_its_document(self):
        self.approve()
        statement = self.statement_of(self.settlement, self.dealer_b)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_statement SET move_id = NULL WHERE id = %s", [statement.id]
        )
        self.env.invalidate_all()
        settlement = self.as_role("accountant", self.settlement)
        self.assertEqual(settlement.open_document_count, 1)
        found = self.found("accountant", settlement.action_open_without_document())
        self.assertEqual(found.name, "Dealer B")

    def test_filters_by_payment(self):
        self.approve()
        self.as_role("accountant", self.settlement.statement_ids.move_id).action_post()
        Statement = self.model("accountant", "channel.statement")
        own = [("settlement_id", "=", self.settlement.id)]
        unpaid = Statement.search([*own, ("payment_state", "=", "not_paid")])
        self.assertEqual(unpaid.partner_id, self.dealer_b | self.sub_s)
        self.assertFalse(Statement.search([*own, ("payment_state", "=", "partial")]))

    def test_lines_button(self):
        action = self.as_role("officer", self.settlement).action_open_lines()
        lines = self.model("officer", action["res_model"]).search(action["domain"])
        self.assertEqual(lines, self.settlement.statement_ids.line_ids)

    def test_totals_of_two_currencies_stay_apart(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        statement = self.statement_of(self.settlement, self.dealer_b)
        self.env.cr.execute(
            "UPDATE channel_statement SET currency_id = %s WHERE id = %s", [euro.id, statement.id]
        )
        self.env.invalidate_all()
        message = self.as_role("officer", self.settlement).action_show_totals()["params"]["message"]
        dollars, euros = sorted(message.split(" · "))
        self.assertIn("net $\xa03,801.00", dollars)
        self.assertIn("3,228.50\xa0€", euros)

    def test_print_button_prints_all(self):
        self.approve()
        action = self.as_role("accountant", self.settlement).action_print_statements()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(action["context"]["active_ids"], self.settlement.statement_ids.ids)

    def test_sale_whose_line_is_gone(self):
        for dealer in (self.dealer_a, self.dealer_b):
            statement = self.as_role("officer", self.statement_of(self.settlement, dealer))
            sale = statement._find_sales()[0]
            move = self.env["account.move"].browse(sale.action_open_document()["res_id"])
            move.button_draft()
            (sale.sudo().move_line_id & move.invoice_line_ids).unlink()
            with self.refused(f"{sale.document} was changed since.*Compute the settlement again"):
                sale.action_open_document()

    def test_lists_tell_versions_and_taxes_apart(self):
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13})
        line = self.settlement.statement_ids.line_ids[0]
        line.sudo().tax_key = str(tax.id)
        for role in ("keeper", "officer"):
            own = self.as_role(role, line)
            self.assertEqual((own.tax_names, own.version), ("13 %", 1))
            self.assertEqual(own.statement_id.version_count, 1)
