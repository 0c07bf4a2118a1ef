"""What an incident costs: proposals, repeaters, appeals that are won, penalties that are lifted."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .incident_common import BREACH, DIVERSION, UNDERCUTTING, IncidentCase
from .penalty_common import Penalties


class IncidentPenaltyCase(Penalties, IncidentCase):
    def proposal(self, incident):
        """Return method and percent that are proposed."""
        values = incident._prepare_penalties()[incident]
        return values["method"], values["percent"]


@tagged("post_install", "-at_install")
class TestPenalise(IncidentPenaltyCase):
    def test_the_type_proposes_and_the_keeper_decides(self):
        incident = self.confirm(self.dealer_b, harmed_dealer_id=self.dealer_a.id)
        penalty = self.penalise(incident, percent=25)
        self.assertEqual((penalty.method, penalty.percent, penalty.amount), ("percent", 25, 0))
        self.assertEqual((penalty.state, penalty.period_id), ("confirmed", self.period))
        self.assertEqual((penalty.partner_id, penalty.date), (self.dealer_b, BREACH))
        self.assertEqual((penalty.harmed_dealer_id, penalty.harmed_percent), (self.dealer_a, 50))
        self.assertEqual(incident.state, "penalised")
        for text in ("Diversion on 02/15/2025", "Soap, 30 Units", "Market Street 1"):
            self.assertIn(text, penalty.reason)
        self.assertIn(incident.name, penalty.reason)

    def test_nobody_harmed_gets_nothing(self):
        penalty = self.penalise(self.confirm(self.dealer_b))
        self.assertEqual((penalty.percent, penalty.harmed_percent), (20, 0))

    def test_another_method(self):
        soap = self.products["soap"]
        penalty = self.penalise(self.confirm(self.dealer_b), method="product", percent=100)
        self.assertEqual((penalty.product_id, penalty.percent), (soap, 100))
        penalty = self.penalise(self.confirm(self.dealer_b), method="fixed", amount=300)
        self.assertEqual((penalty.amount, penalty.percent), (300, 0))

    def test_a_product_that_is_not_named(self):
        kind = self.env.ref(DIVERSION)
        kind.write({"penalty_method": "product", "penalty_percent": 60})
        incident = self.confirm(self.dealer_b, product_id=False, description="Seen in a shop")
        with self.refused("Dealer B: no product is named"):
            incident.action_penalise_as_proposed()
        penalty = self.penalise(incident, product_id=self.products["shampoo"].id)
        self.assertEqual((penalty.product_id.name, penalty.percent), ("Shampoo", 60))

    def test_several_at_once_each_with_its_own(self):
        incidents = self.confirm(self.dealer_a) | self.confirm(self.dealer_b, kind=UNDERCUTTING)
        incidents.action_penalise_as_proposed()
        self.assertEqual(incidents.mapped("state"), ["penalised"] * 2)
        found = [(one.penalty_ids.partner_id, one.penalty_ids.percent) for one in incidents]
        self.assertEqual(found, [(self.dealer_a, 20), (self.dealer_b, 10)])

    def test_before_the_deadline_only_knowingly(self):
        incident = self.confirm(self.dealer_b, expired=False)
        with self.refused(r"may still appeal:\n- .*Dealer B: until"):
            incident.action_penalise_as_proposed()
        with self.refused("may still appeal"):
            self.penalise(incident)
        self.assertEqual(self.penalise(incident, is_waived=True).state, "confirmed")

    def test_no_period_and_no_agreement(self):
        incident = self.confirm(self.dealer_b, date=date(2024, 12, 31))
        with self.refused("Dealer B: no period holds 12/31/2024"):
            incident.action_penalise()
            self.penalise(incident)
        self.make_period(date(2024, 10, 1), date(2024, 12, 31))
        with self.refused("Dealer B has no agreement in 2024-Q4"):
            incident.action_penalise_as_proposed()
        self.as_role("keeper", self.agreement_b).action_cancel()
        with self.refused("Dealer B has no agreement in 2025-Q1"):
            self.penalise(self.confirm(self.dealer_b))

    def test_closed_period(self):
        incident = self.confirm(self.dealer_b)
        self.period.state = "closed"
        with self.refused("is closed"):
            incident.action_penalise_as_proposed()
        self.assertEqual(incident.state, "confirmed")

    def test_amount_in_the_currency_of_the_agreement(self):
        kind = self.env.ref(DIVERSION)
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"name": "2025-01-01", "currency_id": euro.id, "rate": 0.5}
        )
        kind.write({"penalty_method": "fixed", "penalty_amount": 100, "currency_id": euro.id})
        penalty = self.penalise(self.confirm(self.dealer_b))
        self.assertEqual((penalty.amount, penalty.currency_id), (200, self.company.currency_id))

    def test_one_penalty_for_an_incident(self):
        incident = self.confirm(self.dealer_b)
        penalty = self.penalise(incident)
        self.assertFalse(penalty.copy({"percent": 30}).incident_id)
        with self.refused("only confirmed"):
            self.penalise(incident)
        other = self.penalise(self.confirm(self.dealer_a))
        with self.refused("about another partner", ValidationError):
            other._trusted().incident_id = incident

    def test_nobody_chooses_the_incident_of_a_penalty(self):
        incident = self.report(self.dealer_b, role="keeper")
        with self.refused("Incident.*by hand"):
            self.make_penalty(self.dealer_b, 5, incident_id=incident.id)
        Penalty = self.model("keeper", "channel.penalty")
        with self.refused("Incident.*by hand"):
            Penalty.with_context(default_incident_id=incident.id).create({})
        draft = self.make_penalty(self.dealer_b, 5, confirm=False)
        for penalty in (draft, self.make_penalty(self.dealer_b, 5)):
            with self.refused("Incident.*by hand"):
                self.as_role("keeper", penalty).write({"incident_id": incident.id})
            with self.refused("Incident.*by hand"):
                incident.write({"penalty_ids": [(4, penalty.id)]})
        draft._trusted().incident_id = incident
        with self.refused("incident was not penalised"):
            self.as_role("keeper", draft).action_confirm()

    def test_no_default_decides_a_penalty(self):
        incident = self.confirm(self.dealer_b)
        defaults = {
            "default_lift_reason": "x",
            "default_incident_id": self.report(self.dealer_b).id,
        }
        incident.with_context(**defaults).action_penalise_as_proposed()
        penalty = incident.penalty_ids
        self.assertEqual((penalty.state, penalty.lift_reason), ("confirmed", False))

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.users["keeper"].company_ids |= company
        self.users["salesperson"].company_ids |= company
        other = self.report(self.dealer_b, company_id=company.id)
        with self.assertRaises(AccessError):
            self.as_role("keeper_2", other).action_confirm()
        both = self.as_role("keeper", other).with_context(
            allowed_company_ids=(self.company | company).ids
        )
        both.action_confirm()
        self.expire(both)
        with self.refused("no period holds"):
            both.action_penalise_as_proposed()


@tagged("post_install", "-at_install")
class TestRepeaters(IncidentPenaltyCase):
    def test_the_higher_step(self):
        first = self.confirm(self.dealer_b, date=date(2025, 1, 10))
        second = self.confirm(self.dealer_b)
        self.assertEqual(self.proposal(first), ("percent", 20))
        self.assertEqual(self.proposal(second), ("period", 0))
        wizard = self.model("keeper", "channel.incident.penalise").with_context(
            default_incident_id=second.id
        )
        self.assertEqual(wizard.new().earlier_ids._origin, first)

    def test_who_is_no_repeater(self):
        early = date(2025, 1, 10)
        self.confirm(self.dealer_b, kind=UNDERCUTTING, date=early)
        self.confirm(self.dealer_a, date=early)
        self.confirm(self.dealer_b, date=date(2024, 2, 14))
        self.report(self.dealer_b, date=early)
        self.decide(self.confirm(self.dealer_b, date=early), "dismiss")
        self.appeal(self.confirm(self.dealer_b, date=early, expired=False))
        self.confirm(self.dealer_b, date=date(2025, 2, 16))
        incident = self.confirm(self.dealer_b)
        self.assertEqual(self.proposal(incident), ("percent", 20))

    def test_the_months_are_the_types(self):
        self.confirm(self.dealer_b, date=date(2024, 2, 15), kind=UNDERCUTTING)
        incident = self.confirm(self.dealer_b, kind=UNDERCUTTING)
        self.assertEqual(self.proposal(incident), ("percent", 30))
        self.env.ref(UNDERCUTTING).repeat_months = 11
        self.assertEqual(self.proposal(incident), ("percent", 10))
        self.env.ref(UNDERCUTTING).repeat_months = 0
        self.assertEqual(self.proposal(incident), ("percent", 30))

    def test_a_type_without_a_step(self):
        self.env.ref(DIVERSION).repeat_method = False
        self.confirm(self.dealer_b, date=date(2025, 1, 10))
        self.assertEqual(self.proposal(self.confirm(self.dealer_b)), ("percent", 20))


@tagged("post_install", "-at_install")
class TestAppeal(IncidentPenaltyCase):
    def test_in_time_and_turned_down(self):
        incident = self.confirm(self.dealer_b, expired=False)
        self.appeal(incident)
        self.assertEqual((incident.state, incident.appeal_text), ("appealed", "It was not me"))
        with self.refused("only confirmed"):
            incident.action_penalise_as_proposed()
        self.decide(incident, "turn_down", "The lot is yours")
        self.assertEqual(
            (incident.state, incident.appeal_answer), ("confirmed", "The lot is yours")
        )
        # Decided before the deadline: nothing is left to wait for.
        incident.action_penalise_as_proposed()
        self.assertEqual(incident.state, "penalised")

    def test_late(self):
        incident = self.confirm(self.dealer_b)
        with self.refused("could be appealed until 03/01/2025"):
            self.appeal(incident)
        self.appeal(incident, is_accepted=True)
        self.assertEqual(incident.state, "appealed")

    def test_received_in_time_and_entered_late(self):
        incident = self.confirm(self.dealer_b)
        self.appeal(incident, date=date(2025, 3, 1))
        self.assertEqual((incident.state, incident.appealed_on), ("appealed", date(2025, 3, 1)))

    def test_once(self):
        incident = self.confirm(self.dealer_b, expired=False)
        self.appeal(incident)
        self.decide(incident, "turn_down")
        with self.refused("was appealed on .* already"):
            self.appeal(incident)
        with self.refused("say why"):
            self.appeal(incident, text=" ", is_accepted=True)
        self.appeal(incident, "There is news", is_accepted=True)
        self.assertEqual((incident.state, incident.appeal_answer), ("appealed", False))

    def test_only_keepers_enter_and_decide_it(self):
        incident = self.confirm(self.dealer_b, expired=False)
        for role in ("salesperson", "sales_manager", "officer"):
            with self.subTest(role), self.assertRaises(UserError):
                self.as_role(role, incident).action_appeal()
        self.appeal(incident)
        for role in ("salesperson", "sales_manager", "officer"):
            with self.subTest(role), self.assertRaises(UserError):
                self.as_role(role, incident)._turn_down("No")

    def test_won_before_a_penalty(self):
        incident = self.confirm(self.dealer_b, expired=False)
        self.appeal(incident)
        self.decide(incident, "dismiss", "It was not you")
        self.assertEqual((incident.state, incident.dismiss_reason), ("dismissed", "It was not you"))

    def test_won_after_a_penalty_lifts_it(self):
        incident = self.confirm(self.dealer_b, expired=False)
        penalty = self.penalise(incident, is_waived=True, method="fixed", amount=300)
        self.appeal(incident)
        self.assertEqual(penalty.state, "confirmed")
        self.decide(incident, "dismiss", "It was not you")
        self.assertEqual((incident.state, penalty.state), ("dismissed", "lifted"))
        self.assertEqual(penalty.lift_reason, "It was not you")

    def test_won_in_a_closed_period(self):
        """Said before anybody has written down why; a turned down one needs no open period."""
        incident = self.confirm(self.dealer_b, expired=False)
        self.penalise(incident, is_waived=True)
        self.appeal(incident)
        self.period.state = "closed"
        text = rf"{incident.name} .*the penalty of 2025-Q1 .* closed. Reopen it first"
        for attempt in (incident.action_dismiss, lambda: self.decide(incident, "dismiss")):
            with self.refused(text):
                attempt()
        self.assertTrue(incident.action_turn_down())
        self.decide(incident, "turn_down")

    def test_turned_down_after_a_penalty(self):
        incident = self.confirm(self.dealer_b, expired=False)
        penalty = self.penalise(incident, is_waived=True)
        self.appeal(incident)
        self.decide(incident, "turn_down")
        self.assertEqual((incident.state, penalty.state), ("penalised", "confirmed"))

    def test_two_appeals_go_back_to_where_they_were(self):
        incidents = self.confirm(self.dealer_a, expired=False)
        incidents |= self.confirm(self.dealer_b, expired=False)
        self.penalise(incidents[1], is_waived=True)
        for incident in incidents:
            self.appeal(incident)
        self.decide(incidents, "turn_down")
        self.assertEqual(incidents.mapped("state"), ["confirmed", "penalised"])


@tagged("post_install", "-at_install")
class TestLiftedByHand(IncidentPenaltyCase):
    def test_the_incident_is_confirmed_again(self):
        incident = self.confirm(self.dealer_b)
        penalty = self.penalise(incident)
        self.lift(penalty, "Wrong percentage")
        self.assertEqual(incident.state, "confirmed")
        self.assertIn("Wrong percentage", incident.message_ids[0].body)
        again = self.penalise(incident, percent=30) - penalty
        self.assertEqual((again.state, again.percent), ("confirmed", 30))

    def test_while_it_is_appealed(self):
        incident = self.confirm(self.dealer_b, expired=False)
        self.lift_and_appeal(incident)
        self.decide(incident, "turn_down")
        self.assertEqual(incident.state, "confirmed")

    def lift_and_appeal(self, incident):
        penalty = self.penalise(incident, is_waived=True)
        self.appeal(incident)
        self.lift(penalty)
        self.assertEqual(incident.state, "appealed")

    def test_dismissed_after_it(self):
        incident = self.confirm(self.dealer_b, expired=False)
        self.lift_and_appeal(incident)
        self.decide(incident, "dismiss")
        self.assertEqual(incident.state, "dismissed")
