"""Chained hashes: a list to which one can only add, or it shows.

Each entry is hashed together with the hash of the one before it, so an entry that is changed,
dropped, put in or moved changes all that follow. Whoever can rewrite the whole list can forge it;
so the hash of an entry is also given away (on the signed paper, in a message), or authenticated
with a key that is not in the database.
"""

import hashlib
import hmac

from .seal import canonical

VERSION = "channel_rebate/chain/1"
# What the first entry follows.
START = "0" * 64


def entry_hash(previous_hash, values):
    """Return the hash of an entry as 64 hexadecimal digits.

    :param str previous_hash: the hash of the entry before it, or :data:`START`
    :param dict values: what the entry says, JSON values

    >>> first = entry_hash(START, {"number": 1})
    >>> entry_hash(START, {"number": 2}) == first, entry_hash(first, {"number": 1}) == first
    (False, False)
    """
    text = "\n".join((VERSION, previous_hash, canonical(values)))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def mac_key(key):
    """Return the key of :func:`mac`, which is made of another ``key`` (bytes) for this use only."""
    return hmac.digest(key, VERSION.encode("ascii"), "sha256")


def mac(own_key, hash_text):
    """Return what only who has the key can say of an entry's hash, as 64 digits.

    :param bytes own_key: of :func:`mac_key`
    """
    return hmac.digest(own_key, hash_text.encode("ascii"), "sha256").hex()


def find_break(entries):
    """Return the number of the first entry that does not follow, or nothing.

    :param entries: ``(number, values, previous_hash, hash)`` in the order of the chain, whose
        numbers are 1, 2, 3 …

    >>> one = entry_hash(START, {"say": "a"})
    >>> two = entry_hash(one, {"say": "b"})
    >>> chain = [(1, {"say": "a"}, START, one), (2, {"say": "b"}, one, two)]
    >>> find_break(chain), find_break(chain[1:]), find_break([chain[0], (2, {}, one, two)])
    (None, 2, 2)
    """
    expected, previous = 1, START
    for number, values, previous_hash, own_hash in entries:
        follows = number == expected and previous_hash == previous
        if not follows or entry_hash(previous_hash, values) != own_hash:
            return number
        expected, previous = number + 1, own_hash
    return None
