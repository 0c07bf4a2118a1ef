"""The fingerprint of an agreement: a commitment to rates that nobody can read from it.

Each line is committed on its own, ``SHA-256(salt ‖ canonical text)``, with a salt of 256 random
bits that is as secret as the rate: without it a rate of few digits could be found by trying.
The fingerprint is ``SHA-256`` over the version tag, the canonical header and the line hashes in
their order. Canonical text is JSON with sorted keys, no spaces and ASCII only; decimals are
fixed-point text, so that 3, 3.0 and 3.0000 seal alike.
"""

import hashlib
import json

VERSION = "channel_rebate/seal/1"
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical(values):
    """Return the one text form of ``values`` (a dictionary of JSON values).

    >>> canonical({"b": 1, "a": "香皂"})
    '{"a":"\\\\u9999\\\\u7682","b":1}'
    """
    return _ENCODER.encode(values)


def fixed_point(number):
    """Return a decimal as text with four places.

    >>> from decimal import Decimal
    >>> fixed_point(Decimal("3")), fixed_point(Decimal("4.5"))
    ('3.0000', '4.5000')
    """
    return f"{number:.4f}"


def says(text, values, unsaid=None):
    """Tell whether a canonical ``text`` says all that is in ``values``.

    :param unsaid: what texts mean that were sealed before there was a word for it

    >>> says('{"line":1,"name":"Soap"}', {"line": 1}), says('{"line":1}', {"line": 2})
    (True, False)
    >>> says('{"line":1}', {"tiers": "none"}), says('{"line":1}', {"tiers": ""}, {"tiers": ""})
    (False, True)
    """
    return {**(unsaid or {}), **json.loads(text or "{}")}.items() >= values.items()


def rates_text(brackets):
    """Return the canonical text of rates.

    >>> from decimal import Decimal
    >>> rates_text(((Decimal(0), Decimal(3)),))
    '[["0.0000","3.0000"]]'
    """
    pairs = ",".join(f'["{fixed_point(start)}","{fixed_point(rate)}"]' for start, rate in brackets)
    return f"[{pairs}]"


def line_text(terms, rates):
    """Return the canonical text of a line, put together of that of its terms and of its rates.

    Neither is read and written again, as there may be a hundred thousand; terms that are no
    canonical text were not sealed, and give another hash.

    >>> line_text('{"line":1}', '[["0.0000","3.0000"]]')
    '{"rates":[["0.0000","3.0000"]],"terms":{"line":1}}'
    """
    return f'{{"rates":{rates},"terms":{terms}}}'


def line_hash(salt, text):
    """Return the commitment to a line as 64 hexadecimal digits."""
    return hashlib.sha256(salt + text.encode("ascii")).hexdigest()


def fingerprint(header, line_hashes):
    """Return the fingerprint of an agreement as 64 hexadecimal digits.

    :param header: canonical text of the header
    :param line_hashes: hashes of the lines, in the agreement's order

    >>> fingerprint("{}", ["00"]) == fingerprint("{}", ["01"])
    False
    """
    text = "\n".join((VERSION, header, *line_hashes))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
