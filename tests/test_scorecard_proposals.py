"""What data propose for a score, with its evidence; a person's own score stays."""

import gc
from datetime import date

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .scorecard_common import IncidentFactory, ScorecardCase


class ProposalCase(IncidentFactory, ScorecardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sub = cls.make_sub("Sub S", cls.dealer)
        cls.prices.write({"scale": 10, "proposal": "prices", "points_off": 3, "points_off_line": 1})
        cls.diversion = cls.make_criterion(
            "Diversion", proposal="incidents", breach="diversion", points_off=2.5
        )
        cls.stock.proposal = "regularity"
        pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Floor",
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 100})],
            }
        )
        cls.company.channel_floor_pricelist_id = pricelist

    def propose(self, criterion, card=None):
        """Return the proposed score and its evidence, asked for by the salesperson."""
        card = card or self.env["channel.scorecard"].search([]) or self.make_card()
        self.as_role("salesperson", card).action_propose()
        line = self.line_of(card, criterion)
        return line.proposed_score, line.evidence

    def sell_out(self, price, *, partner=None, day=date(2025, 6, 1), **values):
        """Return a confirmed sell-out order of five boxes of soap; the floor is 100."""
        order = self.make_order(partner or self.sub, {"soap": 5}, day=day, confirm=False, **values)
        order.order_line.price_unit = price
        order.action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestIncidents(ProposalCase):
    def test_confirmed_ones_of_the_dealer_and_his_subs(self):
        self.make_incident(self.dealer, "diversion")
        self.make_incident(self.sub, "diversion", state="penalised", day=date(2025, 12, 31))
        self.assertEqual(self.propose(self.diversion), (5, "2 confirmed incidents of diversion"))

    def test_others_do_not_count(self):
        for state in ("reported", "dismissed"):
            self.make_incident(self.dealer, "diversion", state=state)
        self.make_incident(self.dealer, "undercutting")
        self.make_incident(self.dealer, "diversion", day=date(2024, 12, 31))
        self.make_incident(self.other, "diversion")
        sister = self.env["res.company"].create({"name": "Sister"})
        self.make_incident(self.dealer, "diversion", company_id=sister.id)
        self.assertEqual(self.propose(self.diversion), (10, "no confirmed incidents of diversion"))

    def test_an_appeal_is_named(self):
        self.make_incident(self.dealer, "diversion", state="appealed")
        self.make_incident(self.dealer, "diversion")
        evidence = "1 confirmed incident of diversion, 1 under appeal not counted"
        self.assertEqual(self.propose(self.diversion), (7.5, evidence))

    def test_all_kinds_and_never_below_zero(self):
        self.diversion.breach = False
        for breach in ("diversion", "undercutting", "other"):
            self.make_incident(self.dealer, breach)
        self.assertEqual(self.propose(self.diversion), (2.5, "3 confirmed incidents"))
        self.diversion.points_off = 4
        self.assertEqual(self.propose(self.diversion)[0], 0)

    def test_a_sub_counts_for_his_dealer_of_the_day(self):
        self.make_order(self.sub, {"soap": 1}, day=date(2025, 1, 5))
        self.sub._move_to_channel_dealer(self.other, date(2025, 7, 1))
        self.make_incident(self.sub, "diversion", day=date(2025, 6, 30))
        self.make_incident(self.sub, "diversion", day=date(2025, 7, 1))
        self.make_incident(self.sub, "diversion", day=date(2025, 8, 1))
        cards = self.make_card() | self.make_card(self.other)
        cards.action_propose()
        lines = self.line_of(cards, self.diversion)
        self.assertEqual(lines.mapped("proposed_score"), [7.5, 5])


@tagged("post_install", "-at_install")
class TestPrices(ProposalCase):
    def test_lines_below_the_floor(self):
        for price in (99.99, 50, 100, 101):
            self.sell_out(price)
        self.sell_out(50, day=date(2024, 12, 31))
        self.make_order(self.sub, {"soap": 1}, confirm=False).order_line.price_unit = 1
        self.sell_out(50, partner=self.make_sub("Sub T", self.other))
        self.assertEqual(self.propose(self.prices), (8, "2 lines below the floor"))

    def test_what_comes_back_is_no_sale(self):
        self.make_return(self.sell_out(50), {"soap": 5})
        self.assertEqual(self.propose(self.prices), (9, "1 line below the floor"))

    def test_whether_warned_about_or_passed(self):
        self.company.channel_floor_sell_out = "warn"
        self.sell_out(99)
        self.assertEqual(self.propose(self.prices), (9, "1 line below the floor"))

    def test_none(self):
        self.make_order(self.dealer, {"soap": 1}).order_line.price_unit = 1
        self.assertEqual(self.propose(self.prices), (10, "no lines below the floor"))
        self.company.channel_floor_pricelist_id = False
        self.sell_out(1)
        self.assertEqual(self.propose(self.prices)[0], 10)

    def test_discounts_of_line_and_order(self):
        order = self.sell_out(110)
        order.order_line.discount = 10
        whole = self.make_order(self.sub, {"soap": 5}, confirm=False)
        whole.order_line.price_unit = 110
        whole.order_line = [
            Command.create({"product_id": self.products["shampoo"].id, "price_unit": -51})
        ]
        whole.action_confirm()
        self.assertEqual(self.propose(self.prices), (8, "2 lines below the floor"))
        whole.order_line[1].price_unit = -50
        self.assertEqual(self.propose(self.prices), (9, "1 line below the floor"))

    def test_an_incident_takes_the_place_of_its_order(self):
        orders = [self.sell_out(50) for _state in range(4)]
        self.make_incident(self.dealer, "undercutting", order_id=orders[0].id)
        self.make_incident(self.dealer, "undercutting", state="dismissed", order_id=orders[1].id)
        self.make_incident(self.dealer, "undercutting", state="reported", order_id=orders[2].id)
        self.make_incident(self.dealer, "diversion", state="dismissed", order_id=orders[3].id)
        evidence = "1 confirmed incident of undercutting, 2 lines below the floor"
        self.assertEqual(self.propose(self.prices), (5, evidence))


@tagged("post_install", "-at_install")
class TestRegularity(ProposalCase):
    def test_months_with_orders_or_invoices(self):
        for month in (1, 3, 3):
            self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, month, 5))
        self.make_order(self.dealer, {"soap": 1}, day=date(2025, 3, 31))
        self.make_order(self.dealer, {"soap": 1}, day=date(2025, 12, 31))
        self.assertEqual(self.propose(self.stock), (2.5, "orders in 3 of 12 months"))

    def test_what_makes_no_month(self):
        """Neither drafts, credit notes, quotations, services nor what somebody else bought."""
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, 1, 5))
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, 2, 5), post=False)
        day = date(2025, 3, 5)
        self.make_invoice(self.dealer, {"soap": 1}, day=day, move_type="out_refund")
        self.make_order(self.dealer, {"soap": 1}, day=date(2025, 4, 5), confirm=False)
        self.make_order(self.sub, {"soap": 1}, day=date(2025, 5, 5))
        self.products["advice"] = self.make_product("advice", 10, type="service")
        self.make_order(self.dealer, {"advice": 1}, day=date(2025, 6, 5))
        self.make_invoice(self.other, {"soap": 1}, day=date(2025, 7, 5))
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2026, 1, 5))
        self.assertEqual(self.propose(self.stock)[1], "orders in 1 of 12 months")

    def test_months_since_he_is_a_dealer(self):
        period = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        self.make_agreement(self.dealer, {"soap": "3"}, period=period)
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, 8, 5))
        self.assertEqual(self.propose(self.stock), (1.67, "orders in 1 of 6 months"))
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, 3, 31))
        self.assertEqual(self.propose(self.stock), (2, "orders in 2 of 10 months"))
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2024, 3, 31))
        self.assertEqual(self.propose(self.stock), (1.67, "orders in 2 of 12 months"))

    def test_a_year_that_is_not_over(self):
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2024, 3, 31))
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2025, 2, 1))
        with freeze_time("2025-03-02"):
            self.assertEqual(self.propose(self.stock), (3.33, "orders in 1 of 3 months"))

    def test_not_begun(self):
        """Before he became a dealer there is nothing to propose."""
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2026, 1, 5))
        card = self.make_card()
        self.assertEqual(self.propose(self.stock, card), (0, False))
        self.assertFalse(self.line_of(card, self.stock).is_scored)

    def test_another_fiscal_year(self):
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        for day in (date(2023, 4, 1), date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31)):
            self.make_invoice(self.dealer, {"soap": 1}, day=day)
        self.assertEqual(self.propose(self.stock), (1.67, "orders in 2 of 12 months"))


@tagged("post_install", "-at_install")
class TestProposing(ProposalCase):
    def test_what_a_person_typed_stays(self):
        card = self.make_card()
        self.propose(self.diversion, card)
        diversion, prices, stock = (
            self.as_role("salesperson", self.line_of(card, criterion))
            for criterion in (self.diversion, self.prices, self.stock)
        )
        self.assertEqual((diversion.score, diversion.is_proposed), (10, True))
        prices.score = 8
        stock.is_scored = False
        self.make_incident(self.dealer, "diversion")
        self.make_incident(self.dealer, "undercutting")
        self.make_invoice(self.dealer, {"soap": 1}, day=date(2024, 5, 1))
        self.propose(self.diversion, card)
        self.assertEqual((diversion.score, diversion.is_proposed), (7.5, True))
        self.assertEqual((prices.score, prices.proposed_score, prices.is_proposed), (8, 7, False))
        self.assertEqual((stock.is_scored, stock.is_proposed), (True, True))

    def test_a_zero_that_was_given_stays(self):
        card = self.make_card()
        line = self.as_role("salesperson", self.line_of(card, self.diversion))
        line.is_scored = True
        self.propose(self.diversion, card)
        self.assertEqual((line.score, line.proposed_score, line.is_proposed), (0, 10, False))

    def test_criteria_without_data(self):
        card = self.make_card()
        self.propose(self.deliveries, card)
        line = self.line_of(card, self.deliveries)
        self.assertFalse(line.has_proposal or line.is_scored or line.evidence)

    def test_in_draft_only(self):
        card = self.make_card(scores=(1, 1, 1, 1))
        card.action_submit()
        with self.assertRaisesRegex(UserError, "was submitted"):
            self.propose(self.diversion, card)

    def test_made_with_proposals(self):
        self.make_invoice(self.dealer, {"soap": 1})
        wizard = self.model("salesperson", "channel.scorecard.create").create({"year": "2025"})
        wizard.action_create()
        card = self.env["channel.scorecard"].search([])
        self.assertEqual(self.line_of(card, self.stock).evidence, "orders in 1 of 11 months")


@tagged("post_install", "-at_install")
class TestProposalQueries(ProposalCase):
    def count(self, dealers):
        """Return how many statements it takes for so many dealers, each with all facts."""
        cards = self.env["channel.scorecard"]
        for number in range(dealers):
            dealer = self.make_dealer(f"Dealer {dealers} {number}")
            sub = self.make_sub(f"Sub {dealers} {number}", dealer)
            self.make_invoice(dealer, {"soap": 1})
            order = self.sell_out(50, partner=sub)
            self.make_incident(sub, "diversion")
            self.make_incident(dealer, "undercutting", order_id=order.id)
            cards |= self.make_card(dealer)
        cards = self.as_role("salesperson", cards)
        self.env.flush_all()
        self.env.invalidate_all()
        # Whether an environment still knows user and rules is not left to the garbage collector.
        gc.collect()
        cards.env.user.fetch(["company_id"])
        cards.check_access("write")
        before = self.env.cr.sql_log_count
        cards.action_propose()
        self.env.flush_all()
        made = self.env.cr.sql_log_count - before
        self.assertEqual(set(self.line_of(cards, self.diversion).mapped("proposed_score")), {7.5})
        return made

    def test_ten_times_the_dealers_cost_no_more_statements(self):
        self.count(1)
        few, many = self.count(1), self.count(10)
        self.assertEqual(many, few)
        self.assertLess(few, 45)
