"""A backup of the database on another machine, with and without the key."""

import json
import pathlib

from odoo.tests import BaseCase, tagged

from .throwaway import ThrowawayDatabase

PUBLISHED = {
    "Dealer A": [3107.00, 633.50, 2473.50],
    "Dealer B": [3228.50, 0.00, 3228.50],
    "Sub S": [633.50, 0.00, 633.50],
}


@tagged("post_install", "-at_install")
class TestKeyRestore(ThrowawayDatabase, BaseCase):
    def restore(self):
        """Return the name of a database that was restored from a dump of the copy."""
        name = f"{self.name}_restored"
        self.addCleanup(self.run_tool, "dropdb", "--if-exists", "--force", name)
        dump = self.folder / "backup.dump"
        self.run_tool("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", self.name)
        self.run_tool("createdb", name)
        self.run_tool("pg_restore", "--no-owner", f"--dbname={name}", dump)
        return name

    def run_on(self, machine, function, **options):
        """Run a function of restored.py with the data folder of a machine of its own."""
        data = f"--data-dir={self.folder / machine}"
        return self.run_script("restored", function, data, CHANNEL_REBATE_KEY=None, **options)

    def test_with_and_without_the_key(self):
        self.run_on("first", "make")
        (key_file,) = pathlib.Path(self.folder, "first", "channel_rebate").iterdir()
        database = self.restore()
        out = self.run_on(
            "second", "try_out", database=database, KEY_FILE_OF_THE_BACKUP=str(key_file)
        )
        told = json.loads(out.splitlines()[-1])
        self.assertEqual(pathlib.Path(told["path"]).name, key_file.name)
        self.assertTrue(told["path"].startswith(str(self.folder / "second")))
        for text in told["without"]:
            self.assertIn(f"The key of the sealed rates is missing: {told['path']}", text)
        for text in told["wrong"]:
            self.assertIn(f"The key in {told['path']} is not the one", text)
        self.assertEqual(told["made"], [])
        self.assertTrue(told["kept"] and told["unchanged"])
        rates = [1.5, 1.5, 2, 2, 3, 4, 4.5, 5, 5.5]
        self.assertEqual(told["right"], [rates, None, PUBLISHED, None])
        self.assertEqual(told["files"], 2)
