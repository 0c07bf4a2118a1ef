"""Rebates by tiers: brackets of an amount or a quantity, each with a rate (Design, §4).

Brackets are ``((from, rate), …)``, ascending, the first one from 0. A bracket reaches up to where
the next one begins, that edge excluded, and the top one has no end; so there is neither a gap nor
an overlap. A line without tiers has one bracket.

*Whole*: the rate of the bracket that the sales reach applies to all of them. *Marginal*: each part
of the sales gets the rate of its own bracket. Sales below zero, when more came back than went out,
count at the first bracket's rate.

Rates are percent of an amount, or an amount for each unit of a quantity.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from .ratefile import parse_rate
from .vault import MAX_BRACKETS

NO_TIERS = "none"
# The highest rate by measure: percent, or amount per unit.
HIGHEST_RATES = {"amount": Decimal(100), "quantity": Decimal(10**8)}
HIGHEST_START = Decimal(10**12)
_SCALE = Decimal("0.0001")

# Without separators of thousands, whose meaning depends on the country.
_START = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,4}0*)?")
_LINE = re.compile(r"(?P<start>[^-–—~:=]+)(?:[-–—~](?P<end>[^-–—~:=]*))?[:=](?P<rate>[^:=]+)")


@dataclass(frozen=True, slots=True)
class Span:
    """A bracket as a person writes it; ``end`` is optional. Its values reach no log."""

    start: Decimal = field(repr=False)
    end: Decimal | None = field(repr=False)
    rate: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of some sales that gets one rate: ``measured`` within ``start`` and ``end``."""

    start: Decimal = field(repr=False)
    end: Decimal | None = field(repr=False)
    measured: Decimal = field(repr=False)
    rate: Decimal = field(repr=False)


# === What the sales come to === #


def parts(tier_mode, brackets, measured):
    """Return the :class:`Part` list that ``measured`` (an amount or a quantity) falls into.

    >>> tiers = ((Decimal(0), 10), (Decimal(100), 20), (Decimal(300), 30))
    >>> [(part.measured, part.rate) for part in parts("marginal", tiers, Decimal(300))]
    [(Decimal('100'), 10), (Decimal('200'), 20)]
    >>> [(part.measured, part.rate) for part in parts("whole", tiers, Decimal(300))]
    [(Decimal('300'), 30)]
    """
    ends = [start for start, _rate in brackets[1:]] + [None]
    spans = [(start, end, rate) for (start, rate), end in zip(brackets, ends, strict=True)]
    if tier_mode == "marginal" and measured > 0:
        return [
            Part(start, end, (measured if end is None else min(measured, end)) - start, rate)
            for start, end, rate in spans
            if start < measured
        ]
    reached = [span for span in spans if span[0] <= measured]
    start, end, rate = (reached or spans[:1])[-1]
    return [Part(start, end, measured, rate)]


def effective_rate(tier_mode, brackets, measured):
    """Return the one rate that gives the same rebate on ``measured``, as an exact fraction.

    >>> tiers = ((Decimal(0), 10), (Decimal(100), 20), (Decimal(300), 30))
    >>> effective_rate("marginal", tiers, 3800) * 3800 / 100
    Fraction(1100, 1)
    >>> effective_rate("whole", tiers, 3800) * 3800 / 100
    Fraction(1140, 1)
    """
    found = parts(tier_mode, brackets, measured)
    if len(found) == 1:
        return Fraction(found[0].rate)
    total = sum(Fraction(part.measured) * Fraction(part.rate) for part in found)
    return total / Fraction(measured)


# === What a keeper enters === #


def close(spans):
    """Return ``(brackets, problem)`` of spans in any order; the problem is a word or ``None``.

    ``start``: none begins at 0; ``gap``, ``overlap``: an end is not where the next one begins, or
    two begin at the same; ``top``: the last one has an end.

    >>> zero, edge, end, rate = Decimal(0), Decimal(100), Decimal(300), Decimal(5)
    >>> close([Span(edge, None, rate), Span(zero, edge, rate)])[1] is None
    True
    >>> [close([Span(zero, edge, rate), Span(start, None, rate)])[1] for start in (zero, end)]
    ['overlap', 'gap']
    """
    ordered = sorted(spans, key=lambda span: span.start)
    brackets = tuple((span.start, span.rate) for span in ordered)
    for span, following in pairwise(ordered):
        end = following.start if span.end is None else span.end
        if span.start == following.start or end > following.start:
            return brackets, "overlap"
        if end < following.start:
            return brackets, "gap"
    if ordered and ordered[-1].end is not None:
        return brackets, "top"
    return brackets, find_problem(brackets)


def find_problem(brackets, tier_mode=None, measure=None):
    """Return what is wrong with brackets as a word, or ``None``.

    ``empty``; ``start``: the first is not from 0; ``overlap``: they do not rise; ``many``;
    ``range``: a threshold that is negative, enormous or of more than four decimals, or a rate that
    is negative or above the measure's highest;
    ``plain``: several brackets on a line without tiers.

    >>> find_problem(((Decimal(5), Decimal(1)),))
    'start'
    >>> find_problem(((Decimal(0), Decimal(101)),), "none", "amount")
    'range'
    """
    if not brackets:
        return "empty"
    starts, rates = zip(*brackets, strict=True)
    highest = HIGHEST_RATES.get(measure, max(HIGHEST_RATES.values()))
    if not (
        all(_is_number(start, HIGHEST_START) and not start % _SCALE for start in starts)
        and all(_is_number(rate, highest) for rate in rates)
    ):
        return "range"
    if starts[0]:
        return "start"
    if any(start >= following for start, following in pairwise(starts)):
        return "overlap"
    if len(brackets) > MAX_BRACKETS:
        return "many"
    return "plain" if tier_mode == NO_TIERS and len(brackets) > 1 else None


def _is_number(number, highest):
    return number.is_finite() and 0 <= number <= highest


def parse_span(start, end, rate):
    """Return the :class:`Span` that three texts say, or ``None``; no start is 0, no end is none.

    >>> parse_span("100", "", "4,5 %").rate
    Decimal('4.5')
    >>> parse_span("1,000", "", "4"), parse_span("0", "", "")
    (None, None)
    """
    first, value = _parse_start(start or "0"), parse_rate(rate)
    last = _parse_start(end) if end else None
    if first is None or value is None or (end and last is None):
        return None
    return Span(first, last, value)


def _parse_start(text):
    return Decimal(text) if _START.fullmatch(text) else None


def parse_lines(text):
    """Return ``(spans, wrong line numbers)`` of a text with one bracket a line.

    A line is ``from: rate`` or ``from - to: rate``; full-width signs count as their plain ones.

    >>> spans, wrong = parse_lines("0 – 100: 10 %\\n100：20\\n\\nthree: 30")
    >>> [str(span.rate) for span in spans], wrong
    (['10', '20'], [4])
    """
    spans, wrong = [], []
    for number, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        texts = [(match[name] or "").strip() for name in ("start", "end", "rate")] if match else []
        span = parse_span(*texts) if texts else None
        if span:
            spans.append(span)
        else:
            wrong.append(number)
    return spans, wrong


def write_lines(brackets):
    """Return brackets as the text that :func:`parse_lines` reads.

    >>> write_lines(((Decimal(0), Decimal("4.5000")), (Decimal("100.0000"), Decimal("20.0000"))))
    '0: 4.5\\n100: 20'
    """
    return "\n".join(f"{plain(start)}: {plain(rate)}" for start, rate in brackets)


def plain(number):
    """Return a decimal without trailing zeros.

    >>> plain(Decimal("3.2500")), plain(Decimal("100.0000")), plain(Decimal(0))
    ('3.25', '100', '0')
    """
    return f"{number.normalize():f}"
