"""What a partner reads in the portal of what he is accused of, and his appeal."""

from lxml import html
from odoo import http
from odoo.tests import tagged

from .common import ChannelHttpCase
from .incident_common import Incidents

EMPTY = "There is nothing that you are accused of"


@tagged("post_install", "-at_install")
class TestIncidentPortal(Incidents, ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = (cls.dealer_a, cls.dealer_b)
        cls.logins = {partner: cls.make_portal_user(partner).login for partner in partners}
        cls.users["salesperson"].name = "Rita Reporter"
        cls.incident = cls.report(cls.dealer_b, note="They told me", description="Yellow labels")
        cls.url = f"/my/incidents/{cls.incident.id}"

    def open_as(self, partner, url, data=None):
        """Return where a request ends, and the words of the page."""
        self.authenticate(self.logins[partner], self.logins[partner])
        if data is not None:
            data = {**data, "csrf_token": http.Request.csrf_token(self)}
        response = self.url_open(url, data=data)
        main = html.fromstring(response.content).find(".//main")
        words = " ".join(" ".join(main.itertext()).replace("\ufeff", "").split())
        return response.url.removeprefix(self.base_url()), words

    def act(self, method, *args):
        getattr(self.as_role("keeper", self.incident), method)(*args)

    def test_nothing_of_a_report(self):
        self.assertIn(EMPTY, self.open_as(self.dealer_b, "/my/incidents")[1])
        self.assertEqual(self.open_as(self.dealer_b, self.url)[0], "/my")
        self.act("_dismiss", "Nothing in it")
        self.assertIn(EMPTY, self.open_as(self.dealer_b, "/my/incidents")[1])
        self.assertEqual(self.open_as(self.dealer_b, self.url)[0], "/my")

    def test_what_he_is_told(self):
        self.act("action_confirm")
        self.assertIn(self.incident.name, self.open_as(self.dealer_b, "/my/incidents")[1])
        ended, words = self.open_as(self.dealer_b, self.url)
        self.assertEqual(ended, self.url)
        for text in ("Diversion", "02/15/2025", "Soap, 30 Units", "Yellow labels", "Appeal"):
            self.assertIn(text, words)
        for text in ("Rita", "They told me"):
            self.assertNotIn(text, words)

    def test_counter(self):
        self.act("action_confirm")
        for partner, count in ((self.dealer_a, 0), (self.dealer_b, 1)):
            self.authenticate(self.logins[partner], self.logins[partner])
            counters = {"counters": ["channel_incident_count"]}
            found = self.make_jsonrpc_request("/my/counters", counters)
            self.assertEqual(found["channel_incident_count"], count)

    def test_appeal(self):
        self.act("action_confirm")
        ended, words = self.open_as(self.dealer_b, f"{self.url}/appeal", {"text": "Not me"})
        self.assertEqual(ended, self.url)
        self.assertIn("We look at it again", words)
        self.assertEqual((self.incident.state, self.incident.appeal_text), ("appealed", "Not me"))
        self.act("_turn_down", "The lot is yours")
        words = self.open_as(self.dealer_b, f"{self.url}/appeal", {"text": "Again"})[1]
        self.assertIn("already", words)
        self.assertIn("The lot is yours", words)
        self.assertEqual(self.incident.state, "confirmed")

    def test_late_appeal(self):
        self.act("action_confirm")
        self.expire(self.incident)
        words = self.open_as(self.dealer_b, f"{self.url}/appeal", {"text": "Not me"})[1]
        self.assertIn("could be appealed until 03/01/2025", words)
        self.assertNotIn("Say why you do not agree", words)
        self.assertEqual(self.incident.state, "confirmed")

    def test_penalty_in_words(self):
        self.act("action_confirm")
        self.expire(self.incident)
        self.act("action_penalise_as_proposed")
        words = self.open_as(self.dealer_b, self.url)[1]
        self.assertIn("Deducted 20 % of the rebate of 2025-Q1", words)

    def test_foreign_incident(self):
        self.act("action_confirm")
        self.assertIn(EMPTY, self.open_as(self.dealer_a, "/my/incidents")[1])
        self.assertEqual(self.open_as(self.dealer_a, self.url)[0], "/my")
        ended, _words = self.open_as(self.dealer_a, f"{self.url}/appeal", {"text": "Me"})
        self.assertEqual(ended, "/my")
        self.assertEqual(self.incident.state, "confirmed")
