"""Invariants of the year-end rebate on the plain functions, for whatever numbers there are."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools import annual, rounding

# A loaded machine is slow, and that is no finding.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

CENT = Decimal("0.01")
amounts = st.decimals(-1_000_000, 1_000_000, places=2)
years = st.lists(st.tuples(amounts, amounts), max_size=12)
coefficients = st.decimals(0, 2, places=4)
methods = st.sampled_from((annual.WEIGHTED, annual.SIMPLE))


@tagged("post_install", "-at_install")
class TestAnnualProperties(BaseCase):
    @given(years, methods, coefficients, st.randoms())
    def test_order_of_periods_changes_nothing(self, year, method, coefficient, shuffler):
        shuffled = list(year)
        shuffler.shuffle(shuffled)
        self.assertEqual(
            annual.get_rate(year, method, coefficient),
            annual.get_rate(shuffled, method, coefficient),
        )

    @given(years, coefficients)
    def test_weighted_is_coefficient_times_gross(self, year, coefficient):
        base = sum((sales for sales, _rebate in year), Decimal(0))
        gross = sum((own for _sales, own in year), Decimal(0))
        result = annual.get_rate(year, annual.WEIGHTED, coefficient) * Fraction(base)
        self.assertEqual(result, Fraction(coefficient) * Fraction(gross) if base else 0)

    @given(st.decimals(0, 100, places=4), st.lists(amounts, min_size=1), coefficients)
    def test_one_rate_all_year_is_the_average(self, rate, bases, coefficient):
        """Weighted and simple are the same then."""
        year = [(base, base * rate) for base in bases]
        if sum(bases):
            rates = {
                annual.get_rate(year, method, coefficient) for method in ("weighted", "simple")
            }
            self.assertEqual(rates, {Fraction(rate) * Fraction(coefficient)})

    @given(years, methods, coefficients, st.dictionaries(st.integers(), amounts, max_size=8))
    def test_lines_add_up_to_the_rounded_rebate(self, year, method, coefficient, lines):
        rate = annual.get_rate(year, method, coefficient)
        raw = {key: Fraction(base) * rate for key, base in lines.items()}
        shares = rounding.share(raw, CENT)
        total = rate * Fraction(sum(lines.values(), Decimal(0)))
        self.assertEqual(sum(shares.values(), Decimal(0)), rounding.round_amount(total, CENT))
        backwards = dict(reversed(raw.items()))
        self.assertEqual(rounding.share(backwards, CENT), shares)

    @given(st.fractions(), st.integers(0, 12))
    def test_people_read_no_more_than_was_there(self, number, digits):
        shown = annual.round_for_people(number, digits)
        self.assertLessEqual(abs(Fraction(shown) - number), Fraction(1, 2 * 10**digits))
