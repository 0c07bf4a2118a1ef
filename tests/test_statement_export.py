"""Export to XLSX: what is in the file, who gets it, and what stays of it."""

import io
from datetime import datetime

import openpyxl
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import WorkedExampleHttpCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AMOUNTS = [
    ("Dealer A", "Dealer A", 73800, 3107, 633.5, 0, 0, 2473.5),
    ("Dealer A", "Sub S", 36900, 633.5, 0, 0, 0, 633.5),
    ("Dealer B", "Dealer B", 73800, 3228.5, 0, 0, 0, 3228.5),
]


@tagged("post_install", "-at_install")
class TestStatementExport(WorkedExampleHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()
        cls.url = f"/channel_rebate/settlement/{cls.settlement.id}/xlsx"

    def fetch(self, role):
        self.authenticate(f"test_{role}", f"test_{role}")
        return self.url_open(self.url)

    def open_book(self, role="officer"):
        answer = self.fetch(role)
        self.assertEqual(answer.headers["Content-Type"], XLSX, answer.text[:2000])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        return openpyxl.load_workbook(io.BytesIO(answer.content))

    def rows(self, sheet, *names):
        """Return the cells of some columns below the heading."""
        heading, *rows = sheet.iter_rows(values_only=True)
        places = [heading.index(name) for name in names]
        return [tuple(row[place] for place in places) for row in rows]

    def amounts(self, book):
        names = ("Base", "Gross", "Passed on", "Carried in", "Carried out", "Net")
        return self.rows(book["Statements"], "Dealer", "Partner", *names)

    def test_holders_get_what_is_expected(self):
        for role in ("officer", "keeper"):
            with self.subTest(role):
                book = self.open_book(role)
                self.assertEqual(self.amounts(book), AMOUNTS)
                lines = self.rows(book["Lines"], "Partner", "Internal Reference", "Rate", "Rebate")
                self.assertEqual(len(lines), 9)
                self.assertIn(("Dealer A", "SOAP", 4, 1012), lines)
                self.assertIn(("Sub S", "SHAMPOO", 2, 320), lines)

    def test_final_amounts_are_the_same(self):
        self.as_role("keeper", self.settlement).action_approve()
        book = self.open_book()
        self.assertEqual(self.amounts(book), AMOUNTS)
        lines = self.rows(book["Lines"], "Partner", "Internal Reference", "Rate", "Rebate")
        self.assertIn(("Dealer B", "SOAP", 4.5, 1138.5), lines)

    def test_numbers_are_numbers_and_the_heading_stays(self):
        book = self.open_book()
        for sheet in book:
            self.assertEqual(sheet.freeze_panes, "A2")
            self.assertEqual(sheet["A1"].font.bold, True)
        cell = book["Statements"].cell(2, 8)
        self.assertEqual((cell.data_type, cell.number_format), ("n", "#,##0.00"))

    def test_names_are_no_formulas(self):
        self.dealer_b.name = "=HYPERLINK(1)"
        self.dealer_a.name = "+1"
        sheet = self.open_book()["Statements"]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertIn("=HYPERLINK(1)", [cell.value for cell in cells])

    def test_taxes_of_the_sales(self):
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13})
        line = self.settlement.statement_ids.line_ids[0]
        line.sudo().tax_key = str(tax.id)
        taxes = self.rows(self.open_book()["Lines"], "Sales Taxes")
        self.assertEqual(taxes.count(("13 %",)), 1)

    def test_sales_behind_with_what_counts(self):
        freight = self.make_product("freight", 40, type="service")
        self.products["freight"] = freight
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"freight": 1})
        self.as_role("officer", self.settlement).action_compute()
        names = ("Dealer", "Partner", "Internal Reference", "Amount", "Counts", "Base")
        sales = self.rows(self.open_book()["Sales Lines"], *names, "Explanation")
        self.assertEqual(len(sales), 11)
        self.assertIn(("Dealer A", "Sub S", "SOAP", 12650, "Yes", 12650, ""), sales)
        for dealer in ("Dealer A", "Dealer B"):
            (row,) = [row for row in sales if row[:3] == (dealer, dealer, "FREIGHT")]
            self.assertEqual(row[3:6], (40, "No", 0))
            self.assertTrue(row[6].startswith("A service"))
        self.assertIn(
            datetime(2025, 2, 1), self.rows(self.open_book()["Sales Lines"], "Counts on")[0]
        )

    def test_company_currency_where_it_differs(self):
        sheets = ("Statements", "Lines", "Sales Lines")
        title = "Base in Company Currency"
        book = self.open_book()
        for name in sheets:
            self.assertNotIn(title, [cell.value for cell in book[name][1]])
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        dealer = self.make_dealer("Dealer C")
        self.sign(self.make_agreement(dealer, {"soap": "1"}, currency_id=euro.id))
        self.make_invoice(dealer, {"soap": 10})
        self.as_role("officer", self.settlement).action_compute()
        book = self.open_book()
        for name in sheets:
            rows = self.rows(book[name], "Partner", "Currency", "Base", "Company Currency", title)
            with self.subTest(name):
                self.assertIn(("Dealer C", "EUR", 1265, "USD", 2530), rows)
                self.assertEqual({row[3] for row in rows}, {"USD"})

    def test_everybody_else_is_refused(self):
        roles = ("accountant", "salesperson", "sales_manager", "administrator")
        for approve in (False, True):
            if approve:
                self.as_role("keeper", self.settlement).action_approve()
            for role in roles:
                with self.subTest(role=role, approved=approve):
                    self.assertEqual(self.fetch(role).status_code, 403)
                    with self.assertRaises(AccessError):
                        self.as_role(role, self.settlement).action_export()

    def test_portal_and_visitors_get_nothing(self):
        login = self.make_portal_user(self.dealer_a).login
        self.authenticate(login, login)
        self.assertEqual(self.url_open(self.url).status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(self.url).url)

    def test_elevated_code_is_refused(self):
        with self.assertRaises(AccessError):
            self.as_role("officer", self.settlement).sudo()._prepare_export()

    def test_unknown_settlement(self):
        self.authenticate("test_officer", "test_officer")
        answer = self.url_open("/channel_rebate/settlement/999999/xlsx")
        self.assertEqual(answer.status_code, 404)

    def test_each_export_is_told_without_a_value(self):
        Attachment = self.env["ir.attachment"]
        before = self.settlement.message_ids, Attachment.search_count([])
        for role in ("officer", "keeper"):
            self.open_book(role)
        messages = self.settlement.message_ids - before[0]
        self.assertEqual(
            messages.author_id, (self.users["officer"] | self.users["keeper"]).partner_id
        )
        for message in messages:
            self.assertNotRegex(message.body, r"\d")
        self.assertEqual(Attachment.search_count([]), before[1])

    def test_button_leads_to_the_file(self):
        action = self.as_role("officer", self.settlement).action_export()
        self.assertEqual((action["type"], action["url"]), ("ir.actions.act_url", self.url))

    def test_holder_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["officer"].write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertEqual(self.fetch("officer").status_code, 403)
