"""What dealers and sub-distributors see of their rebates in the portal, and when."""

from lxml import html
from odoo.tests import tagged

from .common import WorkedExampleHttpCase
from .penalty_common import Penalties

EMPTY = "There is no statement yet"


@tagged("post_install", "-at_install")
class TestPortal(Penalties, WorkedExampleHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = (cls.dealer_a, cls.dealer_b, cls.sub_s)
        cls.logins = {partner: cls.make_portal_user(partner).login for partner in partners}
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def statement_url(self, partner):
        return f"/my/rebates/{self.statement_of(self.settlement, partner).id}"

    def open_as(self, login, url):
        """Return where a request ends, and the words of the page."""
        self.authenticate(login, login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        main = html.fromstring(response.content).find(".//main")
        words = " ".join(main.itertext()).replace("\ufeff", "").split()
        return response.url.removeprefix(self.base_url()), " ".join(words)

    def test_one_row_for_a_product_whatever_its_taxes(self):
        self.approve()
        for partner in (self.dealer_a, self.dealer_b):
            self.statement_of(self.settlement, partner).line_ids[0].sudo().copy({"tax_key": "1"})
            _url, words = self.open_as(self.logins[partner], self.statement_url(partner))
            self.assertEqual(words.count("Toothpaste"), 1)
            self.assertIn("Toothpaste 200 Units $ 33,000.00", words)

    def test_payment_status(self):
        self.approve()
        _url, words = self.open_as(self.logins[self.dealer_b], self.statement_url(self.dealer_b))
        self.assertNotIn("Not Paid", words)
        statement = self.statement_of(self.settlement, self.dealer_b)
        self.as_role("accountant", statement.move_id).action_post()
        _url, words = self.open_as(self.logins[self.dealer_b], self.statement_url(self.dealer_b))
        self.assertIn(f"Credit note {statement.move_id.name} Not Paid", words)

    # === Before the reveal === #

    def test_nothing_before_approval(self):
        for partner, login in self.logins.items():
            with self.subTest(partner=partner.name):
                self.assertIn(EMPTY, self.open_as(login, "/my/rebates")[1])
                self.assertEqual(self.open_as(login, self.statement_url(partner))[0], "/my")

    def test_nothing_is_counted_before_approval(self):
        self.authenticate(*[self.logins[self.dealer_a]] * 2)
        counters = {"counters": ["channel_statement_count"]}
        count = self.make_jsonrpc_request("/my/counters", counters)["channel_statement_count"]
        self.assertEqual(count, 0)
        self.approve()
        count = self.make_jsonrpc_request("/my/counters", counters)["channel_statement_count"]
        self.assertEqual(count, 1)

    def test_visitor_has_to_log_in(self):
        self.approve()
        for url in ("/my/rebates", self.statement_url(self.dealer_a)):
            self.authenticate(None, None)
            self.assertIn("/web/login", self.url_open(url).url)

    # === After the reveal === #

    def test_dealer_sees_his_statement_in_the_list(self):
        self.approve()
        _url, words = self.open_as(self.logins[self.dealer_a], "/my/rebates")
        self.assertIn(f"2025-Q1 {self.settlement.name}", words)
        self.assertIn("$ 73,800.00 $ 2,473.50", words)
        self.assertNotIn("3,228.50", words)
        self.assertNotIn(EMPTY, words)

    def test_partner_reads_what_he_is_fined_for(self):
        self.make_penalty(self.dealer_a, 400)
        self.make_penalty(self.sub_s, 30)
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        _url, words = self.open_as(self.logins[self.dealer_a], self.statement_url(self.dealer_a))
        words = words.replace("\N{ZERO WIDTH SPACE}", "").replace("\xa0", " ")
        self.assertIn("Penalty for 02/15/2025", words)
        self.assertIn("Dealer A sold outside of the territory $ -400.00", words)
        self.assertNotIn("30.00", words)

    def test_correction_says_what_has_changed(self):
        self.approve()
        self.make_invoice(self.dealer_a, {"soap": 20})
        self.make_penalty(self.dealer_a, 400)
        correction = self.settle(kind="supplementary")
        login = self.logins[self.dealer_a]
        _url, words = self.open_as(login, "/my/rebates")
        self.assertIn(f"{correction.name} (correction 1)", words)
        url = f"/my/rebates/{self.statement_of(correction, self.dealer_a).id}"
        words = self.open_as(login, url)[1].replace("\N{ZERO WIDTH SPACE}", "")
        invoice = self.dealer_a.invoice_ids.filtered(lambda m: m.amount_untaxed == 20 * 253)
        for text in (
            "A correction: amounts are what has changed",
            "[SOAP] Soap 20 Units $ 5,060.00 4 % $ 202.40",
            "What has changed",
            f"{invoice.name} 02/01/2025",
            "Credited to you, without tax $ 0.00",
            "Carried over to the next settlement $ -197.60",
        ):
            with self.subTest(text):
                self.assertIn(text, words.replace("\xa0", " "))
        self.assertNotIn("Toothpaste", words)

    def test_correction_of_a_penalty_alone(self):
        self.approve()
        self.make_penalty(self.dealer_b, 70)
        correction = self.settle(kind="supplementary")
        url = f"/my/rebates/{self.statement_of(correction, self.dealer_b).id}"
        words = self.open_as(self.logins[self.dealer_b], url)[1]
        self.assertIn("No sale has changed.", words)

    def test_dealer_reads_rates_and_how_his_credit_comes_about(self):
        self.approve()
        url = self.statement_url(self.dealer_a)
        ended, words = self.open_as(self.logins[self.dealer_a], url)
        self.assertEqual(ended, url)
        for text in (
            "[TOOTHPASTE] Toothpaste 100 Units $ 16,500.00 3 % $ 495.00",
            "Your rebate $ 3,107.00",
            "Passed on to your sub-distributors $ -633.50",
            "To be credited to you, without tax $ 2,473.50",
        ):
            self.assertIn(text, words)

    def test_sub_distributor_sees_his_own(self):
        self.approve()
        login = self.logins[self.sub_s]
        _url, words = self.open_as(login, self.statement_url(self.sub_s))
        self.assertIn("[SHAMPOO] Shampoo 50 Units $ 16,000.00 2 % $ 320.00", words)
        self.assertIn("To be credited to you, without tax $ 633.50", words)
        self.assertNotIn("Passed on", words)

    def test_number_of_the_credit_note_once_it_is_posted(self):
        self.approve()
        login, url = self.logins[self.dealer_b], self.statement_url(self.dealer_b)
        move = self.statement_of(self.settlement, self.dealer_b).move_id
        self.assertNotIn("Credit note", self.open_as(login, url)[1])
        self.as_role("accountant", move).action_post()
        self.assertIn(f"Credit note {move.name}", self.open_as(login, url)[1])
        self.assertIn(move.name, self.open_as(login, "/my/rebates")[1])

    def test_number_of_other_kinds_of_documents(self):
        """A payment entry is no document of the portal: its number stands there without a link."""
        self.settlement.company_id.channel_sub_document = "payment_entry"
        self.approve()
        login, url = self.logins[self.sub_s], self.statement_url(self.sub_s)
        move = self.statement_of(self.settlement, self.sub_s).move_id
        self.as_role("accountant", move).action_post()
        self.assertIn(f"Document {move.name}", self.open_as(login, url)[1])
        self.assertIn(move.name, self.open_as(login, "/my/rebates")[1])

    # === Others === #

    def test_statements_of_others_redirect(self):
        self.approve()
        partners = list(self.logins)
        for partner in partners:
            for other in set(partners) - {partner}:
                with self.subTest(partner=partner.name, other=other.name):
                    url = self.statement_url(other)
                    self.assertEqual(self.open_as(self.logins[partner], url)[0], "/my")

    def test_unknown_statement_redirects(self):
        self.assertEqual(self.open_as(self.logins[self.dealer_a], "/my/rebates/999999")[0], "/my")

    def test_internal_users_get_no_error(self):
        self.approve()
        for role in self.users:
            with self.subTest(role=role):
                self.open_as(f"test_{role}", "/my/rebates")
                url = self.statement_url(self.dealer_a)
                self.assertEqual(self.open_as(f"test_{role}", url)[0], "/my")

    def test_sorting(self):
        self.approve()
        for sortby in ("date", "net", "nonsense", "rate desc; drop table channel_rate"):
            with self.subTest(sortby=sortby):
                url = f"/my/rebates?sortby={sortby}"
                words = self.open_as(self.logins[self.dealer_b], url)[1]
                self.assertIn("3,228.50", words)
