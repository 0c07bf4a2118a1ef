"""A document mirrors the taxes of the sales that it rebates, and its untaxed amount is the net."""

import random
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools.apportion import apportion

from .common import ChannelCase
from .tax_sets import TaxSets, TaxSetsCase

settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

CENT = Decimal("0.01")
weights = st.dictionaries(
    st.integers(0, 20), st.decimals(-10_000, 10_000, places=2), min_size=1
).filter(lambda parts: sum(parts.values()) != 0)
positive = st.dictionaries(
    st.integers(0, 20), st.decimals(CENT, 10_000, places=2), min_size=1, max_size=9
)
totals = st.decimals(0, 1_000_000, places=2)


@tagged("post_install", "-at_install")
class TestApportion(BaseCase):
    @given(totals, weights)
    def test_nothing_is_lost(self, total, parts):
        shares = apportion(total, parts, CENT)
        self.assertEqual(sum(shares.values()), total)
        self.assertEqual(list(shares), list(parts))

    @given(totals, weights)
    def test_each_share_is_less_than_a_coin_off(self, total, parts):
        whole = sum(parts.values())
        for key, share in apportion(total, parts, CENT).items():
            self.assertLess(abs(share - total * parts[key] / whole), CENT)
            self.assertEqual(share % CENT, 0)

    @given(totals, positive)
    def test_order_changes_only_who_wins_a_tie(self, total, parts):
        shuffled = dict(sorted(parts.items(), key=lambda item: -item[0]))
        one, other = apportion(total, parts, CENT), apportion(total, shuffled, CENT)
        self.assertEqual(sorted(one.values()), sorted(other.values()))

    def test_no_proportion_is_an_error(self):
        with self.assertRaises(ValueError):
            apportion(Decimal(1), {"a": Decimal(1), "b": Decimal(-1)}, CENT)


@tagged("post_install", "-at_install")
class TestTaxSets(TaxSetsCase):
    def test_one_line_for_each_tax_set(self):
        """A: gross 495, 1,012 and 1,600 less 633.50 passed on, in proportion."""
        moves = self.approve()
        self.assertEqual(
            self.lines_of(moves[self.dealer_a]),
            {"13 %": 394.07, "9 %": 805.66, "": 1273.77},
        )
        self.assertEqual(self.lines_of(moves[self.dealer_b])["13 %"], 330.00)
        for record in self.settlement.statement_ids:
            self.assertEqual(record.move_id.amount_untaxed, record.net_amount)

    def test_tax_is_odoos_and_kept_on_the_statement(self):
        move = self.approve()[self.dealer_a]
        # 13 % of 394.07 and 9 % of 805.66
        self.assertAlmostEqual(move.amount_tax, 51.23 + 72.51)
        self.assertEqual(move.channel_statement_id.document_tax_amount, move.amount_tax)

    def test_line_for_each_product_has_the_same_taxes(self):
        taxes = {"toothpaste": self.tax_13, "soap": self.tax_13, "shampoo": self.tax_9}
        self.set_taxes(self.settlement, taxes)
        self.company.channel_rebate_line_detail = "product"
        move = self.approve()[self.dealer_a]
        self.assertEqual(
            move.invoice_line_ids.mapped("name"),
            [f"Rebate 2025-Q1: {self.products[name].display_name}" for name in taxes],
        )
        by_set = {}
        for line in move.invoice_line_ids:
            by_set[line.tax_ids] = by_set.get(line.tax_ids, 0) + line.price_subtotal
        self.assertAlmostEqual(by_set[self.tax_13], 1199.73)
        self.assertAlmostEqual(by_set[self.tax_9], 1273.77)

    def test_no_information_means_the_rebate_products_taxes(self):
        self.settlement.statement_ids.line_ids.sudo().write({"tax_key": False})
        self.company.channel_rebate_product_id.taxes_id = self.tax_13
        moves = self.approve()
        self.assertEqual(self.lines_of(moves[self.dealer_a]), {"13 %": 2473.50})
        self.assertEqual(self.lines_of(moves[self.dealer_b]), {"13 %": 3228.50})

    def test_no_tax_is_not_no_information(self):
        self.company.channel_rebate_product_id.taxes_id = self.tax_13
        self.set_taxes(self.settlement, dict.fromkeys(self.products, self.no_tax))
        self.assertEqual(self.approve()[self.dealer_a].amount_tax, 0)

    def test_several_taxes_in_one_set(self):
        self.set_taxes(self.settlement, dict.fromkeys(self.products, self.tax_13 | self.tax_9))
        move = self.approve()[self.dealer_b]
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_13 | self.tax_9)
        self.assertEqual(move.amount_tax, 419.71 + 290.57)

    def test_more_returned_than_sold_under_a_tax_set(self):
        """Fifty boxes more came back than A bought: −247.50, less in proportion to 1,731.00.

        They were of what he had before, and so were the fifty that S bought.
        """
        self.make_count(self.dealer_a, "toothpaste", 100)
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"toothpaste": 150}, move_type="out_refund")
        self.as_role("officer", self.settlement).action_compute()
        moves = self.approve()
        self.assertEqual(
            self.lines_of(moves[self.dealer_b]), {"13 %": -165.00, "9 %": 1138.50, "": 1760.00}
        )
        self.assertEqual(
            self.lines_of(moves[self.dealer_a]), {"13 %": -181.19, "9 %": 740.86, "": 1171.33}
        )
        moves[self.dealer_a].action_post()

    def test_what_came_back_is_not_passed_on(self):
        """No toothpaste is left for S: he gets 509.75, and A 2,364.50 less those."""
        self.make_invoice(self.dealer_a, {"toothpaste": 150}, move_type="out_refund")
        self.as_role("officer", self.settlement).action_compute()
        moves = self.approve()
        self.assertEqual(self.lines_of(moves[self.sub_s]), {"9 %": 189.75, "": 320.00})
        self.assertEqual(
            self.lines_of(moves[self.dealer_a]), {"13 %": -194.14, "9 %": 793.83, "": 1255.06}
        )
        self.assertEqual(self.lines_of(moves[self.dealer_b])["13 %"], 330.00)


@tagged("post_install", "-at_install")
class TestTaxesThatDoNotServe(TaxSetsCase):
    def assert_nothing_made(self):
        self.assertEqual(self.settlement.state, "computed")
        self.assertFalse(self.settlement.statement_ids.move_id)

    def test_archived_tax_is_named(self):
        self.tax_9.active = False
        with self.refused(r"Dealer A: its sales have the tax 9 %, which is archived"):
            self.approve()
        self.assert_nothing_made()

    def test_tax_of_another_company_is_named(self):
        second = self.env["res.company"].create({"name": "Second"})
        values = {"company_id": second.id, "country_id": self.tax_9.country_id.id}
        group = self.env["account.tax.group"].create({"name": "Group", **values})
        foreign = self.make_tax(7, tax_group_id=group.id, **values)
        self.set_taxes(self.settlement, {"soap": foreign})
        with self.refused(r"Dealer A: 7 % belongs to another company"):
            self.approve()
        self.assert_nothing_made()

    def test_deleted_tax_is_named(self):
        gone = self.make_tax(3)
        self.set_taxes(self.settlement, {"soap": gone})
        gone_id = gone.id
        gone.unlink()
        with self.refused(rf"no longer exist \({gone_id}\)"):
            self.approve()
        self.assert_nothing_made()

    def test_archived_journal_and_product_are_named(self):
        journal = self.env["account.journal"].create(
            {"name": "Rebates", "code": "REB", "type": "sale"}
        )
        self.company.channel_rebate_journal_id = journal
        journal.active = False
        with self.refused("Rebates.* is archived"):
            self.approve()
        self.company.channel_rebate_journal_id = False
        self.company.channel_rebate_product_id.active = False
        with self.refused("Rebate.* is archived"):
            self.approve()
        self.assert_nothing_made()

    def test_what_odoo_refuses_names_the_statement(self):
        """One bad document among three: none is made."""
        self.company.channel_rebate_post_documents = True
        self.dealer_b.property_account_receivable_id = self.env["account.account"].create(
            {
                "name": "Old debtors",
                "code": "190909",
                "account_type": "asset_receivable",
                "active": False,
            }
        )
        with self.refused(
            r"Dealer B: its document can't be made.\n.*Old debtors .190909. is archived"
        ):
            self.approve()
        self.assert_nothing_made()


@tagged("post_install", "-at_install")
class TestPriceIncluded(TaxSetsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_13, cls.in_9 = cls.make_tax(13, included=True), cls.make_tax(9, included=True)
        cls.set_taxes(
            cls.settlement, {"toothpaste": cls.in_13, "soap": cls.in_9, "shampoo": cls.tax_13}
        )

    def test_untaxed_amount_is_exact(self):
        for move in self.approve().values():
            statement = move.channel_statement_id
            self.assertEqual(move.amount_untaxed, statement.net_amount)
            self.assertEqual(
                sum(move.invoice_line_ids.mapped("price_subtotal")), move.amount_untaxed
            )

    def test_unit_price_includes_the_tax(self):
        move = self.approve()[self.dealer_b]
        line = move.invoice_line_ids.filtered(lambda line: line.tax_ids == self.in_13)
        self.assertEqual((line.price_subtotal, line.price_unit), (330.00, 372.90))

    def test_posted_and_reversed(self):
        self.company.channel_rebate_post_documents = True
        moves = self.approve()
        self.assertEqual(self.settlement.state, "done")
        self.as_role("keeper", self.settlement).action_reverse()
        for move in moves.values():
            reversal = move.reversal_move_ids
            self.assertEqual(reversal.amount_untaxed, move.amount_untaxed)
            self.assertEqual(reversal.amount_tax, move.amount_tax)

    def test_taxes_of_the_rebate_product_are_solved_for_too(self):
        self.settlement.statement_ids.line_ids.sudo().write({"tax_key": False})
        self.company.channel_rebate_product_id.taxes_id = self.in_13
        move = self.approve()[self.dealer_a]
        self.assertEqual((move.amount_untaxed, move.amount_tax), (2473.50, 321.56))

    def test_tax_that_no_price_satisfies_is_refused(self):
        """A tax of the whole price leaves nothing untaxed."""
        whole = self.make_tax(100, included=True, amount_type="division")
        self.set_taxes(self.settlement, dict.fromkeys(self.products, whole))
        with self.refused("Dealer A: its document can't be made.*\n.*untaxed amount"):
            self.approve()
        self.assertFalse(self.settlement.statement_ids.move_id)


@tagged("post_install", "-at_install")
class TestUnitPrices(TaxSets, ChannelCase):
    """Over many amounts and mixtures of taxes Odoo's own computation gives the amounts back."""

    def tax_sets(self):
        i13, i9, i6, i21 = (self.make_tax(rate, included=True) for rate in (13, 9, 6, 21))
        fixed = self.make_tax(0.37, included=True, amount_type="fixed")
        division = self.make_tax(10, included=True, amount_type="division")
        based = self.make_tax(7, included=True, include_base_amount=True)
        group = self.env["account.tax"].create(
            {
                "name": "group",
                "amount_type": "group",
                "children_tax_ids": [
                    (6, 0, (self.make_tax(4, included=True) | self.make_tax(3)).ids)
                ],
            }
        )
        nothing = self.env["account.tax"]
        return [
            *(i13, i9, i6, i21, i13 | i9, i13 | i9 | i6 | i21, self.make_tax(13) | i9),
            *(fixed | i13, division, based | i21, group, self.make_tax(5), nothing),
        ]

    def check_amounts(self, currency, tax_sets, count):
        dice = random.Random(currency.name)
        for _number in range(count):
            bases = [
                (
                    currency.round(
                        dice.choice([1, 1, 1, -0.3]) * dice.random() * 10 ** dice.randint(1, 6)
                    ),
                    dice.choice(tax_sets),
                )
                for _line in range(dice.choice([1, 1, 2, 3, 4, 8]))
            ]
            product = self.company.channel_rebate_product_id
            args = (bases, self.company, currency, product)
            prices = self.env["account.tax"]._find_channel_prices(*args)
            self.assertIsNotNone(prices, bases)
            errors, delta = self.env["account.tax"]._get_channel_errors(prices, *args)
            self.assertTrue(currency.is_zero(sum(errors) + delta), bases)

    def test_untaxed_amounts_are_exact(self):
        tax_sets = self.tax_sets()
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for currency in (self.env.ref("base.USD"), self.env.ref("base.JPY")):
                with self.subTest(method, currency=currency.name):
                    self.check_amounts(currency, tax_sets, count=150)

    def test_taxes_are_those_of_the_untaxed_amounts(self):
        """Several prices leave the same untaxed amount, with more tax or less."""
        i13, i1 = (self.make_tax(rate, included=True) for rate in (13, 1))
        product = self.company.channel_rebate_product_id
        for method, bases, expected in (
            # 0.57 leaves 0.49 as well, but with two coins more of tax than 0.55.
            ("round_per_line", [(0.49, i13 | i1)], [0.55]),
            # 13 % of 99.35 are 12.92, but prices in whole coins come to 12.91.
            ("round_globally", [(99.10, i13 | i1), (0.25, i13)], [112.974, 0.2825]),
        ):
            self.company.tax_calculation_rounding_method = method
            args = (bases, self.company, self.company.currency_id, product)
            self.assertEqual(self.env["account.tax"]._find_channel_prices(*args), expected)
