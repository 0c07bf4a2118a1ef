"""When a pooled accrual may be posted without giving a rate away, on plain values."""

from hashlib import sha256

# As many dealers have to stand behind every number that is posted.
MIN_DEALERS = 3


def is_safe(hidden, moved, rates, entries):
    """Tell whether the accrual of a period can be posted so that no rate can be read off it.

    Whoever reads the ledger knows what every dealer bought, and that an accrual is a sum of
    *sales × sealed rate*. So each entry is an equation, and what must not be found is one of its
    unknowns:

    * A pool of fewer than three dealers posts nothing. Sub-distributors are no protection: what
      they get is taken out of their dealer's rebate, so they cancel out of the sum.
    * The difference to the entry before is a sum too: fewer than three dealers with new sales
      post nothing, it waits for more. Else one invoice alone would show its own rate.
    * Entries month after month are several equations with the same rates. There are always to be
      two rates more than equations, as in a single entry of three dealers with a rate each.

    Dealers whose rates are revealed hide nobody and have nothing to hide: they do not count, and
    a pool with none but them may be posted.

    :param int hidden: dealers of the pool, with sales, whose rates are not revealed
    :param int moved: those of them whose sales have changed since the last entry
    :param int rates: agreement lines of hidden dealers with sales
    :param int entries: entries of the period whose amounts are known, the new one included

    >>> is_safe(hidden=3, moved=3, rates=3, entries=1)
    True
    >>> is_safe(hidden=2, moved=2, rates=6, entries=1)
    False
    >>> is_safe(hidden=30, moved=1, rates=90, entries=2)
    False
    >>> is_safe(hidden=3, moved=3, rates=3, entries=2)  # three unknowns, two equations
    False
    >>> is_safe(hidden=3, moved=3, rates=9, entries=3)
    True
    >>> is_safe(hidden=0, moved=0, rates=0, entries=4)
    True
    """
    if not hidden:
        return True
    return hidden >= MIN_DEALERS and moved >= MIN_DEALERS and rates >= entries + 2


def digest(rows):
    """Return a short text that is another one as soon as any of the rows is another one.

    The order of the rows does not matter.

    >>> digest([(1, "5"), (2, "7")]) == digest([(2, "7"), (1, "5")])
    True
    >>> digest([(1, "5")]) == digest([(1, "6")])
    False
    """
    return sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()[:32]
