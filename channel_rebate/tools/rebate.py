"""The sums of a settlement, on plain values. Amounts are decimals in the agreement's currency."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from .penalty import deduct, grant, share_withheld
from .rounding import round_amount, share

ZERO = Decimal(0)


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
    :param passed_on_before: what earlier settlements of the period passed on, by product
    :param deductions: the penalties of the partner and period, :class:`penalty.Deduction`
    :param awards: what he gets of others' penalties, :class:`penalty.Award`
    :param refundable: what of a negative result may be asked back; the rest is carried out
    :param totals: rounded rebates by the key of their line
    :param amounts: what of the totals is not settled yet
    """

    key: object
    dealer_key: object = None
    raw_amounts: dict = field(default_factory=dict)
    carried_in: Decimal = ZERO
    settled_amounts: dict = field(default_factory=dict)
    passed_on_before: dict = field(default_factory=dict)
    deductions: list = field(default_factory=list)
    awards: list = field(default_factory=list)
    refundable: Decimal = ZERO
    totals: dict = field(default_factory=dict)
    amounts: dict = field(default_factory=dict)
    gross: Decimal = ZERO
    passed_on: Decimal = ZERO
    penalty: Decimal = ZERO
    compensation: Decimal = ZERO
    carried_out: Decimal = ZERO
    net: Decimal = ZERO

    def round_amounts(self, unit):
        """Round each group of lines once, share it out over them, and sum up what is new."""
        self.totals = {}
        for raw_amounts in self.raw_amounts.values():
            if len(raw_amounts) == 1:  # as most are
                [(key, raw)] = raw_amounts.items()
                self.totals[key] = round_amount(raw, unit)
            else:
                self.totals.update(share(raw_amounts, unit))
        self.amounts = dict(self.totals)
        for key in self.amounts.keys() & self.settled_amounts.keys():
            self.amounts[key] -= self.settled_amounts[key]
        self.gross = sum(self.amounts.values(), ZERO)

    def deduct(self, passed_on, unit):
        """Fill in the penalties and return what is actually withheld of each, by its key.

        A percentage is of what the partner keeps of the period before any penalty, so that the
        order of penalties decides nothing. Source: Design, §4.

        :param passed_on: what this settlement passes on, by product
        """
        if not self.deductions:
            self.penalty = ZERO
            return {}
        kept = defaultdict(Decimal)
        for key, total in self.totals.items():
            kept[get_product(key)] += total
        for passed in (self.passed_on_before, passed_on):
            for product, amount in passed.items():
                kept[product] -= amount
        self.penalty = deduct(self.deductions, kept, unit)
        totals = {deduction.key: deduction.total for deduction in self.deductions}
        return share_withheld(totals, sum(kept.values(), ZERO))

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


def get_product(key):
    """Return the product of a line's key, which stands first in it."""
    return key[0] if isinstance(key, tuple) else key


def settle(accounts, unit):
    """Fill in amounts, gross, passed on, penalties, net and carried out; return the accounts.

    Each group of lines is rounded once and shared out over them. A dealer pays on the rounded
    gross of his sub-distributors, before their penalties. What of a penalty is withheld, a harmed
    dealer has his share of. Source: Design, §4.

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
    passed_on = defaultdict(lambda: defaultdict(Decimal))
    for account in accounts:
        account.round_amounts(unit)
        if account.dealer_key is not None:
            for key, amount in account.amounts.items():
                passed_on[account.dealer_key][get_product(key)] += amount
    withheld = {}
    for account in accounts:
        account.passed_on = sum(passed_on[account.key].values(), ZERO)
        withheld.update(account.deduct(passed_on[account.key], unit))
    for account in accounts:
        account.compensation = grant(account.awards, withheld, unit)
        account.close()
    return accounts
