"""What a keeper is told when something is wrong holds no rate: he may show it to somebody."""

import base64
import io
from decimal import Decimal

import xlsxwriter
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.channel_rebate.keyring import open_vault
from odoo.addons.channel_rebate.tools.vault import Secret, pack

from .common import PRICES
from .secrecy_common import SECRET_A, SECRET_S, SecrecyCase, renderings

SHEET_ERROR = "17.38915"


@tagged("post_install", "-at_install")
class TestSecrecyMessages(SecrecyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next_period = cls.make_period("2025-04-01", "2025-06-30")

    def make_draft(self, partner, rates):
        return self.make_agreement(partner, rates, period=self.next_period)

    def assertTold(self, wanted, digits, method, *args):
        """Check that the error of ``method`` says ``wanted`` and none of ``digits``."""
        with self.assertRaises(UserError) as caught:
            method(*args)
        text = str(caught.exception)
        self.assertIn(wanted, text)
        for number in digits:
            self.assertFalse([form for form in renderings(number) if form in text], text)

    def import_sheet(self, content, filename="rates.csv"):
        wizard = self.model("keeper", "channel.rate.import").create(
            {
                "period_id": self.next_period.id,
                "filename": filename,
                "file": base64.b64encode(content),
            }
        )
        wizard.action_import()

    def test_a_sub_distributor_at_or_above_his_dealer(self):
        for name, rates in (("at", SECRET_S), ("above", dict.fromkeys(PRICES, "9.7531"))):
            agreements = self.make_draft(self.dealer_a, rates)
            agreements |= self.make_draft(self.sub_s, SECRET_S)
            keeper = self.as_role("keeper", agreements)
            digits = [*SECRET_S.values(), *rates.values()]
            with self.subTest(name):
                self.assertTold("is not below the dealer's", digits, keeper.action_seal)
                self.assertEqual(set(agreements.mapped("state")), {"draft"})
            keeper.action_cancel()

    def test_a_rate_out_of_range(self):
        rates = self.rates_of(self.make_draft(self.dealer_a, SECRET_A))
        for number in ("117.3891", "-17.3891"):
            with self.subTest(number):
                self.assertTold("out of range", [number], rates[:1].write, {"rate": float(number)})
                self.assertTold("out of range", [number], rates.save_grid, [[rates[0].id, number]])

    def test_a_rate_that_is_text(self):
        agreement = self.make_draft(self.dealer_a, {"soap": None})
        rate = self.rates_of(agreement)
        self.assertTold("is a number", ["17.3891"], rate.write, {"rate": "17.3891 %"})

    def test_a_rate_that_is_sealed(self):
        self.assertTold("is sealed", ["11.2233"], self.rates[0].write, {"rate": 11.2233})

    def test_wrong_rows_of_a_sheet(self):
        line = self.make_draft(self.dealer_a, SECRET_A).line_ids[0].id
        rows = {
            "no rate": (f"{line},{SHEET_ERROR}", "Row 2: this is not a rate"),
            "out of range": (f"{line},117.3891", "Row 2: this is not a rate"),
            "words": (f"{line},17.3891 or so", "Row 2: this is not a rate"),
            "unknown line": ("0,17.3891", "Row 2: no agreement"),
            "twice": (f"{line},17.3891\n{line},17.3891", "Row 3: there is a row"),
        }
        for name, (row, wanted) in rows.items():
            with self.subTest(name):
                content = f"Line,Rate\n{row}\n".encode()
                self.assertTold(wanted, ["17.3891", SHEET_ERROR], self.import_sheet, content)

    def test_wrong_sheets(self):
        rows = {
            "headings": (b"17.3891,18.4173\n", "rates.csv", "The first row"),
            "not a sheet": (b"17.3891", "rates.xlsx", "neither an XLSX"),
            "no type": (b"17.3891", "17.3891.pdf", "neither an XLSX"),
            "empty": (b"Line,Rate\n", "rates.csv", "no row below"),
        }
        for name, (content, filename, wanted) in rows.items():
            with self.subTest(name):
                self.assertTold(wanted, ["17.3891"], self.import_sheet, content, filename)

    def test_a_wrong_row_of_a_workbook(self):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Line", "Rate"])
            sheet.write_row(1, 0, [self.agreement_a.line_ids[0].id, 17.3891])
        args = (stream.getvalue(), "rates.xlsx")
        self.assertTold("Row 2: no agreement", ["17.3891"], self.import_sheet, *args)

    def test_a_token_that_was_tampered_with(self):
        one, other = self.rates[:2].sudo()
        one.token = other.token
        self.env.flush_all()
        read = self.as_role("officer", self.rates).read
        self.assertTold("does not open", SECRET_A.values(), read, ["rate"])

    def test_a_seal_that_is_broken(self):
        rate = self.rates_of(self.agreement_a)[0]
        payload = pack(Secret.plain(Decimal("11.2233")))
        forged = open_vault(self.env).seal(payload, rate._token_context())
        rate._write_tokens(rate.ids, [forged])
        approve = self.as_role("keeper", self.settlement).action_approve
        self.assertTold("differ from what was sealed", ["11.2233", *SECRET_A.values()], approve)
        self.env.invalidate_all()
        self.assertNoSecret(self.statements.sudo().read())
