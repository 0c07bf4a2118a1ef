"""A script that has a login, a session and no scruples comes away with nothing, before approval."""

import pathlib
import subprocess
import sys
import tempfile

from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .secrecy_common import AMOUNTS, OUTSIDERS, RATES, SecrecyHttpCase

# Who tries what changes the database too; the others are refused like the salesperson.
OPTIONS = {
    "administrator": ["--change"],
    "rights_manager": ["--change"],
    "salesperson": ["--change", "--join"],
}
SCRIPT = pathlib.Path(__file__).parent.parent / "scripts" / "intruder.py"


@tagged("post_install", "-at_install")
class TestSecrecyIntruder(SecrecyHttpCase):
    def intrude(self, role, *options, url=None):
        """Return what the script ended with and what it printed."""
        login = self.users[role].login
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as secrets:
            secrets.write("\n".join((*RATES, *AMOUNTS)))
            secrets.flush()
            command = [sys.executable, "-I", str(SCRIPT), url or self.base_url(), get_db_name()]
            command += [login, login, f"--secrets={secrets.name}", *options]
            with self.allow_requests(all_requests=True), mute_logger("odoo.http", "odoo.sql_db"):
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=600, check=False
                )
        return done.returncode, done.stdout + done.stderr

    def test_outsiders(self):
        for role in OUTSIDERS:
            with self.subTest(role=role):
                code, told = self.intrude(role, *OPTIONS.get(role, ()))
                self.assertEqual(code, 0, told)
                self.assertRegex(told, "call with password +11 ")
                if role == "administrator":
                    self.assertAttacked(told)

    def assertAttacked(self, told):
        """Check that what an administrator may do was done, and ended with an error."""
        self.assertRegex(told, r"call with key +22 +4\b")
        self.assertRegex(told, r"type code +9 +12\b")
        self.assertRegex(told, r"take back +\d+\b")
        self.assertIn("become superuser", told)

    def test_a_keeper_finds_the_secrets(self):
        code, told = self.intrude("keeper")
        self.assertEqual(code, 1, told)
        for way in ("read", "ask secret fields", "press buttons", "export"):
            self.assertIn(f"LEAK by {way}", told)

    def test_a_wrong_password(self):
        self.users["employee"].password = "something else"
        self.assertEqual(self.intrude("employee")[0], 2)

    def test_a_server_elsewhere(self):
        code, told = self.intrude("employee", url="http://192.0.2.1:8069")
        self.assertEqual(code, 2)
        self.assertIn("--elsewhere", told)
