"""The sums of a settlement, on plain values. Amounts are decimals in the agreement's currency."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

ZERO = Decimal(0)


def round_amount(amount, unit):
    """Round a decimal or fraction to a multiple of ``unit``, halves away from zero.

    :param unit: the currency's smallest coin

    >>> round_amount(Decimal("0.125"), Decimal("0.01")), round_amount(Decimal("-2.5"), Decimal(1))
    (Decimal('0.13'), Decimal('-3'))
    """
    return _count_coins(Fraction(amount) / Fraction(unit)) * unit


def _count_coins(number):
    whole = math.floor(abs(number) + Fraction(1, 2))
    return whole if number > 0 else -whole


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
    shares = {key: _count_coins(amount) for key, amount in coins.items()}
    missing = _count_coins(sum(coins.values())) - sum(shares.values())
    sign = 1 if missing > 0 else -1
    ordered = sorted(
        coins, key=lambda key: (sign * (shares[key] - coins[key]), -abs(coins[key]), key)
    )
    for key in ordered[: abs(missing)]:
        shares[key] += sign
    return {key: shares[key] * unit for key in raw_amounts}


@dataclass(slots=True)
class Account:
    """One partner's part of a settlement: what goes in and, after :func:`settle`, what comes out.

    A correction compares with what the period's earlier settlements have come to: amounts, gross
    and passed on are then the differences.

    :param key: the statement's key
    :param dealer_key: key of the dealer's account if this is a sub-distributor's, else ``None``
    :param raw_amounts: rebates, not rounded, by the key of their line, in the groups that are
        rounded once: ``{group: {key: amount}}``; no key is in two groups
    :param carried_in: what earlier settlements left to deduct, zero or negative
    :param settled_amounts: rebates of earlier settlements of the period by the key of their line
    :param refundable: what of a negative result may be asked back; the rest is carried out
    :param totals: rounded rebates by the key of their line
    :param amounts: what of the totals is not settled yet
    """

    key: object
    dealer_key: object = None
    raw_amounts: dict = field(default_factory=dict)
    carried_in: Decimal = ZERO
    settled_amounts: dict = field(default_factory=dict)
    penalty: Decimal = ZERO
    compensation: Decimal = ZERO
    refundable: Decimal = ZERO
    totals: dict = field(default_factory=dict)
    amounts: dict = field(default_factory=dict)
    gross: Decimal = ZERO
    passed_on: Decimal = ZERO
    carried_out: Decimal = ZERO
    net: Decimal = ZERO

    def round_amounts(self, unit):
        """Round each group of lines once, share it out over them, and sum up what is new."""
        self.totals = {}
        for raw_amounts in self.raw_amounts.values():
            self.totals.update(share(raw_amounts, unit))
        self.amounts = {
            key: total - self.settled_amounts.get(key, ZERO) for key, total in self.totals.items()
        }
        self.gross = sum(self.amounts.values(), ZERO)

    def close(self):
        """Fill in what is paid and what is left to deduct.

        ``raw = gross − passed on − penalty + compensation + carried in``, ``net = max(raw, 0)``,
        ``carried out = min(raw, 0)``. What is asked back is a negative net: no more than
        ``refundable``, and nothing for what was carried in.
        """
        own = self.gross - self.passed_on - self.penalty + self.compensation
        raw = own + self.carried_in
        self.net = max(raw, ZERO) or max(min(own, ZERO), -self.refundable)
        self.carried_out = raw - self.net


def settle(accounts, unit):
    """Fill in amounts, gross, passed on, net and carried out of ``accounts``; return them.

    Each group of lines is rounded once and shared out over them. A dealer pays on the rounded
    gross of his sub-distributors, before their penalties. Source: Design, §4.

    :param accounts: list of :class:`Account`; a sub-distributor's dealer is among them
    :param unit: the currency's smallest coin, such as ``Decimal("0.01")``

    >>> dealer = Account("A", raw_amounts={"soap": {"13 %": Decimal(60), "9 %": Decimal(40)}})
    >>> sub = Account("S", "A", {"soap": {"": Decimal("30.004")}})
    >>> [str(account.net) for account in settle([dealer, sub], Decimal("0.01"))]
    ['70.00', '30.00']

    A late sale of a dealer who had 100 and passed on 150, the 50 deducted by now:

    >>> late = Account("A", None, {"soap": {"": Decimal(180)}}, settled_amounts={"": Decimal(100)})
    >>> str(settle([late], Decimal("0.01"))[0].net)
    '80.00'
    """
    passed_on = defaultdict(Decimal)
    for account in accounts:
        account.round_amounts(unit)
        if account.dealer_key is not None:
            passed_on[account.dealer_key] += account.gross
    for account in accounts:
        account.passed_on = passed_on[account.key]
        account.close()
    return accounts
