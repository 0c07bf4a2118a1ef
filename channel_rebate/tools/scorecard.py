"""What a scorecard comes to, and what data suggest for it. Plain decimals and counts."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .rounding import round_amount

# The last decimal of a coefficient, and that of a score.
COEFFICIENT_UNIT = Decimal("0.0001")
SCORE_UNIT = Decimal("0.01")

# The kind of breach that floor breaches stand beside.
UNDERCUTTING = "undercutting"


@dataclass(slots=True)
class Facts:
    """What is known of a dealer's year.

    >>> facts = Facts(incidents=Counter(diversion=2, other=1))
    >>> facts.count_incidents("diversion"), facts.count_incidents("undercutting")
    (2, 0)
    >>> facts.count_incidents(None), facts.count_appeals(None)
    (3, 0)
    """

    incidents: Counter = field(default_factory=Counter)  # confirmed or penalised, by breach
    appeals: Counter = field(default_factory=Counter)  # not decided for good, by breach
    lines: int = 0  # of sell-out orders below the floor, about which no incident was decided
    ordered: int = 0  # months with an order or invoice
    months: int = 0  # as many as there could be

    def count_incidents(self, breach):
        """Return the number of incidents of a breach; without one, of all."""
        return self.incidents[breach] if breach else self.incidents.total()

    def count_appeals(self, breach):
        return self.appeals[breach] if breach else self.appeals.total()


def coefficient(scores, highest=Decimal(1)):
    """Return the weighted mean of scores as parts of their scales, times ``highest``.

    Reckoned exactly and rounded once, to four decimals, halves up.

    :param scores: a weight, a score and a scale (the highest score) each, as decimals
    :param highest: the coefficient of whoever gets every highest score

    Stock 8 of 10, deliveries 9 of 10, prices 4 of 5 with double weight:

    >>> scores = [(1, 8, 10), (1, 9, 10), (2, 4, 5)]
    >>> coefficient([tuple(map(Decimal, score)) for score in scores])
    Decimal('0.8250')
    >>> coefficient([(Decimal(3), Decimal(2), Decimal(3))], Decimal("1.2"))
    Decimal('0.8000')

    Two thirds, and a half of the last decimal, which goes up; nothing scored yet:

    >>> coefficient([(Decimal(1), Decimal(2), Decimal(3))])
    Decimal('0.6667')
    >>> coefficient([(Decimal(1), Decimal("0.25"), Decimal(1000))])
    Decimal('0.0003')
    >>> coefficient([])
    Decimal('0.0000')
    """
    weights = sum(Fraction(weight) for weight, _score, _scale in scores)
    if not weights:
        return Decimal("0.0000")
    reached = sum(
        Fraction(weight) * Fraction(score) / Fraction(scale) for weight, score, scale in scores
    )
    return round_amount(reached / weights * Fraction(highest), COEFFICIENT_UNIT)


def score_for_counts(scale, counts):
    """Return what is left of the highest score after points are taken off, never below zero.

    :param scale: the highest score
    :param counts: how often something happened, and the points that each time takes off

    >>> score_for_counts(10, [(2, Decimal("1.5"))])
    Decimal('7.00')
    >>> score_for_counts(10, [(1, Decimal(5)), (3, Decimal(2))])
    Decimal('0.00')
    """
    left = scale - sum(count * points for count, points in counts)
    return round_amount(max(left, 0), SCORE_UNIT)


def score_for_months(scale, ordered, months):
    """Return the part of the highest score that months with orders are of all ``months``.

    >>> score_for_months(10, 9, 12), score_for_months(10, 2, 3)
    (Decimal('7.50'), Decimal('6.67'))
    >>> score_for_months(10, 0, 0)
    Decimal('0.00')
    """
    return round_amount(Fraction(scale * ordered, months) if months else 0, SCORE_UNIT)


def months_between(start, end):
    """Return the months that two days and all between them touch, as ``(year, month)``.

    >>> from datetime import date
    >>> months_between(date(2025, 11, 30), date(2026, 1, 1))
    [(2025, 11), (2025, 12), (2026, 1)]
    >>> months_between(date(2025, 2, 1), date(2025, 1, 31))
    []
    """
    first, last = (day.year * 12 + day.month - 1 for day in (start, end))
    return [(number // 12, number % 12 + 1) for number in range(first, last + 1)]
