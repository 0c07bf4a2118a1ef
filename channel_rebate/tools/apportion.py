"""Sharing an amount out over parts, to the smallest coin."""

from decimal import Decimal
from fractions import Fraction
from math import floor


def apportion(total, weights, unit):
    """Share ``total`` out in proportion to ``weights``, by largest remainder; sums tie exactly.

    Every share is first rounded down to a multiple of ``unit``; the coins that remain go to the
    shares that lost most, among equals to the larger weight and then to the earlier part. A
    negative weight takes a share of the other sign, as returns do.

    Source: Design, §4 (deductions follow the tax sets in proportion to gross).

    :param total: decimal, a multiple of ``unit``
    :param dict weights: decimal by part; their sum is not zero
    :param unit: the currency's smallest coin, such as ``Decimal("0.01")``
    :return: decimal by part, in the order of ``weights``
    :raise ValueError: the weights add up to nothing, so that there is no proportion

    >>> thirds = apportion(Decimal("10"), dict.fromkeys("abc", Decimal(1)), Decimal("0.01"))
    >>> [str(share) for share in thirds.values()]
    ['3.34', '3.33', '3.33']
    >>> returns = apportion(Decimal("5.00"), {"a": Decimal(12), "b": Decimal(-2)}, Decimal("0.01"))
    >>> [str(share) for share in returns.values()]
    ['6.00', '-1.00']
    """
    whole = Fraction(sum(weights.values(), Decimal(0)))
    if not whole:
        raise ValueError("weights add up to nothing")
    # Fractions, since a rounded quotient may fall below the whole number that it should be.
    all_coins = Fraction(total) / Fraction(unit)
    coins = {part: all_coins * Fraction(weight) / whole for part, weight in weights.items()}
    shares = {part: floor(exact) for part, exact in coins.items()}
    left = round(all_coins) - sum(shares.values())
    by_loss = sorted(weights, key=lambda part: (shares[part] - coins[part], -abs(weights[part])))
    for part in by_loss[:left]:
        shares[part] += 1
    return {part: share * unit for part, share in shares.items()}
