"""Penalties of a settlement, and what harmed dealers get of them, on plain values."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .rounding import round_amount

ZERO = Decimal(0)


@dataclass(slots=True)
class Deduction:
    """A penalty that one account bears.

    :param key: the penalty's key
    :param fixed: what it comes to if that is fixed; zero of one that was lifted
    :param rate: the fraction of the rebate that is lost; ``None`` if the amount is fixed
    :param product: the product whose rebate is lost; ``None``: that of all products
    :param settled: what earlier settlements of the period have deducted
    :param total: what it comes to now
    :param amount: what of the total is not deducted yet
    """

    key: object
    fixed: Decimal = ZERO
    rate: Fraction | None = None
    product: object = None
    settled: Decimal = ZERO
    total: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass(slots=True)
class Award:
    """What a harmed dealer gets of a penalty that another account bears.

    :param key: the penalty's key
    :param rate: his share as a fraction
    :param withheld: what earlier settlements have withheld, if the other is not settled with him
    :param settled: what he has got by earlier settlements of the period
    :param amount: what of his share he has not got yet
    """

    key: object
    rate: Fraction
    withheld: Fraction | Decimal = ZERO
    settled: Decimal = ZERO
    amount: Decimal = ZERO


def deduct(deductions, kept, unit):
    """Fill in what penalties come to; return the sum of what is not deducted yet.

    A percentage is of what is kept before any penalty, and of nothing if that is below zero.

    :param deductions: list of :class:`Deduction`
    :param dict kept: the partner's rebate by product, less what he passes on
    :param unit: the currency's smallest coin

    >>> half = Deduction("half", rate=Fraction(1, 2))
    >>> soap = Deduction("soap", rate=Fraction(1, 5), product="soap", settled=Decimal(4))
    >>> kept = {"soap": Decimal(100), "shampoo": Decimal("50.01")}
    >>> str(deduct([half, soap, Deduction("fine", Decimal(7))], kept, Decimal("0.01")))
    '98.01'
    >>> [str(deduction.total) for deduction in (half, soap)]
    ['75.01', '20.00']
    """
    for deduction in deductions:
        deduction.total = deduction.fixed
        if deduction.rate is not None:
            of_all = deduction.product is None
            base = sum(kept.values()) if of_all else kept.get(deduction.product, 0)
            deduction.total = round_amount(deduction.rate * Fraction(max(base, 0)), unit)
        deduction.amount = deduction.total - deduction.settled
    return sum((deduction.amount for deduction in deductions), ZERO)


def share_withheld(totals, kept):
    """Return what is actually withheld of each penalty of a partner, pro rata if it is not all.

    :param dict totals: what the penalties come to, by key
    :param kept: the rebate that they are taken from

    >>> {key: str(part) for key, part in share_withheld({"a": 300, "b": 100}, 100).items()}
    {'a': '75', 'b': '25'}
    """
    whole = sum(totals.values())
    if whole <= kept:
        return dict(totals)
    part = Fraction(max(kept, 0)) / Fraction(whole) if whole else Fraction(0)
    return {key: Fraction(total) * part for key, total in totals.items()}


def grant(awards, withheld, unit):
    """Fill in what a harmed dealer gets; return the sum of what he has not got yet.

    :param awards: list of :class:`Award`
    :param dict withheld: what is withheld by the penalty's key, of accounts that are settled now
    :param unit: the currency's smallest coin

    >>> award = Award("a", Fraction(1, 2), settled=Decimal(10))
    >>> str(grant([award], {"a": Fraction(75)}, Decimal("0.01")))
    '27.50'
    """
    for award in awards:
        part = award.rate * Fraction(withheld.get(award.key, award.withheld))
        award.amount = round_amount(part, unit) - award.settled
    return sum((award.amount for award in awards), ZERO)
