"""A salesperson's bonus coefficient: his dealers' coefficients, weighted by their sales."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RATES_A
from .scorecard_common import SECOND_SALESPERSON, ScorecardCase

BONUS = "channel.salesperson.bonus"


@tagged("post_install", "-at_install")
class TestBonus(ScorecardCase):
    """A has sold for 30,000.00 and C for 10,000.00, both the first salesperson's; B for 253.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls.make_dealer("Dealer C")
        cls.dealers = cls.dealer | cls.third | cls.other
        cls.agreements = cls.env["channel.agreement"]
        for dealer in cls.dealers:
            cls.agreements |= cls.make_agreement(dealer, RATES_A)
        cls.sell(cls.dealer, 30000)
        cls.sell(cls.third, 10000)
        cls.sell(cls.other, 253)
        cls.sign(cls.agreements)
        cls.cards = cls.make_card(scores=(9, 9, 4.5))  # 0.9
        cls.cards |= cls.make_card(cls.third, (8, 6, 3.5))  # 0.7
        cls.cards |= cls.make_card(cls.other, (5, 5, 2.5))  # 0.5

    @classmethod
    def sell(cls, dealer, amount, **values):
        move = cls.make_invoice(dealer, {"soap": 1}, post=False, **values)
        move.invoice_line_ids.price_unit = amount
        move.action_post()

    def bonus_of(self, role, reader="sales_manager"):
        """Return coefficient, sales, dealers and dealers that are missing, of a user's row."""
        self.env.invalidate_all()  # a row is worked out once in a transaction
        row = self.model(reader, BONUS).search([("user_id", "=", self.users[role].id)])
        names = ("coefficient", "sales_amount", "dealer_count", "open_count")
        return tuple(round(row[name], 4) for name in names)

    def test_weighted_by_sales(self):
        """(0.9 × 30,000 + 0.7 × 10,000) ÷ 40,000 = 0.85"""
        self.settle()
        self.fix(self.cards)
        self.assertEqual(self.bonus_of("salesperson"), (0.85, 40000, 2, 0))
        self.assertEqual(self.bonus_of(SECOND_SALESPERSON), (0.5, 253, 1, 0))

    def test_plain_mean_without_sales(self):
        self.fix(self.cards)
        self.assertEqual(self.bonus_of("salesperson"), (0.8, 0, 2, 0))

    def test_sales_as_far_as_revealed(self):
        """Neither a computed settlement counts nor one that was reversed; a correction does."""
        self.fix(self.cards)
        settlement = self.compute()
        self.assertEqual(self.bonus_of("salesperson"), (0.8, 0, 2, 0))
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual(self.bonus_of("salesperson"), (0.85, 40000, 2, 0))
        self.sell(self.third, 20000)
        correction = self.compute(kind="supplementary")
        self.assertEqual(self.bonus_of("salesperson")[:2], (0.85, 40000))
        self.as_role("keeper", correction).action_approve()
        self.assertEqual(self.bonus_of("salesperson")[:2], (0.8, 60000))
        self.as_role("keeper", correction).action_reverse()
        self.assertEqual(self.bonus_of("salesperson")[:2], (0.85, 40000))

    def test_rounded_to_four_decimals(self):
        """(0.9 × 30,000 + 0.7 × 10,000 + 0.8 × 5,000) ÷ 45,000 = 0.84444…"""
        fourth = self.make_dealer("Dealer D")
        self.sign(self.make_agreement(fourth, RATES_A))
        self.sell(fourth, 5000)
        self.settle()
        self.fix(self.cards | self.make_card(fourth, (8, 8, 4)))
        self.assertEqual(self.bonus_of("salesperson"), (0.8444, 45000, 3, 0))

    def test_a_dealer_without_sales_weighs_nothing(self):
        """The fourth has sold nothing, the fifth has only returned."""
        fourth, fifth = self.make_dealer("Dealer D"), self.make_dealer("Dealer E")
        self.sign(self.make_agreement(fourth, RATES_A) | self.make_agreement(fifth, RATES_A))
        self.sell(fifth, 700, move_type="out_refund")
        self.settle()
        self.fix(self.cards | self.make_card(fourth, (0, 0, 0)) | self.make_card(fifth, (0, 0, 0)))
        self.assertEqual(self.bonus_of("salesperson"), (0.85, 40000, 4, 0))

    def test_what_is_not_fixed_does_not_count(self):
        self.settle()
        self.assertEqual(self.bonus_of("salesperson"), (0, 0, 0, 0))
        self.fix(self.cards[0])
        self.cards[1].action_submit()
        self.assertEqual(self.bonus_of("salesperson"), (0.9, 30000, 1, 1))

    def test_each_year_and_company_by_itself(self):
        self.settle()
        company = self.env["res.company"].create({"name": "Sister"})
        self.users["sales_manager"].company_ids |= company
        self.fix(self.cards)
        last = self.make_card(scores=(5, 5, 2.5), year="2024")
        sisters = self.make_card(scores=(10, 10, 5), company_id=company.id)
        manager = self.users["sales_manager"].with_context(allowed_company_ids=company.ids)
        for card in (last, sisters):
            card.action_submit()
            card._move_to("fixed", allowed=("submitted",))
        rows = self.env[BONUS].search([("user_id", "=", self.users["salesperson"].id)])
        found = {(row.year, row.company_id): round(row.coefficient, 4) for row in rows}
        own = self.company
        expected = {("2025", own): 0.85, ("2024", own): 0.5, ("2025", company): 1}
        self.assertEqual(found, expected)
        seen = self.env[BONUS].with_user(manager).with_company(company).search([])
        self.assertEqual(seen.company_id, company)
        self.assertEqual(self.model("salesperson", BONUS).search([]).company_id, own)

    def test_who_sees_whose(self):
        self.fix(self.cards)
        both = self.users["salesperson"] | self.users[SECOND_SALESPERSON]
        self.assertEqual(self.model("sales_manager", BONUS).search([]).user_id, both)
        for role in ("salesperson", SECOND_SALESPERSON):
            self.assertEqual(self.model(role, BONUS).search([]).user_id, self.users[role])
        self.assertEqual(self.bonus_of("salesperson", reader=SECOND_SALESPERSON), (0, 0, 0, 0))
        for role in ("accountant", "keeper", "officer", "administrator", "portal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.model(role, BONUS).search([])

    def test_from_the_row_to_the_scorecards(self):
        self.fix(self.cards)
        row = self.model("salesperson", BONUS).search([])
        action = row.action_open_scorecards()
        cards = self.model("salesperson", "channel.scorecard").search(action["domain"])
        self.assertEqual(cards, self.cards[:2])

    def test_no_rate_is_anywhere_near(self):
        """Of statements it takes what sales could know anyway; no link leads to a rate."""
        known = {"base_company_amount", "company_id", "kind", "partner_id", "state", "year"}
        self.assertEqual(set(self.env[BONUS]._depends["channel.statement"]), known)
        closed = {"channel.rate", "channel.agreement", "channel.settlement", "channel.statement"}
        for model in (BONUS, "channel.scorecard", "channel.scorecard.line"):
            fields = self.env[model]._fields.values()
            self.assertFalse(closed & {field.comodel_name for field in fields})
            for field in fields:
                reached = self.registry.field_depends[field]
                self.assertFalse([path for path in reached if "statement" in path], field)
