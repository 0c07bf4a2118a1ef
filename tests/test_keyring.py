import base64
import os
import pathlib
import stat
import tempfile
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.channel_rebate import keyring
from odoo.addons.channel_rebate.tools.keystore import KeyStoreError, load_key, make_key
from odoo.addons.channel_rebate.tools.vault import key_id

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestKeyInAFile(ChannelCase):
    """The default: no variable set, a file in the data folder."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.startPatcher(patch.object(keyring, "default_folder", lambda: self.folder))
        self.startPatcher(patch.dict(os.environ))
        del os.environ["CHANNEL_REBATE_KEY"]
        parameters = self.env["ir.config_parameter"]
        parameters.search([("key", "=", keyring.KEY_ID_PARAMETER)]).unlink()
        self.agreement = self.make_agreement(self.make_dealer("Dealer"), {"soap": "1.25"})
        self.path = pathlib.Path(
            self.folder, parameters.get_param(keyring.KEY_ID_PARAMETER) + ".key"
        )

    def read_rate(self):
        self.env.invalidate_all()
        return self.rates_of(self.agreement).rate

    def test_first_rate_makes_a_file_for_the_service_user_only(self):
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(self.read_rate(), 1.25)

    def test_second_rate_keeps_the_key(self):
        self.enter_rates(self.agreement, ["2.5"])
        self.assertEqual(
            [file.name for file in pathlib.Path(self.folder).iterdir()], [self.path.name]
        )

    def test_lost_key_names_the_path_and_is_not_replaced(self):
        self.path.unlink()
        with self.refused(f"missing: {self.path}"):
            self.read_rate()
        with self.refused("Restore it from your backup"):
            self.enter_rates(self.agreement, ["2"])
        self.assertFalse(self.path.exists())

    def test_another_key_in_its_place(self):
        self.path.write_text(base64.b64encode(bytes(32)).decode())
        with self.refused("is not the one"):
            self.read_rate()

    def test_damaged_key_file(self):
        self.path.write_text("what is this")
        with self.refused("does not hold a key"):
            self.read_rate()

    def test_wrong_key_in_the_environment(self):
        os.environ["CHANNEL_REBATE_KEY"] = base64.b64encode(bytes(32)).decode()
        with self.refused("CHANNEL_REBATE_KEY is not the one"):
            self.read_rate()

    def test_token_moved_to_another_line_is_named(self):
        other = self.make_agreement(self.make_dealer("Other"), {"soap": "2"})
        self.env.cr.execute(
            """UPDATE channel_rate AS rate SET token = source.token FROM channel_rate AS source
                WHERE rate.agreement_id = %s AND source.agreement_id = %s""",
            [self.agreement.id, other.id],
        )
        with self.refused("Dealer, .*Soap, does not open"):
            self.read_rate()


@tagged("post_install", "-at_install")
class TestKeyStore(ChannelCase):
    def test_key_file_of_ones_own(self):
        with tempfile.TemporaryDirectory() as folder:
            key = os.urandom(32)
            path = pathlib.Path(folder, "own.key")
            path.write_text(base64.b64encode(key).decode())
            environ = {"CHANNEL_REBATE_KEY_FILE": str(path)}
            self.assertEqual(make_key(environ, folder), key)
            self.assertEqual(load_key(environ, folder, key_id(key)), key)
            self.assertEqual([file.name for file in pathlib.Path(folder).iterdir()], ["own.key"])

    def test_short_key_is_refused(self):
        environ = {"CHANNEL_REBATE_KEY": base64.b64encode(b"short").decode()}
        with self.assertRaises(KeyStoreError) as caught:
            make_key(environ, "nowhere")
        self.assertEqual(caught.exception.reason, "malformed")
