"""Reading a sheet of rates from CSV or XLSX, and checking it without ever quoting a rate."""

import csv
import io
import itertools
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

# Headings as our own template writes them, in the languages that the add-on speaks.
HEADINGS = {
    "line": {"line", "明细行", "行号"},
    "partner": {"partner", "dealer", "合作伙伴", "往来单位", "经销商"},
    "product": {"product", "产品"},
    "start": {"bracket from", "档位起点"},
    "end": {"bracket to", "档位终点"},
    "rate": {"rate", "返利率", "费率"},
}
MAX_ROWS = 200_000
_RATE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{0,4}0*)?)\s*%?")


class RateFileError(Exception):
    """A sheet that cannot be read. ``reason`` is a word: ``type``, ``headings`` or ``size``."""

    def __init__(self, reason, detail=""):
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class RateRow:
    """One row of the sheet; ``number`` is what a spreadsheet shows beside it.

    ``start`` and ``end`` say which sales the rate is for, if the line has tiers. They and ``rate``
    stay out of ``repr`` so that they reach no log; a ``rate`` of ``None`` is an empty cell.
    """

    number: int
    line: str
    partner: str
    product: str
    rate: str | None = field(repr=False)
    start: str = field(default="", repr=False)
    end: str = field(default="", repr=False)


def read_rows(content, filename):
    """Return the :class:`RateRow` list of a file.

    :param content: bytes of the file
    :param filename: its name; ``.xlsx`` is read as a workbook, ``.csv`` and ``.txt`` as text
    :raise RateFileError: not such a file, without the headings, or too long

    >>> rows = read_rows(b"Partner,Product,Rate\\nD01,SOAP,4.5\\n", "rates.csv")
    >>> rows[0].partner, rows[0].product, rows[0].rate
    ('D01', 'SOAP', '4.5')
    """
    if filename.lower().endswith(".xlsx"):
        table = _xlsx_table(content)
    elif filename.lower().endswith((".csv", ".txt")):
        table = _csv_table(content)
    else:
        raise RateFileError("type")
    columns = _columns(table[0] if table else [])
    rows = []
    for number, cells in enumerate(table[1:], 2):
        values = {
            name: cells[index] if index is not None and index < len(cells) else ""
            for name, index in columns.items()
        }
        if any(values.values()):
            rows.append(RateRow(number=number, **{**values, "rate": values["rate"] or None}))
    return rows


def _columns(headings):
    found = {
        name: next((i for i, text in enumerate(headings) if text.lower() in words), None)
        for name, words in HEADINGS.items()
    }
    named = found["line"] is not None or None not in (found["partner"], found["product"])
    if found["rate"] is None or not named:
        raise RateFileError("headings")
    return found


def _csv_table(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RateFileError("type")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    table = [[cell.strip() for cell in row] for row in reader]
    if len(table) > MAX_ROWS:
        raise RateFileError("size", str(MAX_ROWS))
    return table


def _xlsx_table(content):
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        table = [
            [_cell_text(cell.value, cell.number_format) for cell in row]
            for row in itertools.islice(book.worksheets[0].iter_rows(), MAX_ROWS + 1)
        ]
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        SyntaxError,  # what a damaged XML raises
        IndexError,
        KeyError,
        OSError,
        ValueError,
    ):
        raise RateFileError("type") from None
    if len(table) > MAX_ROWS:
        raise RateFileError("size", str(MAX_ROWS))
    return table


def _cell_text(value, number_format="General"):
    """Return a cell as a person sees it, with at most ten decimals.

    A cell formatted as a percentage holds 0.03 where 3 % is shown.

    >>> _cell_text(3.1), _cell_text(12.0), _cell_text(None), _cell_text(0.035, "0.00%")
    ('3.1', '12', '', '3.5')
    """
    if value is None:
        return ""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value).strip()
    # A quoted percent sign is mere decoration and changes no number.
    is_percentage = "%" in re.sub(r'"[^"]*"', "", number_format or "")
    number = Decimal(repr(value)) * (100 if is_percentage else 1)
    return f"{number:.10f}".rstrip("0").rstrip(".")


def parse_rate(text):
    """Return a rate as a decimal, or ``None`` if the text is not a rate.

    A percent sign is allowed and a comma counts as the decimal point. Not a rate are negative
    numbers, those with more than four decimals, and whatever is not written in plain digits.

    >>> parse_rate("4,5 %"), parse_rate("3.14159"), parse_rate("-1"), parse_rate("1e3")
    (Decimal('4.5'), None, None, None)
    """
    match = _RATE.fullmatch(text.strip())
    return Decimal(match[1].replace(",", ".")) if match else None
