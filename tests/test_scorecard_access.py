"""Who fills, reviews, fixes and reads a scorecard, in each of its states."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .scorecard_common import SECOND_SALESPERSON, ScorecardCase
from .test_views_by_role import specification

READERS = ("keeper", "officer", "salesperson", "sales_manager", "all_leads")
NOBODY = ("accountant", "administrator", "employee", "portal")
MODELS = ("channel.scorecard", "channel.scorecard.line")


class AccessCase(ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role, groups in (
            ("all_leads", "sales_team.group_sale_salesman_all_leads"),
            ("second_manager", "sales_team.group_sale_manager"),
            ("employee", "base.group_user"),
        ):
            cls.users[role] = new_test_user(cls.env, login=f"test_{role}", groups=groups)
        cls.card = cls.make_card(scores=(8, 9, 4))
        cls.second = cls.make_card(cls.other, (8, 9, 4))
        cls.cards = cls.card | cls.second


@tagged("post_install", "-at_install")
class TestWhoReads(AccessCase):
    def test_by_role(self):
        found = {
            "salesperson": self.card,
            SECOND_SALESPERSON: self.second,
            **dict.fromkeys(("all_leads", "sales_manager", "keeper", "officer"), self.cards),
        }
        for state in ("draft", "submitted", "fixed"):
            self.cards._trusted().write({"state": state})
            for role, cards in found.items():
                with self.subTest(role=role, state=state):
                    self.assertEqual(self.model(role, MODELS[0]).search([]), cards)
                    lines = self.model(role, MODELS[1]).search([])
                    self.assertEqual(lines.scorecard_id, cards)

    def test_nobody_else(self):
        for role in NOBODY:
            for model in (*MODELS, "channel.scorecard.criterion", "channel.salesperson.bonus"):
                with self.subTest(role=role, model=model), self.assertRaises(AccessError):
                    self.model(role, model).search([])

    def test_screens_open(self):
        for role in READERS:
            for records in (self.card, self.criteria):
                records = self.as_role(role, records)
                views = records.get_views([(False, kind) for kind in ("list", "form", "search")])
                fields = specification(views["views"], records._fields)
                with self.subTest(role=role, model=records._name):
                    self.assertTrue(records.web_read(fields))

    def test_a_dealer_who_was_handed_over(self):
        """What is fixed stays with whom it was fixed for; what is not goes along."""
        self.fix(self.card)
        draft = self.make_card(year="2024")
        self.dealer.user_id = self.users[SECOND_SALESPERSON]
        self.assertEqual(self.card.user_id, self.users["salesperson"])
        self.assertEqual(draft.user_id, self.users[SECOND_SALESPERSON])
        self.assertEqual(self.model("salesperson", MODELS[0]).search([]), self.card)
        found = self.model(SECOND_SALESPERSON, MODELS[0]).search([])
        self.assertEqual(found, self.card | self.second | draft)
        self.send_back(self.card)
        self.assertEqual(self.card.user_id, self.users["salesperson"])
        with self.assertRaises(AccessError):
            self.as_role("salesperson", self.card).note = "Mine"
        self.as_role(SECOND_SALESPERSON, self.card).note = "Mine"


@tagged("post_install", "-at_install")
class TestWhoFills(AccessCase):
    def test_the_salesperson_of_the_dealer(self):
        line = self.as_role("salesperson", self.card.line_ids[0])
        line.write({"score": 7, "comment": "Out of soap in May"})
        for role in ("all_leads", "sales_manager"):
            self.as_role(role, line).score = 6
        for role in (SECOND_SALESPERSON, "keeper", "officer", *NOBODY):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, line).score = 5
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.card).note = "x"
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.card).action_submit()
        self.assertEqual(line.score, 6)

    def test_making_one(self):
        values = {"partner_id": self.dealer.id, "year": "2024"}
        self.assertTrue(self.model("salesperson", MODELS[0]).create(values).line_ids)
        for role in (SECOND_SALESPERSON, "keeper", "officer", *NOBODY):
            with self.subTest(role), self.assertRaises(AccessError):
                self.model(role, MODELS[0]).create({**values, "year": "2023"})

    def test_nobody_after_it_was_submitted(self):
        self.submit(self.card)
        for state in ("submitted", "fixed"):
            self.card._trusted().write({"state": state})
            for role in ("salesperson", "all_leads", "sales_manager"):
                for attempt in self.changes_of(self.as_role(role, self.card)):
                    with self.subTest(role=role, state=state), self.refused("was submitted"):
                        attempt()

    def changes_of(self, card):
        line = card.line_ids[0]
        return (
            lambda: line.write({"score": 1}),
            lambda: line.write({"comment": "x"}),
            lambda: card.write({"note": "x"}),
            lambda: card.write({"line_ids": [Command.update(line.id, {"score": 1})]}),
            card.action_propose,
            card.action_update_criteria,
        )

    def test_by_hand_neither_terms_nor_coefficient(self):
        card = self.as_role("sales_manager", self.card)
        for values in ({"coefficient": 1}, {"max_coefficient": 2}, {"state": "fixed"}):
            with self.subTest(values), self.refused("can't be set by hand"):
                card.write(values)
        with self.refused("can't be set by hand"):
            card.user_id = self.users["salesperson"]
        for values in ({"weight": 9}, {"scale": 4}, {"proposed_score": 1}, {"is_proposed": True}):
            with self.subTest(values), self.refused("can't be set by hand"):
                card.line_ids[0].write(values)
        values = {"scorecard_id": card.id, "criterion_id": self.stock.id}
        with self.refused("can't be set by hand"):
            self.model("sales_manager", MODELS[1]).create({**values, "weight": 1, "scale": 10})
        with self.refused("not deleted one by one"):
            card.line_ids[0].unlink()

    def test_criteria_are_the_managers(self):
        self.as_role("sales_manager", self.stock).weight = 3
        for role in ("salesperson", "all_leads", "keeper", "officer", *NOBODY):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.stock).weight = 4

    def test_deleting(self):
        with self.assertRaises(AccessError):
            self.as_role("salesperson", self.card).unlink()
        self.submit(self.card)
        with self.refused("was submitted"):
            self.as_role("sales_manager", self.card).unlink()
        self.as_role("second_manager", self.card).action_fix()
        self.send_back(self.card)
        with self.refused("was fixed before"):
            self.as_role("sales_manager", self.card).unlink()
        self.as_role("sales_manager", self.second).unlink()
        self.assertFalse(self.second.exists())


@tagged("post_install", "-at_install")
class TestReview(AccessCase):
    def test_from_salesperson_to_manager(self):
        self.submit(self.cards, "all_leads")
        self.assertEqual(set(self.cards.mapped("state")), {"submitted"})
        self.assertEqual(self.cards.submitted_by_id, self.users["all_leads"])
        self.as_role("sales_manager", self.cards).action_fix()
        self.assertEqual(set(self.cards.mapped("state")), {"fixed"})
        self.assertEqual(self.cards.fixed_by_id, self.users["sales_manager"])
        for card in self.cards:
            self.assertIn("coefficient of 0.8250", card.message_ids[0].body)

    def test_every_score_is_there(self):
        self.card.line_ids[1].write({"score": 0, "is_scored": False})
        with self.refused("Dealer A · 2025: Deliveries"):
            self.submit(self.cards, "all_leads")
        self.assertEqual(set(self.cards.mapped("state")), {"draft"})
        self.card.line_ids[1].is_scored = True
        self.submit(self.card)
        self.criteria.active = False
        with self.refused("2024 has no criteria"):
            self.submit(self.make_card(year="2024"))

    def test_steps_in_their_order(self):
        with self.refused("can't be done now"):
            self.as_role("sales_manager", self.card).action_fix()
        self.submit(self.card)
        with self.refused("can't be done now"):
            self.submit(self.cards, "all_leads")
        self.assertEqual(self.second.state, "draft")
        with self.refused("can't be done now"):
            self.as_role("sales_manager", self.card)._send_back("fixed", "x")

    def test_only_managers_review(self):
        self.submit(self.card)
        for role in ("salesperson", "all_leads", "keeper", "officer", *NOBODY):
            card = self.as_role(role, self.card)
            steps = (card.action_fix, card.action_return, card.action_reopen)
            for step in (*steps, lambda card=card: card._send_back("submitted", "x")):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    step()

    def test_nobody_fixes_what_he_has_submitted(self):
        self.submit(self.card, "sales_manager")
        with self.refused("submitted Dealer A · 2025 yourself"):
            self.as_role("sales_manager", self.card).action_fix()
        self.as_role("second_manager", self.card).action_fix()

    def test_a_manager_fixes_that_of_his_own_dealer(self):
        """As long as somebody else has submitted it."""
        self.dealer.user_id = self.users["sales_manager"]
        self.submit(self.card, "all_leads")
        self.as_role("sales_manager", self.card).action_fix()
        self.assertEqual(self.card.state, "fixed")

    def test_returned_and_reopened(self):
        self.submit(self.cards, "all_leads")
        with self.refused("Say why"):
            self.as_role("sales_manager", self.cards)._send_back("submitted", " ")
        self.send_back(self.cards)
        self.assertEqual(set(self.cards.mapped("state")), {"draft"})
        self.assertEqual(set(self.cards.mapped("return_reason")), {"Look at the prices"})
        self.as_role("salesperson", self.card.line_ids[2]).score = 3
        self.submit(self.card)
        self.assertFalse(self.card.return_reason)
        self.as_role("sales_manager", self.card).action_fix()
        self.assertEqual(self.card.coefficient, 0.725)
        self.send_back(self.card, "Wrong dealer <b>")
        self.assertEqual(self.card.state, "draft")
        self.assertIn("Reopened: Wrong dealer &lt;b&gt;", self.card.message_ids[0].body)

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        card = self.make_card(company_id=company.id)
        self.assertNotIn(card, self.model("sales_manager", MODELS[0]).search([]))
        for role in ("salesperson", "sales_manager"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, card).action_submit()


@tagged("post_install", "-at_install")
class TestActivities(AccessCase):
    def told(self, kind, card=None):
        """Return who has an activity of a kind on a scorecard."""
        activity_type = self.env.ref(f"channel_rebate.mail_activity_type_scorecard_{kind}")
        activities = (card or self.card).activity_ids
        return activities.filtered(lambda record: record.activity_type_id == activity_type).user_id

    def test_the_managers_of_one_to_review(self):
        managers = self.users["sales_manager"] | self.users["second_manager"]
        self.submit(self.card)
        self.assertLessEqual(managers, self.told("review"))
        self.assertNotIn(self.users["all_leads"], self.told("review"))
        self.as_role("sales_manager", self.card).action_fix()
        self.assertFalse(self.card.activity_ids)

    def test_the_leader_of_the_team_alone(self):
        leader = self.users["second_manager"]
        team = self.env["crm.team"].create({"name": "East", "user_id": leader.id})
        self.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": self.users["salesperson"].id}
        )
        self.submit(self.cards, "all_leads")
        self.assertEqual(self.told("review"), leader)
        self.assertIn(self.users["sales_manager"], self.told("review", self.second))

    def test_the_salesperson_of_one_returned(self):
        self.submit(self.cards, "all_leads")
        self.send_back(self.cards)
        self.assertFalse(self.told("review"))
        self.assertEqual(self.told("returned"), self.users["salesperson"])
        self.assertEqual(self.told("returned", self.second), self.users[SECOND_SALESPERSON])
        self.assertIn("Look at the prices", self.card.activity_ids.note)
        self.submit(self.card)
        self.assertFalse(self.told("returned"))
