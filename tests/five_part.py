"""Reading the five-part order as a PDF file, as it comes from the printer."""

import io
import unicodedata
from urllib.parse import urlencode

from odoo.tools.pdf import PdfFileReader

from .common import ChannelHttpCase

URL = "/report/pdf/channel_rebate.report_five_part_order"
MARKS = {
    "en_US": (
        "Dealer's copy First of five copies",
        "Sub-distributor's copy Second of five copies",
        "Marketing's copy Third of five copies",
        "Sales' copy Fourth of five copies",
        "Finance's copy Fifth of five copies",
    ),
    "zh_CN": (
        "经销商联 第一联（共五联）",
        "分销商联 第二联（共五联）",
        "市场部联 第三联（共五联）",
        "销售部联 第四联（共五联）",
        "财务部联 第五联（共五联）",
    ),
}


def read_pages(content):
    """Return the text of each page, with nothing between its letters.

    Blanks come and go with fonts, and Chinese signs can come as the radicals that look alike.
    """
    pages = PdfFileReader(io.BytesIO(content)).pages
    return [squeeze(unicodedata.normalize("NFKC", page.extract_text())) for page in pages]


def squeeze(text):
    return "".join(unicodedata.normalize("NFKC", text).split())


class PaperCase(ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The route of reports is read-only, and inside of it wkhtmltopdf asks for the style sheet:
        # two transactions in life, but one in a test.
        cls.set_registry_readonly_mode(False)
        cls.territory = cls.env["channel.territory"].create({"name": "East"})
        cls.dealer = cls.make_dealer("Dealer A", channel_territory_id=cls.territory.id)
        cls.sub = cls.make_sub("Sub S", cls.dealer, city="Hangzhou")

    def download(self, role, orders, **arguments):
        """Ask for the report as the browser does; tests make a real PDF only if told so."""
        self.authenticate(f"test_{role}", f"test_{role}")
        return self.download_as_logged_in(orders, **arguments)

    def download_as_logged_in(self, orders, **arguments):
        arguments["context"] = '{"force_report_rendering": true}'
        ids = ",".join(map(str, orders.ids))
        return self.url_open(f"{URL}/{ids}?{urlencode(arguments)}", timeout=120)

    def pages_of(self, role, orders, **arguments):
        response = self.download(role, orders, **arguments)
        self.assertEqual(response.headers["Content-Type"], "application/pdf", response.text[:2000])
        return read_pages(response.content)

    def assert_pages(self, pages, expected):
        """Check that each page has the texts that are expected of it, in any order."""
        self.assertEqual(len(pages), len(expected))
        for number, (page, texts) in enumerate(zip(pages, expected, strict=True), 1):
            missing = [text for text in texts if squeeze(text) not in page]
            self.assertFalse(missing, f"page {number}: {page}")
