"""The year-end rebate: coefficient × average hidden rebate × sales of the year, on plain values.

Amounts are decimals in one currency. Source: Design, §4.
"""

from decimal import Decimal
from fractions import Fraction

from .rounding import count_coins

WEIGHTED, SIMPLE = "weighted", "simple"


def is_year(text):
    """Tell whether a text is a year that has days and can be found again: four plain digits.

    >>> [is_year(text) for text in ("2025", "25", "20x5", "0000", "\uff12\uff10\uff12\uff15", None)]
    [True, False, False, False, False, False]
    """
    return bool(text) and len(text) == 4 and text.isascii() and text.isdecimal() and text > "1900"


def get_quotient(base, gross):
    """Return the hidden rebate of a period per unit of its sales, exactly; None without sales.

    >>> get_quotient(Decimal(20000), Decimal(820))
    Fraction(41, 1000)
    >>> get_quotient(Decimal(0), Decimal(0)) is None
    True
    """
    return Fraction(gross) / Fraction(base) if base else None


def get_average(periods, method):
    """Return the average hidden rebate of a year, exactly; None if nothing was sold.

    :param periods: ``[(base, gross)]``, one a period; their order decides nothing
    :param str method: ``weighted``: all rebates divided by all sales; ``simple``: the mean of the
        periods' quotients, without periods that have no sales

    >>> sold = {20000: "820", 30000: "1170", 10000: "430", 40000: "1480"}
    >>> year = [(Decimal(base), Decimal(gross)) for base, gross in sold.items()]
    >>> get_average(year, "weighted"), get_average(year, "simple")
    (Fraction(39, 1000), Fraction(1, 25))
    >>> get_average([], "simple") is None
    True
    """
    if method == WEIGHTED:
        bases, gross = zip(*periods, strict=True) if periods else ((), ())
        return get_quotient(sum(bases, Decimal(0)), sum(gross, Decimal(0)))
    quotients = [get_quotient(base, gross) for base, gross in periods if base]
    return sum(quotients, Fraction(0)) / len(quotients) if quotients else None


def get_rate(periods, method, coefficient):
    """Return what a unit of the year's sales earns at year's end, exactly; nothing without sales.

    :param coefficient: decimal, as the scorecard gives it

    >>> get_rate([(Decimal(100000), Decimal(3900))], "weighted", Decimal("0.85")) * 100000
    Fraction(3315, 1)
    >>> get_rate([], "weighted", Decimal("0.85"))
    Fraction(0, 1)
    """
    return (get_average(periods, method) or Fraction(0)) * Fraction(coefficient)


def round_for_people(number, digits):
    """Return an exact number as a decimal that people read: no more digits than it has.

    >>> str(round_for_people(Fraction(1, 3), 6)), str(round_for_people(Fraction(39, 10), 6))
    ('0.333333', '3.9')
    >>> str(round_for_people(Fraction(2000), 6))
    '2000'
    """
    # By whole numbers: a decimal has no more than 28 digits.
    coins = count_coins(Fraction(number) * 10**digits)
    text = f"{abs(coins):0{digits + 1}d}"
    whole, decimals = text[: len(text) - digits], text[len(text) - digits :].rstrip("0")
    return Decimal("-" * (coins < 0) + whole + "." * bool(decimals) + decimals)
