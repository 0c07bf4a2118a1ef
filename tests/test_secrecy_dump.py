"""A dump of the database, taken the minute before approval, holds no rate and no rebate."""

import base64
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import config, exec_pg_environ, find_pg_tool

from .common import KEY
from .secrecy_committed import PENDING, SHEETS
from .secrecy_common import AMOUNTS, RATES, renderings

ROOT = pathlib.Path(__file__).parent.parent


def in_base64(data):
    """Yield what ``data`` looks like within a longer text in base64, wherever it begins there."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data)
        yield text[-(-8 * offset // 6) : 8 * (offset + len(data)) // 6]


def forms_of(data):
    """Return bytes as they are, in base64 and as PostgreSQL writes them."""
    return {data, data.hex().encode(), *in_base64(data)}


def forms_of_number(number):
    """Return a decimal (text) as text, and as a machine stores it."""
    scaled = round(float(number) * 10**4)
    stored = struct.pack(">q", scaled).hex(), struct.pack(">d", float(number)).hex()
    texts = {text.encode() for text in renderings(number)}
    return texts | forms_of(number.encode()) | {text.encode() for text in stored}


NEEDLES = {
    **{number: forms_of_number(number) for number in (*RATES, *AMOUNTS, *PENDING.values())},
    **{name: forms_of(sheet) for name, sheet in SHEETS.items()},
}


def found_in(dump):
    """Return the names of the needles that a dump (bytes) holds, standing for themselves."""
    return {
        name
        for name, forms in NEEDLES.items()
        if any(form in dump and stands_alone(form, dump) for form in forms)
    }


def stands_alone(form, dump):
    """Tell whether digits are found that are no part of a longer number."""
    if not form[:1].isdigit():
        return True
    return bool(re.search(rb"(?<![\w.,:])%s(?!\w)" % re.escape(form), dump))


@tagged("post_install", "-at_install")
class TestSecrecyDump(BaseCase):
    """Tests roll back and pg_dump sees what is committed, so this works on a copy."""

    def setUp(self):
        super().setUp()
        self.name = f"{get_db_name()}_dump_{os.getpid()}"
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.files = pathlib.Path(config.filestore(self.name))
        self.addCleanup(shutil.rmtree, self.files, ignore_errors=True)
        self.addCleanup(self.run_tool, "dropdb", "--if-exists", "--force", self.name)
        template = self.folder / "template.sql"
        self.run_tool("pg_dump", "--no-owner", f"--file={template}", get_db_name())
        self.run_tool("createdb", self.name)
        self.run_tool("psql", "-Xq", f"--file={template}", self.name)

    def run_tool(self, tool, *args):
        command = [find_pg_tool(tool), *args]
        subprocess.run(command, env=exec_pg_environ(), check=True, capture_output=True)

    def dump(self):
        """Return the dump, and after it every file that belongs to the database."""
        path = self.folder / "dump.sql"
        self.run_tool("pg_dump", f"--file={path}", self.name)
        files = [file.read_bytes() for file in self.files.rglob("*") if file.is_file()]
        return b"\n".join([path.read_bytes(), *files])

    def do(self, step):
        """Run a function of secrecy_committed.py in a process of its own."""
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        code += f"from tests.secrecy_committed import {step}; {step}(env)\n"
        command = [sys.executable, "-P", "-m", "odoo", "shell", "-d", self.name, "--no-http"]
        environment = {**os.environ, "CHANNEL_REBATE_KEY": KEY}
        done = subprocess.run(
            [*command, "--log-level=error"],
            input=code, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_dump_before_approval_holds_no_rate(self):
        self.do("compute")
        before = self.dump()
        self.assertEqual(found_in(before), set())
        self.assertIn(b"COPY public.channel_statement ", before)
        self.do("approve")
        # What is revealed is found, so it would have been found before.
        self.assertEqual(found_in(self.dump()), {*RATES, *AMOUNTS})

    def test_the_search_finds_what_it_looks_for(self):
        for name, forms in NEEDLES.items():
            for form in forms:
                with self.subTest(name=name, form=form[:40]):
                    self.assertIn(name, found_in(b"\n1\t" + form + b"\tx\n"))
