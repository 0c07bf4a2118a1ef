"""Workbooks for spreadsheets, made in memory: what is in them is never on a disk of ours."""

import datetime
import io
from decimal import Decimal

import xlsxwriter

from .paper import text_width

# Widths of columns, in Latin letters.
MIN_WIDTH = 10
MAX_WIDTH = 40
# Rows by which the width of a column is reckoned.
SAMPLE = 200
DATE_FORMAT = "yyyy-mm-dd"


def write_workbook(sheets):
    """Return the bytes of an XLSX file.

    Decimals are numbers, shown with as many decimals as they have, and dates are dates; everything
    else is text, also if it begins with an equals sign: names of partners are anybody's text, and
    no formula.

    :param sheets: ``[(title, headings, rows)]``
    :rtype: bytes

    >>> write_workbook([("Sums", ["Who", "What"], [["=A1", Decimal("2.50")]])])[:2]
    b'PK'
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#EDF2F7", "bottom": 1})
    formats = {}
    for title, headings, rows in sheets:
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(headings):
            sheet.write_string(0, column, text, heading)
            sheet.set_column(column, column, _column_width([text, *_sample(rows, column)]))
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                _write_cell(book, sheet, (number, column), value, formats)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    book.close()
    return stream.getvalue()


def number_format(value):
    """Return the format that shows a decimal with its own decimals; nothing for a text.

    >>> [number_format(Decimal(text)) for text in ("2473.50", "7", "1E+2")]
    ['#,##0.00', '#,##0', '#,##0']
    """
    if not isinstance(value, Decimal):
        return ""
    decimals = max(0, -value.as_tuple().exponent)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _write_cell(book, sheet, place, value, formats):
    code = DATE_FORMAT if isinstance(value, datetime.date) else number_format(value)
    if code and code not in formats:
        formats[code] = book.add_format({"num_format": code})
    if isinstance(value, Decimal):
        sheet.write_number(*place, float(value), formats[code])
    elif code:
        sheet.write_datetime(*place, value, formats[code])
    else:
        sheet.write_string(*place, value)


def _sample(rows, column):
    return [str(row[column]) for row in rows[:SAMPLE]]


def _column_width(texts):
    return min(MAX_WIDTH, max(MIN_WIDTH, *(text_width(text) + 3 for text in texts)))
