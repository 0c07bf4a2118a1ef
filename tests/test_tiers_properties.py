"""Tiers and shares on the plain functions, for whatever numbers there are."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools import rounding, tiers, vault

from . import test_tools_properties  # registers the profile

CENT = test_tools_properties.CENT
UNITS = (CENT, Decimal(1), Decimal("0.05"), Decimal("0.001"))
rates = st.decimals(0, 100, places=4)
starts = st.decimals("0.0001", 1_000_000, places=4)
measures = st.decimals(-1_000_000, 2_000_000, places=2)
MODES = ("whole", "marginal")


@st.composite
def brackets(draw, sort_rates=False):
    """Rising thresholds from 0, each with a rate."""
    edges = sorted(draw(st.sets(starts, max_size=vault.MAX_BRACKETS - 1)))
    count = len(edges) + 1
    values = draw(st.lists(rates, min_size=count, max_size=count))
    values = sorted(values) if sort_rates else values
    return tuple(zip([Decimal(0), *edges], values, strict=True))


def total(mode, tiers_of, measured):
    return tiers.effective_rate(mode, tiers_of, measured) * Fraction(measured)


@tagged("post_install", "-at_install")
class TestTierProperties(BaseCase):
    def test_the_published_example(self):
        tiers_of = (
            (Decimal(0), Decimal(10)),
            (Decimal(100), Decimal(20)),
            (Decimal(300), Decimal(30)),
        )
        self.assertEqual(total("marginal", tiers_of, Decimal(3800)) / 100, 1100)
        self.assertEqual(total("whole", tiers_of, Decimal(3800)) / 100, 1140)

    @given(brackets(), measures)
    def test_parts_cover_the_sales_without_gap_or_overlap(self, tiers_of, measured):
        for mode in MODES:
            found = tiers.parts(mode, tiers_of, measured)
            self.assertEqual(sum(part.measured for part in found), measured)
            for part, following in pairwise(found):
                self.assertEqual(part.end, following.start)
                self.assertEqual(part.measured, part.end - part.start)

    @given(brackets())
    def test_an_edge_belongs_to_the_bracket_above(self, tiers_of):
        for start, rate in tiers_of:
            self.assertEqual(tiers.effective_rate("whole", tiers_of, start), Fraction(rate))
        for (_start, rate), (edge, _next) in pairwise(tiers_of):
            below = edge - Decimal("0.0001")
            if below >= _start:
                self.assertEqual(tiers.effective_rate("whole", tiers_of, below), Fraction(rate))

    @given(brackets(), starts)
    def test_marginal_tiers_never_jump(self, tiers_of, step):
        """A little more sold brings a little more, at the highest rate at most."""
        highest = max(rate for _start, rate in tiers_of)
        for edge, _rate in tiers_of:
            gain = total("marginal", tiers_of, edge + step) - total("marginal", tiers_of, edge)
            self.assertGreaterEqual(gain, 0)
            self.assertLessEqual(gain, Fraction(step) * Fraction(highest))

    @given(brackets(sort_rates=True), measures)
    def test_rising_rates_bring_more_on_the_whole_amount(self, tiers_of, measured):
        self.assertLessEqual(
            total("marginal", tiers_of, measured), total("whole", tiers_of, measured)
        )

    @given(brackets(), measures)
    def test_the_effective_rate_lies_between_lowest_and_highest(self, tiers_of, measured):
        """Invariant 2 compares the highest with the lowest: so it holds for every amount."""
        values = [Fraction(rate) for _start, rate in tiers_of]
        for mode in MODES:
            rate = tiers.effective_rate(mode, tiers_of, measured)
            self.assertTrue(min(values) <= rate <= max(values))

    @given(brackets(), st.decimals(-1_000_000, 0, places=2))
    def test_below_zero_the_first_rate_applies(self, tiers_of, measured):
        for mode in MODES:
            self.assertEqual(
                tiers.effective_rate(mode, tiers_of, measured), Fraction(tiers_of[0][1])
            )

    @given(rates, measures)
    def test_one_bracket_is_a_plain_rate(self, rate, measured):
        for mode in (*MODES, tiers.NO_TIERS):
            self.assertEqual(
                tiers.effective_rate(mode, ((Decimal(0), rate),), measured), Fraction(rate)
            )


@tagged("post_install", "-at_install")
class TestEntering(BaseCase):
    @given(brackets())
    def test_what_is_written_is_read_again(self, tiers_of):
        spans, wrong = tiers.parse_lines(tiers.write_lines(tiers_of))
        self.assertEqual((tiers.close(spans), wrong), ((tiers_of, None), []))

    @given(brackets(), st.randoms(use_true_random=False))
    def test_the_order_of_the_lines_does_not_matter(self, tiers_of, dice: random.Random):
        lines = tiers.write_lines(tiers_of).splitlines()
        dice.shuffle(lines)
        spans, _wrong = tiers.parse_lines("\n".join(lines))
        self.assertEqual(tiers.close(spans)[0], tiers_of)

    @given(brackets())
    def test_vault_and_seal_keep_every_digit(self, tiers_of):
        secret = vault.Secret.tiered(tiers_of)
        self.assertEqual(vault.unpack(vault.pack(secret)).brackets, tiers_of)

    def test_ways_to_write_a_bracket(self):
        wanted = ((Decimal(0), Decimal("4.5")), (Decimal("100.5"), Decimal(20)))
        for text in (
            "0: 4.5\n100.5: 20",
            "100.5 = 20 %\n0 = 4,5 %",
            "0 - 100.5: 4.5\n100.5 -: 20",
            "0–100.5:4.5\n\n 100.5– : 20\n",
            "０：４.５％\n１００．５：２０",
        ):
            with self.subTest(text):
                spans, wrong = tiers.parse_lines(text)
                self.assertEqual((tiers.close(spans), wrong), ((wanted, None), []))

    def test_what_is_no_bracket(self):
        for text in (
            "10",
            "0: ",
            ": 10",
            "-5: 10",
            "0: -10",
            "1,000: 10",
            "0: 1.23456",
            "0: 10: 20",
        ):
            with self.subTest(text):
                self.assertEqual(tiers.parse_lines(text), ([], [1]))

    def test_gaps_and_overlaps_are_refused(self):
        rows = {
            "gap": "0-100: 1\n200: 2",
            "overlap": "0-100: 1\n50: 2",
            "start": "1: 1\n200: 2",
            "top": "0-100: 1\n100-200: 2",
            "empty": "",
            "many": "\n".join(f"{start}: 1" for start in range(vault.MAX_BRACKETS + 1)),
            "range": "0: 1\n1000000000001: 2",
        }
        rows_too = {"overlap": "0: 1\n0: 2"}
        for problem, text in (*rows.items(), *rows_too.items()):
            with self.subTest(problem):
                spans, wrong = tiers.parse_lines(text)
                self.assertEqual((tiers.close(spans)[1], wrong), (problem, []))

    def test_numbers_that_no_vault_takes(self):
        zero, one = Decimal(0), Decimal(1)
        rows = [
            (((zero, Decimal("NaN")),), "range"),
            (((zero, Decimal("Infinity")),), "range"),
            (((zero, -one),), "range"),
            (((Decimal("NaN"), one),), "range"),
            (((zero, one), (Decimal("0.00001"), one)), "range"),
            (((zero, one), (zero, one)), "overlap"),
        ]
        for tiers_of, problem in rows:
            with self.subTest(tiers_of=tiers_of):
                self.assertEqual(tiers.find_problem(tiers_of), problem)
        above = ((zero, Decimal("100.0001")),)
        self.assertEqual(tiers.find_problem(above, "whole", "amount"), "range")
        self.assertIsNone(tiers.find_problem(above, "whole", "quantity"))
        self.assertEqual(tiers.find_problem(((zero, one), (one, one)), "none", "amount"), "plain")

    @given(brackets())
    def test_nothing_shows_in_repr(self, tiers_of):
        spans, _wrong = tiers.parse_lines(tiers.write_lines(tiers_of))
        self.assertEqual({repr(span) for span in spans}, {"Span()"})
        self.assertEqual({repr(part) for part in tiers.parts("whole", tiers_of, 1)}, {"Part()"})


raw_amounts = st.dictionaries(
    st.tuples(st.integers(0, 9), st.sampled_from(["", "1", "1,2"])),
    st.decimals(-10_000, 10_000, places=5).map(Fraction),
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestShares(BaseCase):
    @given(raw_amounts, st.sampled_from(UNITS))
    def test_shares_add_up_and_stay_near(self, raw, unit):
        shares = rounding.share(raw, unit)
        self.assertEqual(sum(shares.values()), rounding.round_amount(sum(raw.values()), unit))
        for key, amount in shares.items():
            self.assertLess(abs(Fraction(amount) - raw[key]), Fraction(unit))
            self.assertEqual(amount % unit, 0)

    @given(raw_amounts, st.randoms(use_true_random=False))
    def test_invariant_4_order_changes_no_cent(self, raw, dice: random.Random):
        keys = list(raw)
        dice.shuffle(keys)
        self.assertEqual(
            rounding.share({key: raw[key] for key in keys}, CENT), rounding.share(raw, CENT)
        )

    @given(raw_amounts)
    def test_opposite_amounts_get_opposite_shares(self, raw):
        opposite = rounding.share({key: -amount for key, amount in raw.items()}, CENT)
        self.assertEqual(
            opposite, {key: -amount for key, amount in rounding.share(raw, CENT).items()}
        )

    def test_the_tie_rule(self):
        """The larger amount gives way first, then the lower key, whichever comes first."""
        for keys in (("a", "b"), ("b", "a")):
            even = rounding.share(dict.fromkeys(keys, Fraction(1, 2)), Decimal(1))
            self.assertEqual(even, {"a": 0, "b": 1})
        uneven = rounding.share({"a": Fraction(1, 2), "b": Fraction(5, 2)}, Decimal(1))
        self.assertEqual(uneven, {"a": 1, "b": 2})
