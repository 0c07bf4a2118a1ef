"""An incident in the settlement of its period, and what comes back when an appeal is won later.

Dealer B earns 3,228.50 in the first quarter: 20 % of it are 645.70, half of which are 322.85.
"""

from odoo.tests import tagged

from .incident_common import IncidentCase
from .penalty_common import Penalties


@tagged("post_install", "-at_install")
class TestIncidentSettlement(Penalties, IncidentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.incident = cls.confirm(cls.dealer_b, expired=False, harmed_dealer_id=cls.dealer_a.id)

    def penalty_amounts(self, settlement):
        """Return penalty of B and compensation of A."""
        statements = (self.statement_of(settlement, one) for one in (self.dealer_b, self.dealer_a))
        penalised, harmed = statements
        return round(penalised.penalty_amount, 2), round(harmed.compensation_amount, 2)

    def test_deducted_in_the_period_and_given_back(self):
        self.penalise(self.incident, is_waived=True)
        self.assertEqual(self.penalty_amounts(self.settle()), (645.70, 322.85))
        self.appeal(self.incident)
        self.decide(self.incident, "dismiss", "It was not you")
        correction = self.settle(kind="supplementary")
        self.assertEqual(self.penalty_amounts(correction), (-645.70, -322.85))

    def test_penalised_after_the_settlement(self):
        self.settle()
        self.penalise(self.incident, is_waived=True)
        correction = self.settle(kind="supplementary")
        self.assertEqual(self.penalty_amounts(correction), (645.70, 322.85))

    def test_confirmed_ones_cost_nothing(self):
        settlement = self.settle()
        self.assertEqual(self.penalty_amounts(settlement), (0, 0))
