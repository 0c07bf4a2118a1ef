"""A committed copy of the test database, for what can't be seen within one transaction."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from odoo.tests.common import get_db_name
from odoo.tools import config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from .common import KEY

ROOT = pathlib.Path(__file__).parent.parent


class Shell:
    """Stands in for Odoo's test case in a script: nothing is rolled back."""

    env = None
    contexts = []

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def startClassPatcher(cls, patcher):
        return patcher.start()

    @classmethod
    def enterClassContext(cls, context):
        # Kept, for a context that nothing refers to any more is over.
        cls.contexts.append(context)
        return context.__enter__()


class ThrowawayDatabase:
    """Mixed into a test case: makes the copy, and removes it afterwards."""

    def setUp(self):
        super().setUp()
        self.name = f"{get_db_name()}_copy_{os.getpid()}"
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

    def run_script(self, module, function, *options, database=None, **variables):
        """Run ``function(env)`` of a module beside this one, by Odoo's shell on the copy.

        :param options: of Odoo's command line
        :param variables: of the environment; ``None`` leaves one out
        :return: what it printed
        """
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        code += f"from tests.{module} import {function}; {function}(env)\n"
        command = [sys.executable, "-P", "-m", "odoo", "shell", "--no-http"]
        command += ["-d", database or self.name, *options]
        variables = {**os.environ, "CHANNEL_REBATE_KEY": KEY, **variables}
        environment = {name: text for name, text in variables.items() if text is not None}
        done = subprocess.run(
            [*command, "--log-level=critical"],
            input=code, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stdout
