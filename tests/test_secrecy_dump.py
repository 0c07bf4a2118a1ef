"""A dump of the database, taken the minute before approval, holds no rate and no rebate."""

import base64
import re
import struct

from odoo.tests import BaseCase, tagged

from .secrecy_committed import PENDING, SHEETS, TIERS
from .secrecy_common import AMOUNTS, RATES, renderings
from .throwaway import ThrowawayDatabase


def in_base64(data):
    """Yield what ``data`` looks like within a longer text in base64, wherever it begins there."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data)
        yield text[-(-8 * offset // 6) : 8 * (offset + len(data)) // 6]


def forms_of(data):
    """Return bytes in base64 and as PostgreSQL writes them."""
    return {data.hex().encode(), *in_base64(data)}


def forms_of_number(number):
    """Return a decimal (text) as a machine may store it."""
    scaled = struct.pack(">q", round(float(number) * 10**4)).hex()
    double = struct.pack(">d", float(number)).hex()
    return forms_of(number.encode()) | {scaled.encode(), double.encode()}


# The first bracket begins at 0, which is no secret.
BRACKETS = {number for rows in TIERS.values() for row in rows for number in row} - {"0"}
NUMBERS = (*RATES, *AMOUNTS, *PENDING.values(), *BRACKETS)
# Found wherever they are, and found where they are no part of a longer number.
ANYWHERE = {
    **{number: forms_of_number(number) for number in NUMBERS},
    **{name: {sheet, *forms_of(sheet)} for name, sheet in SHEETS.items()},
}
ALONE = {number: {text.encode() for text in renderings(number)} for number in NUMBERS}


def found_in(dump):
    """Return the names of the secrets that a dump (bytes) holds in any form."""
    anywhere = {name for name, forms in ANYWHERE.items() if any(form in dump for form in forms)}
    alone = {name for name, forms in ALONE.items() if any(is_alone(form, dump) for form in forms)}
    return anywhere | alone


def is_alone(digits, dump):
    # The plain search comes first since it is many times faster.
    return digits in dump and re.search(rb"(?<![\w.,:])%s(?!\w)" % re.escape(digits), dump)


@tagged("post_install", "-at_install")
class TestSecrecyDumpSearch(BaseCase):
    def test_every_form_is_found(self):
        rows = [(name, b"z%sz" % form) for name, forms in ANYWHERE.items() for form in forms]
        rows += [(name, b"\t%s\t" % form) for name, forms in ALONE.items() for form in forms]
        for name, text in rows:
            with self.subTest(name=name, text=text[:40]):
                self.assertEqual(found_in(text) & {name}, {name})

    def test_other_numbers_are_not(self):
        self.assertEqual(found_in(b"117.3891 17.38915 1:00:10.6137 a173891"), set())


@tagged("post_install", "-at_install")
class TestSecrecyDump(ThrowawayDatabase, BaseCase):
    """Tests roll back and pg_dump sees what is committed, so this works on a copy."""

    def dump(self):
        """Return the dump, and after it every file that belongs to the database."""
        path = self.folder / "dump.sql"
        self.run_tool("pg_dump", f"--file={path}", self.name)
        files = [file.read_bytes() for file in self.files.rglob("*") if file.is_file()]
        return b"\n".join([path.read_bytes(), *files])

    def test_dump_before_approval_holds_no_rate(self):
        self.run_script("secrecy_committed", "compute")
        before = self.dump()
        self.assertEqual(found_in(before), set())
        self.assertIn(b"COPY public.channel_statement ", before)
        self.run_script("secrecy_committed", "approve")
        # What is revealed is found, so it would have been found before.
        self.assertEqual(found_in(self.dump()), {*RATES, *AMOUNTS})
