"""The five-part order on paper: what wkhtmltopdf makes of it, page by page."""

from odoo import Command
from odoo.tests import tagged

from .common import PRICES
from .five_part import MARKS, PaperCase

LINES = {"toothpaste": 50, "soap": 40, "shampoo": 30}
TEXTS = ("East", "50 Units 165.00 $ 8,250.00", "40 Units 253.00 $ 10,120.00", "30 Units 320.00")
PARTIES = ("Dealer A (DEALER-A)", "Sub S (SUB-S)", "Hangzhou", "$ 27,970.00", "Signature, stamp")


@tagged("post_install", "-at_install")
class TestFivePartPaper(PaperCase):
    def test_five_copies_of_the_whole_order(self):
        order = self.make_order(self.sub, LINES)
        for role in ("salesperson", "keeper", "officer"):
            with self.subTest(role):
                pages = self.pages_of(role, order)
                texts = ("Five-part Order", "02/01/2025", order.name, *TEXTS, *PARTIES)
                self.assert_pages(pages, [(mark, *texts) for mark in MARKS["en_US"]])
                for page in pages:
                    self.assertNotRegex(page.lower(), "rate|rebate")

    def test_chinese_for_a_chinese_customer(self):
        self.products["soap"].with_context(lang="zh_CN").name = "香皂"
        self.sub.lang = "zh_CN"
        order = self.make_order(self.sub, LINES)
        texts = ("五连单", "香皂", "2025/02/01", "数量合计 120", "签字、盖章、日期", order.name)
        pages = self.pages_of("salesperson", order)
        self.assert_pages(pages, [(mark, *texts) for mark in MARKS["zh_CN"]])

    def test_two_orders_at_once_in_their_own_languages(self):
        chinese = self.make_sub("Sub T", self.dealer, lang="zh_CN")
        orders = self.make_order(self.sub, LINES) | self.make_order(chinese, {"soap": 7})
        expected = [
            (mark, order.name)
            for order, lang in zip(orders, ("en_US", "zh_CN"), strict=True)
            for mark in MARKS[lang]
        ]
        self.assert_pages(self.pages_of("salesperson", orders), expected)

    def test_long_order_has_its_mark_on_every_page(self):
        order = self.make_order(self.sub, LINES, confirm=False)
        line = order.order_line[0].copy_data()[0]
        order.order_line = [
            Command.create({**line, "name": f"[TOOTHPASTE] Item number {number}"})
            for number in range(4, 81)
        ]
        pages = self.pages_of("salesperson", order)
        marks = [mark for mark in MARKS["en_US"] for _page in range(3)]
        counts = ["Page 1/3", "Page 2/3", "Page 3/3"] * 5
        self.assert_pages(
            pages, [(mark, order.name, count) for mark, count in zip(marks, counts, strict=True)]
        )
        for first in range(0, 15, 3):
            copy = "".join(pages[first : first + 3])
            items = [copy.find(f"Itemnumber{number}50") for number in range(4, 81)]
            self.assertEqual((items, min(items) > 0), (sorted(items), True))
            self.assertEqual(copy.count("Signature,stamp"), 2)
            self.assertEqual(copy.count("Continuedonthenextpage"), 2)

    def test_one_copy_for_its_owner(self):
        order = self.make_order(self.sub, LINES)
        for role, copy, mark in (("keeper", "marketing", 2), ("officer", "finance", 4)):
            with self.subTest(role):
                pages = self.pages_of(role, order, copies=copy)
                self.assert_pages(pages, [(MARKS["en_US"][mark], *TEXTS)])

    def test_customer_in_the_portal_gets_his_own_orders_only(self):
        own = self.make_order(self.sub, LINES)
        other = self.make_order(self.make_sub("Sub T", self.dealer), LINES)
        login = self.make_portal_user(self.sub).login
        self.authenticate(login, login)
        content = self.download_as_logged_in(own)
        self.assertEqual(content.headers["Content-Type"], "application/pdf", content.text[:2000])
        self.assertEqual(self.download_as_logged_in(other).status_code, 403)

    def test_portal_downloads_it_too(self):
        for partner, is_five_part in ((self.sub, True), (self.dealer, False)):
            order = self.make_order(partner, LINES)
            self.authenticate(*[self.make_portal_user(partner).login] * 2)
            response = self.url_open(order.get_portal_url(report_type="pdf", download=True))
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            # Without wkhtmltopdf, as tests do it by default.
            self.assertEqual("o_five_part_order" in response.text, is_five_part)

    def test_nobody_outside_gets_anything(self):
        order = self.make_order(self.sub, LINES, user_id=self.users["sales_manager"].id)
        self.assertEqual(self.download("salesperson", order).status_code, 403)
        self.assertEqual(self.download("administrator", order).status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.download_as_logged_in(order).url)

    def test_sell_in_order_is_refused(self):
        order = self.make_order(self.dealer, dict.fromkeys(PRICES, 1))
        response = self.download("salesperson", order)
        self.assertEqual(response.status_code, 422)
        self.assertIn(f"{order.name}: no sell-out order", response.text)
