import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from openpyxl import Workbook, load_workbook

from .common import RATES_A, RATES_B, ChannelHttpCase, WorkedExampleCase


@tagged("post_install", "-at_install")
class TestRateImport(WorkedExampleCase):
    def import_sheet(self, content, filename="rates.csv", role="keeper"):
        if isinstance(content, str):
            content = content.encode()
        wizard = self.model(role, "channel.rate.import").create(
            {
                "period_id": self.period.id,
                "filename": filename,
                "file": base64.b64encode(content),
            }
        )
        return wizard.action_import()

    def rates(self, agreement):
        return self.rates_of(agreement).mapped("rate")

    def workbook(self, rows, number_format="General"):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        for cell in book.active["C"]:
            cell.number_format = number_format
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_by_reference_and_code_or_by_names(self):
        self.import_sheet('Partner,Product,Rate\nDEALER-A,SOAP,4.25\ndealer b,shampoo,"5,75 %"\n')
        self.assertEqual(self.rates(self.agreement_a), [3, 4.25, 5])
        self.assertEqual(self.rates(self.agreement_b), [2, 4.5, 5.75])

    def test_by_line(self):
        line = self.agreement_b.line_ids[0]
        self.import_sheet(f"Line;Rate\n{line.id};7,5\n")
        self.assertEqual(self.rates(self.agreement_b), [7.5, 4.5, 5.5])

    def test_workbook_and_percent_cells(self):
        rows = [["Partner", "Product", "Rate"], ["DEALER-A", "SOAP", 4.25]]
        self.import_sheet(self.workbook(rows), "r.xlsx")
        self.assertEqual(self.rates(self.agreement_a), [3, 4.25, 5])
        rows = [["经销商", "产品", "返利率"], ["DEALER-A", "SOAP", 0.035]]
        self.import_sheet(self.workbook(rows, "0.00%"), "r.xlsx")
        self.assertEqual(self.rates(self.agreement_a), [3, 3.5, 5])

    def test_all_or_nothing_with_errors_by_row_and_without_values(self):
        sheet = (
            "Partner,Product,Rate\nDEALER-A,SOAP,6.6666\nDEALER-X,SOAP,7.7777\n"
            "DEALER-B,SOAP,-8.8888\nDEALER-B,SHAMPOO,100.9\nDEALER-A,SOAP,5.5555\n"
            "DEALER-B,TOOTHPASTE,9.99999\n"
        )
        with self.assertRaises(UserError) as caught:
            self.import_sheet(sheet)
        text = str(caught.exception)
        for row in (3, 4, 5, 6, 7):
            self.assertIn(f"Row {row}:", text)
        for digits in ("6666", "7777", "8888", "100.9", "5555", "9999"):
            self.assertNotIn(digits, text)
        self.assertEqual(self.rates(self.agreement_a), [float(rate) for rate in RATES_A.values()])
        self.assertEqual(self.rates(self.agreement_b), [float(rate) for rate in RATES_B.values()])

    def test_sealed_agreement(self):
        self.seal(self.agreement_a)
        with self.refused("Row 2: the agreement is sealed"):
            self.import_sheet("Partner,Product,Rate\nDEALER-A,SOAP,1\n")

    def test_files_that_are_none(self):
        cases = {
            "neither an XLSX": ("rates.pdf", b"%PDF"),
            "neither an XLSX workbook": ("rates.xlsx", b"no zip"),
            "has to name the columns": ("rates.csv", b"a,b\n1,2\n"),
            "no row below": ("rates.csv", b"Partner,Product,Rate\n"),
            "No row of the sheet holds a rate": ("rates.csv", b"Partner,Product,Rate\nA,B,\n"),
        }
        for pattern, (filename, content) in cases.items():
            with self.subTest(pattern), self.refused(pattern):
                self.import_sheet(content, filename)

    def test_nothing_chosen(self):
        wizard = self.model("keeper", "channel.rate.import").create({"period_id": self.period.id})
        with self.refused("Choose a sheet first"):
            wizard.action_import()

    def test_only_keepers_import(self):
        for role in self.users.keys() - {"keeper"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.import_sheet("Partner,Product,Rate\nDEALER-A,SOAP,1\n", role=role)

    def test_file_is_encrypted_at_rest_and_never_read_back(self):
        wizard = self.model("keeper", "channel.rate.import").create(
            {
                "period_id": self.period.id,
                "filename": "rates.csv",
                "file": base64.b64encode(b"Partner,Product,Rate\nDEALER-A,SOAP,6.6666\n"),
            }
        )
        wizard.invalidate_recordset()
        self.assertFalse(wizard.file)
        self.env.cr.execute("SELECT * FROM channel_rate_import WHERE id = %s", [wizard.id])
        stored = str(self.env.cr.fetchall())
        self.assertNotIn("6.6666", stored)
        self.assertNotIn(base64.b64encode(b"6.6666").decode()[:6], stored)

    def test_other_period_is_left_alone(self):
        with self.refused("no agreement of the period covers this"):
            self.model("keeper", "channel.rate.import").create(
                {
                    "period_id": self.make_period("2025-04-01", "2025-06-30").id,
                    "filename": "rates.csv",
                    "file": base64.b64encode(b"Partner,Product,Rate\nDEALER-A,SOAP,1\n"),
                }
            ).action_import()


@tagged("post_install", "-at_install")
class TestTemplate(ChannelHttpCase):
    def test_template_comes_back_filled_in(self):
        agreement = self.make_agreement(self.make_dealer("Dealer"), {"soap": "1", "shampoo": "2"})
        self.authenticate("test_keeper", "test_keeper")
        response = self.url_open(f"/channel_rebate/rate_template/{self.period.id}")
        book = load_workbook(io.BytesIO(response.content))
        rows = list(book.active.values)
        self.assertEqual([row[-1] for row in rows], ["Rate", None, None])
        for row, rate in zip(book.active.iter_rows(min_row=2), (3.5, 4.5), strict=True):
            row[-1].value = rate
        stream = io.BytesIO()
        book.save(stream)
        self.model("keeper", "channel.rate.import").create(
            {
                "period_id": self.period.id,
                "filename": "filled.xlsx",
                "file": base64.b64encode(stream.getvalue()),
            }
        ).action_import()
        self.assertEqual(self.rates_of(agreement).mapped("rate"), [3.5, 4.5])

    def test_template_is_for_holders(self):
        self.authenticate("test_salesperson", "test_salesperson")
        response = self.url_open(f"/channel_rebate/rate_template/{self.period.id}")
        self.assertEqual(response.status_code, 403)
