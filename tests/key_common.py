"""The key in a file of a folder of the test's own, as it is without any variable."""

import base64
import os
import pathlib
import tempfile
from unittest.mock import patch

from odoo.addons.channel_rebate import keyring
from odoo.addons.channel_rebate.tools.vault import key_id

OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


class KeyFile:
    """Mixed into a test case: no key is known yet, and the first rate makes a file."""

    @classmethod
    def without_key(cls):
        """Forget key and variable; call it before the first rate is stored."""
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.startClassPatcher(patch.object(keyring, "default_folder", lambda: cls.folder))
        cls.startClassPatcher(patch.dict(os.environ))
        del os.environ["CHANNEL_REBATE_KEY"]
        parameters = cls.env["ir.config_parameter"]
        parameters.search([("key", "=", keyring.KEY_ID_PARAMETER)]).unlink()

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ))
        self.kept = {file: file.read_bytes() for file in self.key_files()}
        self.addCleanup(self.put_key_files_back)

    def put_key_files_back(self):
        for file in self.key_files():
            file.unlink()
        for file, content in self.kept.items():
            file.write_bytes(content)
            file.chmod(0o600)

    def key_files(self):
        return sorted(pathlib.Path(self.folder).iterdir())

    def known_id(self):
        return keyring.read_key_id(self.env)

    @property
    def path(self):
        return pathlib.Path(self.folder, f"{self.known_id()}.key")

    @property
    def screen(self):
        """The keepers' screen of the key."""
        return self.model("keeper", "channel.key")

    def set_variable(self, name, text):
        os.environ[name] = text

    def tokens(self, table="channel_rate"):
        self.env.cr.execute(f"SELECT id, token FROM {table} WHERE token != ''")
        return dict(self.env.cr.fetchall())

    def key_ids(self, table="channel_rate"):
        """Return the ids of the keys that a table's tokens are sealed with."""
        return {token.split(":")[1] for token in self.tokens(table).values()}

    def secrets(self, agreements):
        """Return rates and salts by line, as a settlement reads them."""
        lines = agreements.line_ids
        return self.model("keeper", "channel.rate")._unseal_lines(lines)


def id_of(text):
    return key_id(base64.b64decode(text))
