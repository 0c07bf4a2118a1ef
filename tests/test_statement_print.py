"""The printed statement: what is on it, in whose language, and who gets it when."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .common import WorkedExampleHttpCase
from .five_part import read_pages, squeeze

URL = "/report/pdf/channel_rebate.report_statement"
PDF = "application/pdf"
RENDER = 'context={"force_report_rendering":true}'
# What Odoo puts behind a minus sign.
BLANK = "\N{ZERO WIDTH SPACE}"
TEXTS_A = (
    "Rebate Statement",
    "Dealer A (DEALER-A)",
    "2025-Q1",
    "TOOTHPASTE Toothpaste 100 Units $ 16,500.00 3 % $ 495.00",
    "SOAP Soap 100 Units $ 25,300.00 4 % $ 1,012.00",
    "Total $ 73,800.00 $ 3,107.00",
    "SUB-S Sub S $ 36,900.00 $ 633.50",
    "Passed on to sub-distributors $ -633.50",
    "Credited, without tax $ 2,473.50",
)


class StatementPaperCase(WorkedExampleHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Inside of the read-only route wkhtmltopdf asks for the style sheet: two transactions in
        # life, but one in a test.
        cls.set_registry_readonly_mode(False)
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def of(self, *partners):
        return self.settlement.statement_ids.filtered(lambda record: record.partner_id in partners)

    def download(self, login, statements):
        self.authenticate(login, login)
        ids = ",".join(map(str, statements.ids))
        return self.url_open(f"{URL}/{ids}?{RENDER}", timeout=120)

    def pages_of(self, role, statements):
        response = self.download(f"test_{role}", statements)
        self.assertEqual(response.headers["Content-Type"], PDF, response.text[:2000])
        return read_pages(response.content)

    def assert_texts(self, page, texts):
        page = page.replace(BLANK, "")
        missing = [text for text in texts if squeeze(text) not in page]
        self.assertFalse(missing, page)


@tagged("post_install", "-at_install")
class TestStatementPaper(StatementPaperCase):
    def test_dealer_with_his_sub_distributors_and_the_seal(self):
        self.approve()
        statement = self.of(self.dealer_a)
        fingerprint = self.agreement_a.fingerprint
        texts = (*TEXTS_A, self.settlement.name, fingerprint, "Sealed on", "Signed on 01/02/2025")
        for role in ("accountant", "salesperson", "sales_manager", "keeper", "officer"):
            with self.subTest(role):
                (page,) = self.pages_of(role, statement)
                self.assert_texts(page, texts)
                self.assertNotIn("3,228.50", page)
        self.assertNotIn(self.agreement_b.fingerprint, page)

    def test_sub_distributor_learns_nothing_of_his_dealer(self):
        self.approve()
        (page,) = self.pages_of("accountant", self.of(self.sub_s))
        texts = ("Sub S (SUB-S)", "Buys from: Dealer A", "2 % $ 320.00", "tax $ 633.50")
        self.assert_texts(page, texts)
        for text in ("3,107.00", "2,473.50", "495.00", "Passedon", self.agreement_a.fingerprint):
            self.assertNotIn(text, page)

    def test_document_once_it_is_posted(self):
        self.approve()
        statement = self.of(self.dealer_b)
        self.assert_texts(self.pages_of("accountant", statement)[0], ["It is not posted yet"])
        self.as_role("accountant", statement.move_id).action_post()
        (page,) = self.pages_of("accountant", statement)
        self.assert_texts(page, [f"Credit Note {statement.move_id.name}", "Total with tax:"])

    def test_carried_over(self):
        self.sell_old_stock()
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        statement = self.of(self.dealer_a)
        self.assertEqual(statement.carried_out_amount, 3107.00 - 6 * 633.50)
        (page,) = self.pages_of("accountant", statement)
        texts = ("None: there is nothing to credit", "Credited, without tax $ 0.00")
        self.assert_texts(page, [*texts, "Carried over to the next settlement $ -694.00"])

    def test_amount_for_each_unit(self):
        statement = self.of(self.dealer_a)
        line = statement.line_ids[0]
        self.approve()
        self.env.cr.execute(
            "UPDATE channel_agreement_line SET measure = 'quantity' WHERE id = %s",
            [line.agreement_line_id.id],
        )
        self.env.invalidate_all()
        self.assert_texts(self.pages_of("accountant", statement)[0], ["3.00 / Units"])

    def test_one_row_for_a_product_whatever_its_taxes(self):
        self.approve()
        statement = self.of(self.dealer_a)
        statement.line_ids[0].sudo().copy({"tax_key": "1"})
        (page,) = self.pages_of("accountant", statement)
        self.assert_texts(page, ["Toothpaste 200 Units $ 33,000.00 3 %"])
        self.assertEqual(page.count("Toothpaste"), 1)

    def test_each_version_with_its_days_and_returns(self):
        version = self.as_role("keeper", self.agreement_b)._create_version(date(2025, 2, 1))
        self.enter_rates(version, ["3", "5", "6"])
        self.sign(version)
        refund = self.make_invoice(
            self.dealer_b, {"soap": 7}, move_type="out_refund", day=date(2025, 1, 2)
        )
        self.assertTrue(refund)
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        (page,) = self.pages_of("accountant", self.of(self.dealer_b))
        texts = (
            "Soap (v1) -7 Units $ -1,771.00 4.5 % $ -79.70",
            "Soap (v2) 100 Units $ 25,300.00 5 % $ 1,265.00",
            "2025-Q1 · Dealer B (v1)",
            "Counts from 01/01/2025 to 01/31/2025",
            "2025-Q1 · Dealer B (v2)",
            "Counts from 02/01/2025 to 03/31/2025",
            self.agreement_b.fingerprint,
            version.fingerprint,
        )
        self.assert_texts(page, texts)
        (other,) = self.pages_of("accountant", self.of(self.dealer_a))
        self.assertNotIn("(v1)", other)

    def test_nothing_sold(self):
        dealer = self.make_dealer("Dealer C")
        self.sign(self.make_agreement(dealer, {"soap": "1"}))
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        (page,) = self.pages_of("accountant", self.of(dealer))
        texts = ("No sale counts in this period", "there is nothing to credit", "Proof of the seal")
        self.assert_texts(page, texts)

    def test_another_currency_than_the_companys(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        dealer = self.make_dealer("Dealer C")
        self.sign(self.make_agreement(dealer, {"soap": "1"}, currency_id=euro.id))
        self.make_invoice(dealer, {"soap": 10})
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        first, second = self.pages_of("accountant", self.of(dealer, self.dealer_b))
        self.assert_texts(second, ["1,265.00 € 1 % 12.65 €", "In company currency: $ 2,530.00"])
        self.assertNotIn(squeeze("In company currency"), first)

    def test_average_of_tiers(self):
        agreement = self.make_agreement(
            self.make_dealer("Dealer C"), {"soap": None, "shampoo": "1"}
        )
        soap = self.as_role("keeper", agreement).line_ids[0]
        soap.tier_mode = "marginal"
        rate = self.rates_of(agreement)[0]
        self.model("keeper", "channel.rate")._store_brackets(
            {rate: ((Decimal(0), Decimal(1)), (Decimal(1265), Decimal(3)))}
        )
        self.sign(agreement)
        self.make_invoice(agreement.partner_id, {"soap": 10, "shampoo": 1})
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        (page,) = self.pages_of("accountant", self.of(agreement.partner_id))
        self.assert_texts(
            page, ["ø 2 % $ 50.60", "320.00 1 % $ 3.20", "ø: the average of the tiers"]
        )

    def test_in_the_partners_language(self):
        self.products["soap"].with_context(lang="zh_CN").name = "香皂"
        self.dealer_b.lang = "zh_CN"
        self.approve()
        first, second = self.pages_of("accountant", self.of(self.dealer_a, self.dealer_b))
        self.assert_texts(first, [*TEXTS_A, "01/01/2025"])
        self.assert_texts(second, ["香皂", "2025/01/01", "2025/03/31", "Dealer B"])

    def test_terms_are_translated(self):
        """Terms of the add-on come with its translation; here by one that is put in."""
        view = self.env.ref("channel_rebate.report_statement_summary")
        view.update_field_translations(
            "arch_db", {"zh_CN": {"Credited, without tax": "贷记（不含税）"}}
        )
        self.dealer_b.lang = "zh_CN"
        self.approve()
        first, second = self.pages_of("accountant", self.of(self.dealer_a, self.dealer_b))
        self.assertIn(squeeze("Credited, without tax"), first)
        self.assert_texts(second, ["贷记（不含税）"])

    def test_long_statement_is_numbered_page_by_page(self):
        self.approve()
        statement = self.of(self.dealer_a)
        line = statement.line_ids[0].sudo()
        for number in range(77):
            code = "CODE-THAT-IS-LONG" if number % 3 else "SHORT"
            name = f"item {number} long enough for two lines of it"
            product = self.make_product(name, 1, default_code=code)
            line.copy({"product_id": product.id})
        pages = self.pages_of("accountant", statement)
        self.assertGreater(len(pages), 2)
        for number, page in enumerate(pages, 1):
            self.assert_texts(page, [f"Page {number}/{len(pages)}", self.settlement.name])
            is_last = number == len(pages)
            self.assertEqual(squeeze("Continued on the next page") in page, not is_last)
        text = "".join(pages)
        places = [text.find(f"Item{number}long") for number in range(77)]
        self.assertEqual((places, min(places) > 0), (sorted(places), True))

    def test_correction_says_what_changed(self):
        """Ten boxes of soap more for A, ten of shampoo less; nothing is asked back."""
        statement = self.correct()
        page = self.pages_of("accountant", statement)[0]
        texts = [
            "Correction 1",
            "Soap SOAP 4 % $ 25,300.00 $ 27,830.00 $ 1,012.00 $ 1,113.20 $ 101.20",
            "New since the period was settled 10 $ 2,530.00",
            "counts on its own day -10 $ -3,200.00",
            "Difference $ -670.00",
            "Rebate $ 3,107.00 $ 3,048.20 $ -58.80",
            "Credited, without tax $ 0.00",
            "Carried over to the next settlement $ -58.80",
            self.agreement_a.fingerprint,
        ]
        self.assert_texts(page, texts)
        self.assertNotIn("Toothpaste", page)

    def correct(self):
        """Return A's statement of a correction; B's is part of it too."""
        self.approve()
        day = date(2025, 3, 20)
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"soap": 10}, day=day)
        self.make_invoice(self.dealer_a, {"shampoo": 10}, day=day, move_type="out_refund")
        return self.statement_of(self.settle(kind="supplementary"), self.dealer_a)

    def test_reversed_statement_says_so(self):
        self.approve()
        self.as_role("keeper", self.settlement).action_reverse()
        self.assert_texts(self.pages_of("accountant", self.of(self.dealer_b))[0], ["Reversed"])


@tagged("post_install", "-at_install")
class TestWhoGetsIt(StatementPaperCase):
    def test_nobody_before_the_reveal_not_even_holders(self):
        for role in ("keeper", "officer"):
            response = self.download(f"test_{role}", self.of(self.dealer_a, self.dealer_b))
            with self.subTest(role):
                self.assertEqual(response.status_code, 422)
                self.assertIn("A rate keeper has to approve", response.text)
                self.assertIn(f"{self.settlement.name} · Dealer A", response.text)
                self.assertNotIn("3,107", response.text)
        for role in ("accountant", "salesperson", "sales_manager", "administrator"):
            response = self.download(f"test_{role}", self.of(self.dealer_a))
            with self.subTest(role):
                self.assertEqual(response.status_code, 403)

    def test_one_sealed_among_revealed_refuses_all(self):
        self.approve()
        period = self.make_period(*[day.replace(year=2024) for day in self.period_ends()])
        agreement = self.make_agreement(self.dealer_a, {"soap": "1"}, period=period)
        self.sign(agreement)
        sealed = self.compute(period).statement_ids
        response = self.download("test_keeper", self.of(self.dealer_a) | sealed)
        self.assertEqual(response.status_code, 422)
        self.assertNotIn(self.settlement.name, response.text)

    def period_ends(self):
        return self.period.date_from, self.period.date_to

    def test_salesperson_prints_his_own_partners_only(self):
        self.approve()
        self.dealer_b.user_id = self.users["sales_manager"]
        own = self.download("test_salesperson", self.of(self.dealer_a))
        self.assertEqual(own.headers["Content-Type"], PDF)
        self.assertEqual(self.download("test_salesperson", self.of(self.dealer_b)).status_code, 403)

    def test_partners_download_their_own_in_the_portal(self):
        self.approve()
        for partner, texts in ((self.dealer_a, TEXTS_A), (self.sub_s, ["$ 633.50"])):
            login = self.make_portal_user(partner).login
            self.authenticate(login, login)
            url = f"/my/rebates/{self.of(partner).id}?report_type=pdf&download=1&{RENDER}"
            self.assertIn("Download", self.url_open(url.partition("?")[0]).text)
            self.assertIn("report_type=pdf", self.url_open("/my/rebates").text)
            with self.subTest(partner.name):
                content = self.download(login, self.of(partner)).content
                self.assert_texts(read_pages(content)[0], texts)
                answer = self.url_open(url, timeout=120)
                self.assertIn("attachment", answer.headers["Content-Disposition"])
                self.assertEqual(answer.headers["Content-Type"], PDF)

    def test_partners_do_not_get_those_of_others(self):
        self.approve()
        login = self.make_portal_user(self.sub_s).login
        for other in (self.dealer_a, self.dealer_b):
            self.assertEqual(self.download(login, self.of(other)).status_code, 403)
            url = f"/my/rebates/{self.of(other).id}?report_type=pdf"
            self.assertTrue(self.url_open(url).url.endswith("/my"))

    def test_portal_before_the_reveal(self):
        login = self.make_portal_user(self.dealer_a).login
        self.assertEqual(self.download(login, self.of(self.dealer_a)).status_code, 403)
        url = f"/my/rebates/{self.of(self.dealer_a).id}?report_type=pdf"
        self.assertTrue(self.url_open(url).url.endswith("/my"))

    def test_other_company_is_refused(self):
        self.approve()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        accountant = self.users["accountant"]
        accountant.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.assertEqual(self.download("test_accountant", self.of(self.dealer_a)).status_code, 403)

    def test_nothing_is_kept(self):
        self.approve()
        Attachment = self.env["ir.attachment"]
        before = Attachment.search_count([("mimetype", "=", PDF)])
        self.pages_of("accountant", self.settlement.statement_ids)
        self.assertEqual(Attachment.search_count([("mimetype", "=", PDF)]), before)

    def test_nothing_chosen(self):
        response = self.url_open(f"{URL}?{RENDER}")
        self.assertIn("/web/login", response.url)
        self.authenticate("test_accountant", "test_accountant")
        self.assertIn("There is no statement to print", self.url_open(f"{URL}?{RENDER}").text)
