"""The year-end rebate on paper: what wkhtmltopdf makes of it."""

from odoo.tests import tagged

from .annual_common import AnnualYear
from .common import ChannelHttpCase
from .five_part import read_pages, squeeze
from .test_statement_print import BLANK, PDF, RENDER, URL

LONG = "Extraordinarily Long Trading Company of the Far North and its Numerous Brothers and Sons"


@tagged("post_install", "-at_install")
class TestAnnualPaper(AnnualYear, ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Inside of the read-only route wkhtmltopdf asks for the style sheet.
        cls.set_registry_readonly_mode(False)
        cls.dealer.name = LONG
        cls.quarters[2].name = "Third quarter of the fiscal year two thousand and twenty-five"
        cls.make_invoice(cls.dealer, {"box": 1_234_567}, day=cls.quarters[2].date_from)
        cls.settle_quarters()
        cls.make_scorecard(cls.dealer, 0.8567)

    def pages_of(self, run):
        self.authenticate("test_accountant", "test_accountant")
        response = self.url_open(f"{URL}/{run.statement_ids.id}?{RENDER}", timeout=120)
        self.assertEqual(response.headers["Content-Type"], PDF, response.text[:2000])
        return [page.replace(BLANK, "") for page in read_pages(response.content)]

    def test_a_page_each_with_all_digits(self):
        first = self.settle_year()
        (page,) = self.pages_of(first)
        # (3,900 + 5,308,638.10) × 0.8567
        for text in ("5,312,538.10", "4.299676261991 %", "4,551,251.39027", "4,551,251.39", LONG):
            self.assertIn(squeeze(text), page)
        self.correct_quarter(0, 100)
        (page,) = self.pages_of(self.settle_year())
        for text in ("Settled before", "4,551,602.64", "351.25", "since the year was settled"):
            self.assertIn(squeeze(text), page)
