"""Is a price below its floor, or above its ceiling? Decided on the amount of the line.

Two unit prices that differ are the same price as long as no customer could tell: what counts is
the amount of the line, rounded to the currency. So a discount of a hundredth of a percent is seen
once it is worth a cent, and three at 0.333 may be sold for 1.00.
"""

from decimal import ROUND_HALF_UP, Decimal

FLOOR = "floor"
CEILING = "ceiling"
LIMITS = (FLOOR, CEILING)

# Prices come out of taxes, units and exchange rates with noise in the last digits of a float. It is
# taken away first, so that it never decides a tie.
_NOISE = Decimal("1e-6")


def line_amount(price, quantity, rounding):
    """Return ``price`` × ``quantity``, rounded half up to the currency's ``rounding``.

    >>> line_amount(0.333, 3, 0.01)
    Decimal('1.00')
    >>> line_amount(0.125 - 1e-12, 1, 0.01)
    Decimal('0.13')
    >>> line_amount(10.02, 1, 0.05)
    Decimal('10.00')
    """
    step = Decimal(str(rounding))
    units = Decimal(str(price)) * Decimal(str(quantity)) / step
    return units.quantize(_NOISE, ROUND_HALF_UP).quantize(Decimal(1), ROUND_HALF_UP) * step


def breaks(limit, price, bound, quantity, rounding):
    """Tell whether ``quantity`` at ``price`` breaks a limit of ``bound``, both for one unit.

    :param limit: :data:`FLOOR` or :data:`CEILING`
    :param rounding: of the currency, e.g. 0.01

    >>> breaks(FLOOR, 164.99, 165, 1, 0.01), breaks(FLOOR, 165, 165, 1, 0.01)
    (True, False)
    >>> breaks(CEILING, 165.01, 165, 1, 0.01), breaks(CEILING, 165, 165, 1, 0.01)
    (True, False)

    The smallest discount, on many:

    >>> breaks(FLOOR, 165 * (1 - 0.01 / 100), 165, 1000, 0.01)
    True
    """
    amount, bound_amount = (line_amount(value, quantity, rounding) for value in (price, bound))
    return amount < bound_amount if limit == FLOOR else amount > bound_amount


def discount_factor(amounts):
    """Return what is left of each price when the negative ``amounts`` of an order are shared.

    A negative line is a discount on all of the order: each positive line bears its part. Where
    there is none to bear it, nothing is left of prices by which more may be delivered.

    >>> discount_factor([1000, 500, -150])
    0.9
    >>> discount_factor([1000]), discount_factor([0]), discount_factor([0, -5])
    (1.0, 1.0, 0.0)
    >>> discount_factor([10, -20])
    -1.0
    """
    amounts = list(amounts)
    positive = sum(amount for amount in amounts if amount > 0)
    negative = sum(amount for amount in amounts if amount < 0)
    if not positive:
        return 0.0 if negative else 1.0
    return 1.0 + negative / positive


def decimals_to_show(price, least):
    """Return how many decimals say what ``price`` is: the currency's ``least``, six at most.

    >>> decimals_to_show(165, 2), decimals_to_show(0.333, 2), decimals_to_show(164.98350001, 2)
    (2, 3, 4)
    """
    return max(least, len(f"{price:.6f}".rstrip("0").partition(".")[2]))
