"""Sharing rows out over sheets of paper.

What prints our paper repeats no table heads and knows no page numbers, so that each sheet is made
as a page of its own, with its own head; how many rows fit on it is reckoned here.
"""

import math
import unicodedata


def text_width(text):
    """Return how wide a text is, in Latin letters; a Chinese one is as wide as two.

    >>> text_width("Soap"), text_width("香皂 A")
    (4, 6)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def count_lines(text, width):
    """Return how many lines a text takes in a column of a width in Latin letters.

    >>> count_lines("Soap", 10), count_lines("Toothpaste, mint", 10), count_lines("", 10)
    (1, 2, 1)
    >>> count_lines("One" + chr(10) + "two", 10)
    2
    """
    lines = (text or "").splitlines() or [""]
    return sum(max(1, math.ceil(text_width(line) / width)) for line in lines)


def paginate(heights, *, capacity, head, tail):
    """Share rows out over sheets, in their order. All heights are in the same unit.

    :param list heights: the height of each row
    :param int capacity: what fits on a sheet
    :param int head: what stands above the rows of the first sheet
    :param int tail: what stands below the rows of the last one. It is never torn apart, nor does
        it stand alone: who signs there shall see at least one row on the same sheet.
    :return: a list of lists of positions in ``heights``, one for each sheet

    >>> paginate([1, 1], capacity=10, head=3, tail=4)
    [[0, 1]]
    >>> paginate([1] * 5, capacity=10, head=3, tail=4)
    [[0, 1, 2, 3], [4]]
    >>> paginate([1] * 9, capacity=10, head=3, tail=4)
    [[0, 1, 2, 3, 4, 5, 6], [7, 8]]
    >>> paginate([], capacity=10, head=3, tail=4)
    [[]]

    A row that is higher than a sheet gets one for itself.

    >>> paginate([1, 20, 1], capacity=10, head=3, tail=4)
    [[0], [1], [2]]
    """
    sheets, room = [[]], capacity - head
    for position, height in enumerate(heights):
        if height > room and sheets != [[]]:
            sheets.append([])
            room = capacity
        sheets[-1].append(position)
        room -= height
    if tail > room and len(sheets[-1]) > 1:
        sheets.append([sheets[-1].pop()])
    return sheets
