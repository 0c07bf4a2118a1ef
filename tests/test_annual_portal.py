"""What a dealer sees of his year-end rebate in the portal."""

from lxml import html
from odoo.tests import tagged

from .annual_common import AnnualYear
from .common import ChannelHttpCase


@tagged("post_install", "-at_install")
class TestAnnualPortal(AnnualYear, ChannelHttpCase):
    def words_of(self, url):
        main = html.fromstring(self.url_open(url).content).find(".//main")
        return " ".join(" ".join(main.itertext()).replace("\ufeff", "").split())

    def test_year_reckoning_and_correction(self):
        login = self.make_portal_user(self.dealer).login
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.compute_year()
        self.authenticate(login, login)
        self.assertNotIn("Year-end", self.words_of("/my/rebates"))
        self.as_role("keeper", run).action_approve()
        self.correct_quarter(0, 100)
        correction = self.settle_year()
        self.assertEqual(self.words_of("/my/rebates").count("Year-end 2025"), 2)
        words = self.words_of(f"/my/rebates/{run.statement_ids.id}")
        for text in ("Year-end rebate 2025", "2025-Q2", "3.9 %", "0.85", "$ 3,315.00"):
            self.assertIn(text, words)
        self.assertNotIn("Proof of the seal", words)
        words = self.words_of(f"/my/rebates/{correction.statement_ids.id}")
        for text in ("since the year was settled", "Settled before 3,315.00", "$ 348.50"):
            self.assertIn(text, words)
