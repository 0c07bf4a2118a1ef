"""Which territory an address lies in: zip codes, ranges of them, and which area wins.

Zip codes are compared without what people put between their characters, and in capitals. A range
holds all codes whose beginning lies between its two ends, which are equally long; a prefix such as
``310`` is the range from 310 to 310. An area is a country, a state of it, or a range of zip codes
in either. Of the areas that hold an address the most specific one wins:

1. zip codes of the address's state,
2. zip codes of its country, whatever the state,
3. the state,
4. the country.

Of several ranges of one level it is the innermost.
"""

import re
from collections import defaultdict
from itertools import takewhile
from typing import Any, NamedTuple

# Beyond all characters that a zip code may have.
_LAST = "\U0010ffff"


class ZipSyntaxError(ValueError):
    """A piece of text that is neither a zip code nor a range."""


class Area(NamedTuple):
    """A part of a territory; ``state``, ends and dates may be ``None`` or empty."""

    territory: Any
    country: Any
    state: Any
    low: str | None
    high: str | None
    date_from: Any = None
    date_to: Any = None

    def applies_on(self, day):
        """Tell whether the area belongs to its territory on a day."""
        return (not self.date_from or self.date_from <= day) and (
            not self.date_to or day <= self.date_to
        )


class Address(NamedTuple):
    """Where and when; ``zip`` as it was typed."""

    country: Any
    state: Any
    zip: str | None
    day: Any


def normalise_zip(text):
    """Return a zip code in the form in which codes are compared.

    >>> normalise_zip(" k1a-0b6 "), normalise_zip("113 51"), normalise_zip(None)
    ('K1A0B6', '11351', '')
    """
    return "".join(character for character in (text or "").upper() if character.isalnum())


def parse_zips(text):
    """Return ``[(low, high)]`` for what somebody typed: codes, beginnings of codes, and ranges.

    They are separated by commas, semicolons or new lines.

    >>> parse_zips("310, 3112; 3200-3299")
    [('310', '310'), ('3112', '3112'), ('3200', '3299')]
    >>> parse_zips("k1a 0 – k1a 9, ")
    [('K1A0', 'K1A9')]
    >>> parse_zips("1000-205")
    Traceback (most recent call last):
    ...
    odoo.addons.channel_rebate.tools.territory.ZipSyntaxError: 1000-205
    """
    return [_parse_range(piece) for piece in re.split(r"[,;，；、\n]", text or "") if piece.strip()]


def _parse_range(piece):
    ends = [normalise_zip(end) for end in re.split(r"[-–—~－～]", piece)]
    if len(ends) > 2 or not all(ends) or not is_range(ends[0], ends[-1]):
        raise ZipSyntaxError(piece.strip())
    return ends[0], ends[-1]


def is_range(low, high):
    """Tell whether two ends make a range: equally long, and in order.

    >>> is_range("310", "310"), is_range("31", "329"), is_range("32", "31")
    (True, False, False)
    """
    return len(low) == len(high) and low <= high


def holds(low, high, code):
    """Tell whether a range holds a normalised zip code: it has to be as long as the range's ends.

    >>> holds("3200", "3299", "325010"), holds("3200", "3299", "33"), holds("3200", "3299", "32")
    (True, False, False)
    """
    return len(code) >= len(low) and low <= code[: len(low)] <= high


def relation(first, second):
    """Return how two ranges ``(low, high)`` lie: apart, same, inside, around or across.

    >>> relation(("3112", "3112"), ("310", "319")), relation(("310", "319"), ("3112", "3112"))
    ('inside', 'around')
    >>> relation(("31", "32"), ("32", "33")), relation(("31", "31"), ("3100", "3199"))
    ('across', 'same')
    >>> relation(("31", "31"), ("3000", "3199")), relation(("1012", "1012"), ("1012A", "1012C"))
    ('inside', 'around')
    >>> relation(("31", "31"), ("32", "32"))
    'apart'
    """
    # As long as all codes are digits, 31 is the same as 3100-3199.
    last = "9" if first[1].isdigit() and second[1].isdigit() else _LAST
    length = max(len(first[0]), len(second[0]))
    (low, high), (other_low, other_high) = (
        (range_low.ljust(length, "0"), range_high.ljust(length, last))
        for range_low, range_high in (first, second)
    )
    if high < other_low or other_high < low:
        return "apart"
    if (low, high) == (other_low, other_high):
        return "same"
    if other_low <= low and high <= other_high:
        return "inside"
    return "around" if low <= other_low and other_high <= high else "across"


def common_beginning(low, high):
    """Return what all codes of a range begin with.

    >>> common_beginning("3200", "3299"), common_beginning("310", "310")
    ('32', '310')
    """
    same = takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=True))
    return "".join(character for character, _other in same)


def clash(first, second):
    """Tell whether one address on one day would be in two areas, with nothing to choose by.

    >>> north = Area("North", "CN", None, "310", "319")
    >>> clash(north, Area("South", "CN", None, "319", "320"))
    True

    The inner range wins, and so do zip codes within a state:

    >>> clash(north, Area("South", "CN", None, "3112", "3112"))
    False
    >>> clash(north, Area("South", "CN", "Zhejiang", "319", "320"))
    False
    >>> clash(north, north._replace(territory="South", country="US"))
    False
    """
    return (
        (first.country, first.state, bool(first.low))
        == (second.country, second.state, bool(second.low))
        and (not first.date_to or not second.date_from or second.date_from <= first.date_to)
        and (not second.date_to or not first.date_from or first.date_from <= second.date_to)
        and (
            not first.low
            or relation((first.low, first.high), (second.low, second.high)) in ("same", "across")
        )
    )


def find_clashes(areas, changed):
    """Yield the pairs of keys of areas that clash, of which one has changed; that comes first.

    Ranges are sorted by their lower end, and each is compared with those that are still open
    there: thousands side by side cost no more than to sort them.

    :param dict areas: ``{key: Area}`` of one level: country, state, and whether by zip code
    :param changed: keys

    >>> north = Area("North", "CN", None, "310", "319")
    >>> city, south, west = (
    ...     north._replace(territory=name, low=low, high=high)
    ...     for name, low, high in (
    ...         ("City", "3112", "3115"), ("South", "315", "320"), ("West", "31", "31")
    ...     )
    ... )
    >>> areas = {"n": north, "c": city, "s": south, "w": west}
    >>> [sorted(find_clashes(areas, changed)) for changed in ({"n"}, {"w"}, {"c"})]
    [[('n', 's'), ('n', 'w')], [('w', 'n'), ('w', 's')], []]
    """
    length = max((len(area.high or "") for area in areas.values()), default=0)
    bounds = {
        key: ((area.low or "").ljust(length, "0"), (area.high or "").ljust(length, _LAST))
        for key, area in areas.items()
    }
    still_open = []
    for key in sorted(areas, key=bounds.get):
        low, _high = bounds[key]
        still_open = [other for other in still_open if bounds[other][1] >= low]
        for other in still_open:
            if not changed.isdisjoint((key, other)) and clash(areas[other], areas[key]):
                yield (other, key) if other in changed else (key, other)
        still_open.append(key)


class AreaIndex:
    """The areas of a company, so arranged that an address finds its own among thousands.

    >>> index = AreaIndex(
    ...     [
    ...         Area("City", "CN", None, "3112", "3112"),
    ...         Area("Province", "CN", "Zhejiang", None, None),
    ...         Area("North", "CN", None, "310", "319"),
    ...         Area("Rest", "CN", None, None, None, date_from=5),
    ...     ]
    ... )
    >>> [
    ...     index.find(Address("CN", state, code, day=day))
    ...     for state, code, day in (
    ...         ("Zhejiang", "31 12-00", 1),
    ...         ("Zhejiang", "315", 1),
    ...         ("Zhejiang", "", 1),
    ...         (None, "99", 5),
    ...         (None, "99", 4),
    ...     )
    ... ]
    ['City', 'North', 'Province', 'Rest', None]
    """

    def __init__(self, areas):
        self._ranges = defaultdict(list)  # by country, state and what their codes begin with
        self._places = defaultdict(list)  # by country and state
        for area in areas:
            if area.low:
                begin = common_beginning(area.low, area.high)
                self._ranges[area.country, area.state or None, begin].append(area)
            else:
                self._places[area.country, area.state or None].append(area)

    def find(self, address):
        """Return the territory of an address, or ``None``."""
        states = (address.state, None) if address.state else (None,)
        code = normalise_zip(address.zip)
        for state in states:
            if found := self._find_range(address, state, code):
                return found.territory
        for state in states:
            for area in self._places.get((address.country, state), ()):
                if area.applies_on(address.day):
                    return area.territory
        return None

    def _find_range(self, address, state, code):
        """Return the innermost area of a level that holds the code."""
        innermost = None
        for length in range(len(code) + 1):
            for area in self._ranges.get((address.country, state, code[:length]), ()):
                if holds(area.low, area.high, code) and area.applies_on(address.day):
                    innermost = _inner(innermost, area)
        return innermost


def _inner(first, second):
    if first and relation((first.low, first.high), (second.low, second.high)) == "inside":
        return first
    return second
