"""When a pooled accrual may be posted without giving a rate away, on plain values."""

from hashlib import sha256

# As many dealers have to stand behind every number that is posted.
MIN_DEALERS = 3


def is_mixed(weights):
    """Tell whether a sum over dealers hides each one of them.

    There are at least three, and none has more than half of the sales: else what he gets could be
    told more exactly than what is known of the others all together. (Statisticians who publish
    sums of firms' figures call that a dominance rule.)

    :param weights: sales of each dealer in the sum, in company currency, none below zero

    >>> is_mixed([40, 30, 30]), is_mixed([50, 49, 1])
    (True, True)
    >>> is_mixed([50, 50]), is_mixed([1000000, 1, 1]), is_mixed([0, 0, 0])
    (False, False, False)
    """
    weights = list(weights)
    return len(weights) >= MIN_DEALERS and 0 < 2 * max(weights) <= sum(weights)


def is_safe(hidden, moved, rates, entries):
    """Tell whether the accrual of a period can be posted so that no rate can be read off it.

    Whoever reads the ledger knows what every dealer bought, and that an accrual is a sum of
    *sales × sealed rate*. So each entry is an equation, and what must not be found is one of its
    unknowns:

    * A pool of fewer than three dealers posts nothing. Sub-distributors are no protection: what
      they get is taken out of their dealer's rebate, so they cancel out of the sum.
    * The difference to the entry before is a sum too: fewer than three dealers with new sales
      post nothing, it waits for more. Else one invoice alone would show its own rate. A big
      invoice among small ones does as well: nobody has more than half of the new sales.
    * Entries month after month are several equations with the same rates. There are always to be
      two rates more than equations, as in a single entry of three dealers with a rate each.

    Dealers whose rates are revealed hide nobody and have nothing to hide: they do not count, and
    a pool with none but them may be posted.

    :param int hidden: dealers of the pool, with sales, whose rates are not revealed
    :param moved: by how much the sales of those of them have changed since the last entry for
        whom they have; see :func:`is_mixed`
    :param int rates: agreement lines of hidden dealers with sales
    :param int entries: entries of the period whose amounts are known, the new one included

    >>> is_safe(hidden=3, moved=[5, 5, 5], rates=3, entries=1)
    True
    >>> is_safe(hidden=2, moved=[5, 5], rates=6, entries=1)
    False
    >>> is_safe(hidden=30, moved=[5], rates=90, entries=2)
    False
    >>> is_safe(hidden=3, moved=[5, 5, 5], rates=3, entries=2)  # three unknowns, two equations
    False
    >>> is_safe(hidden=3, moved=[5, 5, 5], rates=9, entries=3)
    True
    >>> is_safe(hidden=3, moved=[90, 5, 5], rates=9, entries=3)
    False
    >>> is_safe(hidden=0, moved=[], rates=0, entries=4)
    True
    """
    if not hidden:
        return True
    return hidden >= MIN_DEALERS and is_mixed(moved) and rates >= entries + 2


def digest(rows):
    """Return a short text that is another one as soon as any of the rows is another one.

    The order of the rows does not matter.

    >>> digest([(1, "5"), (2, "7")]) == digest([(2, "7"), (1, "5")])
    True
    >>> digest([(1, "5")]) == digest([(1, "6")])
    False
    """
    return sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()[:32]
