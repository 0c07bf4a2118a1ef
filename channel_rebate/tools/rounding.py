"""Whole coins: amounts that are rounded once and shared out without losing any."""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import cache

# More digits than any amount has; half up is away from zero.
_HALF_UP = Context(prec=1000, rounding=ROUND_HALF_UP, traps=[InvalidOperation])


def round_amount(amount, unit):
    """Round a decimal or fraction to a multiple of ``unit``, halves away from zero.

    :param unit: the currency's smallest coin

    >>> round_amount(Decimal("0.125"), Decimal("0.01")), round_amount(Decimal("-2.5"), Decimal(1))
    (Decimal('0.13'), Decimal('-3'))
    """
    if isinstance(amount, Decimal) and _is_power_of_ten(str(unit)):
        rounded = _HALF_UP.quantize(amount, unit)
        return rounded or rounded.copy_abs()  # no zero below zero
    # In whole numbers: as exact as fractions, and several times as fast.
    numerator, denominator = amount.as_integer_ratio()
    unit_numerator, unit_denominator = unit.as_integer_ratio()
    return _divide(numerator * unit_denominator, denominator * unit_numerator) * unit


@cache
def _is_power_of_ten(unit):
    """Tell whether a unit is 1 at its last place, as nearly all coins are: 0.01, but not 1.0."""
    return Decimal(unit).as_tuple().digits == (1,)


def count_coins(number):
    """Round a fraction to a whole number, halves away from zero.

    >>> count_coins(Fraction(5, 2)), count_coins(Fraction(-5, 2))
    (3, -3)
    """
    return _divide(*number.as_integer_ratio())


def _divide(numerator, denominator):
    """Divide whole numbers, halves away from zero; the denominator is above zero."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator > 0 else -whole


def share(raw_amounts, unit):
    """Round the sum of raw amounts once and share it out by largest remainder.

    Each share is its raw amount, rounded up or down; those whose rounding went furthest from the
    raw amount give way until the shares add up to the rounded sum. Of equal ones the larger amount
    gives way first, then the lower key: the order of ``raw_amounts`` decides nothing. Opposite
    amounts get opposite shares.

    :param raw_amounts: amounts (decimals or fractions) by key; keys can be sorted
    :param unit: the currency's smallest coin

    >>> thirds = dict.fromkeys("abc", Fraction(10, 3))
    >>> [str(amount) for amount in share(thirds, Decimal("0.01")).values()]
    ['3.34', '3.33', '3.33']
    """
    coins = {key: Fraction(raw) / Fraction(unit) for key, raw in raw_amounts.items()}
    shares = {key: count_coins(amount) for key, amount in coins.items()}
    missing = count_coins(sum(coins.values())) - sum(shares.values())
    sign = 1 if missing > 0 else -1
    ordered = sorted(
        coins, key=lambda key: (sign * (shares[key] - coins[key]), -abs(coins[key]), key)
    )
    for key in ordered[: abs(missing)]:
        shares[key] += sign
    return {key: shares[key] * unit for key in raw_amounts}
