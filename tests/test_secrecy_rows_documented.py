"""docs/secrecy.rst has every row, every test that it names, and names every test of a row."""

import pathlib
import re

from odoo.tests import BaseCase, tagged

ROOT = pathlib.Path(__file__).parent.parent
ROW = re.compile(r"^   \* - (\d+)$(.*?)(?=^   \* -|^\S|\Z)", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"test_row_[a-z0-9_]+")
# Ways that can't concern the add-on.
WITHOUT_TEST = {40}


def number_of(name):
    """Return the numbers of the rows that a test is named after."""
    return {int(digits) for digits in re.findall(r"(?<=_)\d\d(?=_)", name)}


@tagged("post_install", "-at_install")
class TestSecrecyRowsDocumented(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = (ROOT / "docs/secrecy.rst").read_text()
        cls.rows = {int(number): TEST.findall(row) for number, row in ROW.findall(text)}
        sources = [path.read_text() for path in (ROOT / "tests").glob("test_secrecy_*.py")]
        cls.tests = re.findall(r"def (test_row_\w+)\(", "".join(sources))

    def test_every_row_is_there(self):
        self.assertEqual(list(self.rows), list(range(1, 69)))

    def test_every_row_has_a_test_that_exists(self):
        self.assertEqual({row for row, names in self.rows.items() if not names}, WITHOUT_TEST)
        for row, names in self.rows.items():
            for name in names:
                with self.subTest(name):
                    self.assertIn(name, self.tests)
                    self.assertIn(row, number_of(name))

    def test_every_test_is_in_its_row(self):
        self.assertEqual(len(self.tests), len(set(self.tests)))
        for name in self.tests:
            with self.subTest(name):
                for row in number_of(name):
                    self.assertIn(name, self.rows[row])
