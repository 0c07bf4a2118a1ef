"""What holds of floor and ceiling for whatever prices, quantities and currencies there are."""

from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools.price_limit import (
    CEILING,
    FLOOR,
    LIMITS,
    breaks,
    decimals_to_show,
    discount_factor,
    line_amount,
)

# A loaded machine is slow, and that is no finding.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

prices = st.decimals(0, 1_000_000, places=4).map(float)
quantities = st.decimals("0.001", 100_000, places=3).map(float)
roundings = st.sampled_from([0.001, 0.01, 0.05, 1.0])
limits = st.sampled_from(LIMITS)


@tagged("post_install", "-at_install")
class TestPriceLimitProperties(BaseCase):
    @given(limits, prices, quantities, roundings)
    def test_the_limit_itself_passes(self, limit, price, quantity, rounding):
        self.assertFalse(breaks(limit, price, price, quantity, rounding))

    @given(limits, prices, quantities, roundings, st.floats(-1e-12, 1e-12))
    def test_noise_of_floats_decides_nothing(self, limit, price, quantity, rounding, noise):
        assume(price * quantity / rounding < 1e5)
        noisy = price * (1 + noise)
        self.assertFalse(breaks(limit, noisy, price, quantity, rounding))
        self.assertFalse(breaks(limit, price, noisy, quantity, rounding))

    @given(prices, prices, quantities, roundings)
    def test_floor_and_ceiling_are_mirrors(self, price, bound, quantity, rounding):
        self.assertEqual(
            breaks(FLOOR, price, bound, quantity, rounding),
            breaks(CEILING, bound, price, quantity, rounding),
        )
        both = [breaks(limit, price, bound, quantity, rounding) for limit in LIMITS]
        self.assertLess(sum(both), 2)

    @given(prices, prices, quantities, roundings)
    def test_a_line_that_is_worth_less_is_seen(self, price, bound, quantity, rounding):
        """Nobody gets away with more than the rounding of one line."""
        if not breaks(FLOOR, price, bound, quantity, rounding):
            lost = (Decimal(str(bound)) - Decimal(str(price))) * Decimal(str(quantity))
            self.assertLessEqual(lost, Decimal(str(rounding)) * Decimal("1.000002"))

    @given(prices, prices, prices, quantities, roundings)
    def test_a_better_price_breaks_no_more(self, one, other, bound, quantity, rounding):
        low, high = sorted([one, other])
        self.assertLessEqual(
            breaks(FLOOR, high, bound, quantity, rounding),
            breaks(FLOOR, low, bound, quantity, rounding),
        )

    @given(st.decimals("0.01", 1000, places=2), st.integers(1, 9999), roundings)
    def test_any_discount_is_seen_on_enough(self, bound, hundredths, rounding):
        price = float(bound) * (1 - hundredths / 10000)
        enough = 2 * rounding / (float(bound) - price) + 1
        self.assertTrue(breaks(FLOOR, price, float(bound), enough, rounding))

    @given(prices, quantities, roundings)
    def test_amounts_are_whole_steps(self, price, quantity, rounding):
        self.assertFalse(line_amount(price, quantity, rounding) % Decimal(str(rounding)))

    @given(st.lists(st.integers(-10_000, 10_000)))
    def test_a_shared_discount_loses_nothing(self, amounts):
        """What the lines are left with is what the order costs."""
        positive = [amount for amount in amounts if amount > 0]
        assume(positive)
        factor = discount_factor(amounts)
        self.assertAlmostEqual(sum(amount * factor for amount in positive), sum(amounts), places=6)

    @given(prices, st.integers(0, 3))
    def test_shown_decimals_tell_prices_apart(self, price, least):
        digits = decimals_to_show(price, least)
        self.assertGreaterEqual(digits, least)
        self.assertEqual(float(f"{price:.{max(digits, 0)}f}"), price)
