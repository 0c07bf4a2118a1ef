"""Lines of statements as plain values: which rate each one has, and what it comes to.

A run may have a hundred thousand of them, so amounts stay decimals where those are exact, and
become fractions only where a rate is an average.
"""

from collections import defaultdict
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from .tiers import NO_TIERS, effective_rate

# Digits for any product of a base and a rate; should they not do, it raises and does not round.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])


class Line(NamedTuple):
    """What one product and tax set of a statement is measured at, under an agreement line.

    :param id: the line's id, false if it exists in memory only
    :param statement: the statement's id
    :param covering: the agreement line's id, ``None`` of a year-end statement
    :param product: the product's id
    :param tax_key: its taxes as text, ``None`` of lines from before there were tax keys
    :param tier_mode: of the agreement line, see :mod:`tiers`; ``None`` at year's end
    :param is_percent: the rate is a percentage, and not an amount for each unit
    :param measured: what the rate applies to, a decimal: base in the statement's currency, or
        quantity in the product's unit
    """

    id: object
    statement: object
    covering: object
    product: object
    tax_key: str | None
    tier_mode: str | None
    is_percent: bool
    measured: Decimal

    @property
    def key(self):
        """The line's key in an ``Account``; it decides who gets an odd coin.

        Product and tax set come first, which unlike the id are the same in any order of lines.
        """
        return self.product, self.tax_key or "", self.covering, self.id

    def is_readable(self, secrets):
        """Tell whether its rate is among what was unsealed; at year's end there is none."""
        return self.covering is None or self.covering in secrets


def find_rates(lines, secrets):
    """Return exact rates, percent or amount per unit: ``{(statement, agreement line): rate}``.

    Tiers are reached by all products and tax sets of a statement together that fall under one
    agreement line, so by each version of an agreement on its own.

    :param lines: all :class:`Line` of the statements that fall under an agreement line
    :param dict secrets: :class:`~.vault.Secret` by agreement line id
    :return: a decimal, or a fraction if there are several brackets

    >>> from .vault import Secret
    >>> soap = Line(1, "S", 7, "soap", "", "none", True, Decimal(200))
    >>> find_rates([soap], {7: Secret.plain(Decimal("1.5"))})
    {('S', 7): Decimal('1.5000')}
    """
    measured, modes = defaultdict(Decimal), {}
    for line in lines:
        key = line.statement, line.covering
        measured[key] += line.measured
        modes[key] = line.tier_mode
    rates = {}
    for key, total in measured.items():
        brackets = secrets[key[1]].brackets
        # The only bracket, which begins at 0, is the one that is reached.
        is_single = len(brackets) == 1
        rates[key] = brackets[0][1] if is_single else effective_rate(modes[key], brackets, total)
    return rates


def find_raw_amounts(lines, rates):
    """Return rebates, not rounded, in the groups that are rounded once, by statement.

    A plain agreement line is rounded by product, over its tax sets; one with tiers once in all,
    over its products and tax sets; and so is a year-end statement.

    :param dict rates: exact rates by statement and agreement line
    :return: ``{statement: {group: {line key: decimal or fraction}}}``

    >>> soap = Line(1, "S", 7, "soap", "", "none", True, Decimal(200))
    >>> find_raw_amounts([soap], {("S", 7): Decimal("1.5")})["S"]
    {(7, 'soap'): {('soap', '', 7, 1): Decimal('3.000')}}
    """
    amounts = defaultdict(dict)
    for line in lines:
        rate = rates[line.statement, line.covering]
        if isinstance(rate, Decimal):
            raw = EXACT.multiply(line.measured, rate)
            raw = EXACT.scaleb(raw, -2) if line.is_percent else raw
        else:
            raw = Fraction(line.measured) * rate / (100 if line.is_percent else 1)
        group = line.covering, line.product if line.tier_mode == NO_TIERS else None
        own = amounts[line.statement]
        if group in own:
            own[group][line.key] = raw
        else:
            own[group] = {line.key: raw}
    return amounts
