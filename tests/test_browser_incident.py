"""An incident from report to settlement in a browser: reported on a phone, decided at a desk.

Dealer B has earned 3,228.50; 20 percent of it are 645.70.
"""

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

    def test_from_report_to_settlement(self):
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
        self.act("officer")
        settlement = self.env["channel.settlement"].search([("period_id", "=", self.period.id)])
        statement = self.statement_of(settlement, self.dealer_b)
        self.assertFalse(statement.penalty_amount)
        self.act("keeper", "approves")
        self.assertEqual((statement.penalty_amount, statement.net_amount), (645.70, 2582.80))
        self.assertEqual(statement.penalty_line_ids.incident_id, incident)
