"""An incident from report to penalty in a browser: reported on a phone, decided at a desk."""

from odoo.tests import tagged

from .common import ChannelHttpCase
from .incident_common import BREACH, Incidents

PHONE = "390x844"


@tagged("post_install", "-at_install")
class TestBrowserIncident(Incidents, ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)

    def act(self, role, what="", url="/odoo"):
        tour = "_".join(filter(None, ["channel_incident", role, what]))
        self.start_tour(url, tour, login=f"test_{role}", timeout=180)
        self.env.invalidate_all()

    def test_from_report_to_penalty(self):
        self.browser_size, self.touch_enabled = PHONE, True
        self.act("salesperson", url=f"/odoo/res.partner/{self.dealer_b.id}")
        self.browser_size, self.touch_enabled = "1366x768", False
        incident = self.env["channel.incident"].search([("partner_id", "=", self.dealer_b.id)])
        self.assertEqual((incident.state, incident.date), ("reported", BREACH))
        self.act("keeper")
        self.assertEqual(incident.state, "confirmed")
        self.expire(incident)
        self.act("keeper", "penalises")
        self.assertEqual(incident.state, "penalised")
        self.assertEqual(incident.penalty_ids.period_id, self.period)
