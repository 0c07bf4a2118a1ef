"""What a scorecard comes to, what it keeps of its criteria, and which can be made."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .scorecard_common import SECOND_SALESPERSON, ScorecardCase


@tagged("post_install", "-at_install")
class TestCoefficient(ScorecardCase):
    def test_weighted_mean(self):
        """(8/10 + 9/10 + 2 × 4/5) ÷ 4 = 0.825"""
        card = self.make_card(scores=(8, 9, 4))
        self.assertEqual(card.coefficient, 0.825)
        self.assertEqual(self.make_card(self.other, (10, 10, 5)).coefficient, 1)

    def test_rounded_once_half_up(self):
        """0.00125 is half of the last decimal; (1/2 + 2/3) ÷ 2 = 0.58333…"""
        self.criteria.active = False
        half = self.make_criterion("Half", scale=200)
        card = self.make_card(scores=(0.25,))
        self.assertEqual(card.line_ids.criterion_id, half)
        self.assertEqual(card.coefficient, 0.0013)
        thirds = self.make_criterion("Thirds", scale=3)
        second = self.make_card(self.other, (100, 2))
        self.assertEqual(second.line_ids.criterion_id, half | thirds)
        self.assertEqual(second.coefficient, 0.5833)

    def test_highest_coefficient_of_the_company(self):
        self.company.channel_max_coefficient = 1.2
        card = self.make_card(scores=(8, 9, 4))
        self.assertEqual(card.coefficient, 0.99)
        self.company.channel_max_coefficient = 2
        self.assertEqual(card.max_coefficient, 1.2)
        card.line_ids[0].score = 9
        self.assertEqual(card.coefficient, 1.02)
        with self.refused("more than zero", ValidationError):
            self.company.channel_max_coefficient = 0

    def test_shown_while_filling(self):
        """What is not scored is left out; a zero that is given counts."""
        card = self.as_role("salesperson", self.make_card())
        self.assertEqual((card.coefficient, card.unscored_count), (0, 3))
        with Form(card) as form:
            with form.line_ids.edit(0) as line:
                line.score = 8
            self.assertEqual(form.coefficient, 0.8)
            with form.line_ids.edit(2) as line:
                line.is_scored = True
            self.assertEqual(form.unscored_count, 1)
        self.assertEqual(card.coefficient, 0.2667)  # (0.8 + 2 × 0) ÷ 3
        self.assertEqual(card.line_ids.mapped("is_scored"), [True, False, True])

    def test_scores_within_the_scale(self):
        card = self.make_card()
        for score in (-0.01, 5.01):
            with self.refused(r"Dealer A · 2025: .*Prices lies between 0 and 5", ValidationError):
                self.line_of(card, self.prices).score = score
        self.line_of(card, self.prices).score = 5


@tagged("post_install", "-at_install")
class TestCriteria(ScorecardCase):
    def test_five_are_shipped(self):
        names = ("stock", "deliveries", "promotions", "prices", "diversion")
        shipped = [self.env.ref(f"channel_rebate.channel_scorecard_criterion_{n}") for n in names]
        self.assertEqual([record.weight for record in shipped], [1] * 5)
        self.assertTrue(all(record.description for record in shipped))

    def test_what_is_fixed_stays(self):
        card = self.fix(self.make_card(scores=(8, 9, 4)))
        self.prices.write({"weight": 7, "scale": 100})
        self.stock.active = False
        self.make_criterion("New")
        self.env.invalidate_all()
        self.assertEqual(card.line_ids.mapped("weight"), [1, 1, 2])
        self.assertEqual(card.line_ids.mapped("scale"), [10, 10, 5])
        self.assertEqual(card.coefficient, 0.825)
        with self.refused("was submitted"):
            card.action_update_criteria()

    def test_a_draft_takes_them_over_when_asked(self):
        card = self.make_card(scores=(8, 9, 4))
        cards = card | self.make_card(self.other, (8, 9, 4))
        self.stock.active = False
        self.deliveries.weight = 3
        self.prices.scale = 10
        new = self.make_criterion("New")
        self.company.channel_max_coefficient = 1.5
        self.assertEqual(cards.mapped("coefficient"), [0.825, 0.825])
        self.as_role("sales_manager", cards).action_update_criteria()
        self.assertEqual(card.line_ids.criterion_id, self.deliveries | self.prices | new)
        self.assertEqual(card.line_ids.mapped("is_scored"), [True, False, False])
        self.assertEqual(cards.mapped("coefficient"), [1.35, 1.35])

    def test_in_use_and_impossible_ones(self):
        self.make_card()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.stock.unlink()
        for values in ({"weight": 0}, {"scale": 0}, {"points_off": -1}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.make_criterion("Wrong", **values).flush_recordset()

    def test_criteria_of_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        own = self.make_criterion("Sister's", company_id=company.id)
        card = self.make_card()
        sisters = self.make_card(company_id=company.id)
        self.assertEqual(card.line_ids.criterion_id, self.criteria)
        self.assertEqual(sisters.line_ids.criterion_id, self.criteria | own)
        user = new_test_user(self.env, login="sisters", groups="sales_team.group_sale_manager")
        user.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        found = self.env["channel.scorecard"].with_user(user).search([])
        self.assertEqual(found, sisters)
        criteria = self.env["channel.scorecard.criterion"]
        self.assertIn(own, criteria.with_user(user).search([]))
        self.assertNotIn(own, self.model("sales_manager", criteria._name).search([]))
        self.assertEqual(self.model("keeper", card._name).search([]), card)


@tagged("post_install", "-at_install")
class TestMaking(ScorecardCase):
    def create_wizard(self, role, **values):
        values = {"year": "2025", **values}
        return self.model(role, "channel.scorecard.create").create(values)

    def test_one_a_dealer_and_year(self):
        self.make_card()
        company = self.env["res.company"].create({"name": "Sister"})
        self.make_card(year="2024")
        self.make_card(company_id=company.id)
        with self.assertRaisesRegex(IntegrityError, "one_a_year"), mute_logger("odoo.sql_db"):
            self.make_card().flush_recordset()

    def test_dealers_only_and_years_only(self):
        contact = self.env["res.partner"].create({"name": "Wang", "parent_id": self.dealer.id})
        for partner in (self.make_sub("Sub S", self.dealer), contact):
            with self.refused("is no dealer", ValidationError):
                self.make_card(partner)
        for year in ("25", "20x5", "0000", "\uff12\uff10\uff12\uff15"):
            with self.refused("is no year", ValidationError):
                self.make_card(year=year)

    def test_it_stays_whose_it_is(self):
        card = self.make_card()
        for values in ({"partner_id": self.other.id}, {"year": "2024"}):
            with self.refused("stays that of its dealer"):
                card.write(values)
        card.write({"partner_id": self.dealer.id, "year": "2025"})

    def test_a_salesperson_makes_those_of_his_dealers(self):
        self.make_agreement(self.dealer, {"soap": "3"})
        self.make_invoice(self.other, {"soap": 1})
        self.make_dealer("Dealer without anything")
        wizard = self.create_wizard("salesperson", user_id=self.users[SECOND_SALESPERSON].id)
        self.assertEqual(wizard.dealer_count, 1)
        wizard.action_create()
        cards = self.env["channel.scorecard"].search([])
        self.assertEqual(cards.partner_id, self.dealer)
        self.assertEqual(cards.line_ids.criterion_id, self.criteria)
        with self.refused("No scorecard to make for 2025"):
            wizard.action_create()

    def test_the_manager_makes_the_rest(self):
        card = self.make_card()
        self.make_invoice(self.dealer, {"soap": 1})
        self.make_invoice(self.other, {"soap": 1})
        ordering = self.make_dealer("Dealer C")
        self.make_order(ordering, {"soap": 1})
        self.make_invoice(self.make_dealer("Dealer D"), {"soap": 1}, post=False)
        wizard = self.create_wizard("sales_manager")
        self.assertEqual(wizard.dealer_count, 2)
        action = wizard.action_create()
        cards = self.env["channel.scorecard"].search(action["domain"])
        self.assertEqual(cards.partner_id, self.other | ordering)
        self.assertNotIn(card, cards)
        with self.refused("No scorecard to make for 2024"):
            self.create_wizard("sales_manager", year="2024").action_create()

    def test_those_who_left_during_the_year(self):
        """Role removed, archived, and become a sub-distributor; a stranger is none."""
        removed, archived, moved = (self.make_dealer(name) for name in ("C", "D", "E"))
        left = removed | archived | moved
        self.sign(self.env["channel.agreement"].union(
            *(self.make_agreement(one, {"soap": "3"}) for one in left)))  # fmt: skip
        self.make_invoice(archived, {"soap": 1})
        removed.channel_role = False
        archived.active = False
        moved.write({"channel_role": "sub_distributor", "channel_dealer_id": self.dealer.id})
        for year, count in (("2025", 3), ("2024", 0)):
            wizard = self.create_wizard("salesperson", year=year)
            self.assertEqual(wizard.dealer_count, count)
        with self.refused("C is no dealer, and was none in 2024", ValidationError):
            self.make_card(removed, year="2024")
        self.create_wizard("salesperson").action_create()
        self.assertEqual(self.env["channel.scorecard"].search([]).partner_id, left)

    def test_only_those_of_a_salesperson(self):
        for dealer in (self.dealer, self.other):
            self.make_invoice(dealer, {"soap": 1})
        second = self.users[SECOND_SALESPERSON]
        self.create_wizard("sales_manager", user_id=second.id).action_create()
        self.assertEqual(self.env["channel.scorecard"].search([]).partner_id, self.other)

    def test_a_year_with_four_digits(self):
        for year in ("25", "20x5", "0000", "\uff12\uff10\uff12\uff15"):
            wizard = self.create_wizard("sales_manager", year=year)
            self.assertEqual(wizard.dealer_count, 0)
            with self.assertRaisesRegex(UserError, "four digits"):
                wizard.action_create()

    def test_merging_keeps_both(self):
        """Merging goes by SQL, and would delete one of two for the same year."""
        twin = self.make_dealer("Twin")
        cards = self.make_card() | self.make_card(twin)
        partners = self.dealer | twin
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": self.dealer.id}
        )
        with self.refused("Dealer A · 2025, Twin · 2025"):
            wizard.action_merge()
        cards[0].unlink()
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(cards[1].partner_id, self.dealer)

    def test_from_the_dealer(self):
        cards = self.make_card() | self.make_card(year="2024")
        self.make_card(self.other)
        dealer = self.as_role("salesperson", self.dealer)
        self.assertEqual(dealer.channel_scorecard_count, 2)
        action = dealer.action_open_channel_scorecards()
        self.assertEqual(self.env["channel.scorecard"].search(action["domain"]), cards)
        for role, count in (("accountant", 0), (SECOND_SALESPERSON, 0), ("keeper", 2)):
            self.assertEqual(self.as_role(role, self.dealer).channel_scorecard_count, count)
