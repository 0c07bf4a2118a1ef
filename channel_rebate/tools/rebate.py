"""The sums of a settlement, on plain values. Amounts are decimals in the agreement's currency."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def rebate(measure, base, quantity, rate):
    """Return the rebate of one product, not yet rounded.

    :param measure: ``amount`` (``rate`` is a percentage of ``base``) or ``quantity`` (``rate`` is
        an amount for each unit of ``quantity``)

    >>> rebate("amount", Decimal(16500), Decimal(100), Decimal(3))
    Decimal('495')
    >>> rebate("quantity", Decimal(16500), Decimal(100), Decimal("4.95"))
    Decimal('495.00')
    """
    return base * rate / 100 if measure == "amount" else quantity * rate


def round_amount(amount, unit):
    """Round to a multiple of ``unit`` (the currency's smallest coin), halves away from zero.

    >>> round_amount(Decimal("0.125"), Decimal("0.01")), round_amount(Decimal("-2.5"), Decimal(1))
    (Decimal('0.13'), Decimal('-3'))
    """
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


@dataclass(slots=True)
class Account:
    """One partner's part of a settlement: what goes in and, after :func:`settle`, what comes out.

    :param key: the statement's key
    :param dealer_key: key of the dealer's account if this is a sub-distributor's, else ``None``
    :param raw_amounts: rebates by product line key, not rounded
    :param carried_in: what earlier settlements left to deduct, zero or negative
    """

    key: object
    dealer_key: object = None
    raw_amounts: dict = field(default_factory=dict)
    carried_in: Decimal = ZERO
    amounts: dict = field(default_factory=dict)
    gross: Decimal = ZERO
    passed_on: Decimal = ZERO
    carried_out: Decimal = ZERO
    net: Decimal = ZERO


def settle(accounts, unit):
    """Fill in amounts, gross, passed on, net and carried out of ``accounts``; return them.

    Each product line is rounded once. A dealer pays on the rounded gross of his
    sub-distributors: ``raw = gross − passed on + carried in``, ``net = max(raw, 0)``,
    ``carried out = min(raw, 0)``.

    :param accounts: list of :class:`Account`; a sub-distributor's dealer is among them
    :param unit: the currency's smallest coin, such as ``Decimal("0.01")``

    >>> dealer = Account("A", raw_amounts={"soap": Decimal(100)})
    >>> sub = Account("S", "A", {"soap": Decimal("30.004")})
    >>> [str(account.net) for account in settle([dealer, sub], Decimal("0.01"))]
    ['70.00', '30.00']
    """
    passed_on = defaultdict(Decimal)
    for account in accounts:
        account.amounts = {key: round_amount(raw, unit) for key, raw in account.raw_amounts.items()}
        account.gross = sum(account.amounts.values(), ZERO)
        if account.dealer_key is not None:
            passed_on[account.dealer_key] += account.gross
    for account in accounts:
        account.passed_on = passed_on[account.key]
        raw = account.gross - account.passed_on + account.carried_in
        account.net, account.carried_out = max(raw, ZERO), min(raw, ZERO)
    return accounts
