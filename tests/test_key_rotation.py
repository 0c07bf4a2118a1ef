"""Another key for everything that is sealed: nothing else changes, or nothing at all."""

import base64
import json
import os
import stat

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.rotation import SEALED_MODELS

from .common import RATES_A, RATES_B, ChannelCase
from .key_common import OTHER_KEY, KeyFile, id_of
from .passphrase_common import Passphrases
from .secrecy_committed import csv_sheet
from .throwaway import ThrowawayDatabase


class RotationCase(KeyFile, ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.without_key()
        cls.sealed = cls.seal(cls.make_agreement(cls.make_dealer("Sealed"), RATES_A))
        cls.draft = cls.make_agreement(cls.make_dealer("Draft"), {"soap": None} | RATES_B)
        values = {"period_id": cls.period.id, "filename": "rates.csv"}
        sheet = csv_sheet("DRAFT", RATES_B)
        cls.upload = cls.model("keeper", "channel.rate.import").create(
            {**values, "file": base64.b64encode(sheet)}
        )
        cls.env["channel.rate.look"].sudo()._write_noted()

    def assert_unchanged(self, tokens):
        self.assertEqual(self.tokens(), tokens)
        self.assertEqual(self.key_ids(), {self.known_id()})


@tagged("post_install", "-at_install")
class TestKeyRotation(RotationCase):
    def test_rates_salts_and_fingerprints_stay(self):
        old_id, fingerprint = self.known_id(), self.sealed.fingerprint
        before = self.secrets(self.sealed | self.draft)
        self.screen.action_rotate()
        self.assertEqual(self.secrets(self.sealed | self.draft), before)
        self.assertEqual(self.sealed.fingerprint, fingerprint)
        secrets = self.secrets(self.sealed)
        self.assertEqual(self.as_role("keeper", self.sealed)._find_broken_seals(secrets), [])
        for table in ("channel_rate", "channel_rate_import"):
            self.assertEqual(self.key_ids(table), {self.known_id()})
        self.assertNotEqual(self.known_id(), old_id)

    def test_new_file_beside_the_old_one_and_both_are_told(self):
        old_path = self.path
        told = self.screen.action_rotate()["params"]["message"]
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(set(self.key_files()), {old_path, self.path})
        for part in (str(old_path), str(self.path), "7 rates and sheets"):
            self.assertIn(part, told)

    def test_uploaded_sheet_is_imported_afterwards(self):
        self.screen.action_rotate()
        self.upload.action_import()
        self.assertEqual(len(self.secrets(self.draft)), 3)

    def test_new_rates_are_under_the_new_key(self):
        self.screen.action_rotate()
        self.enter_rates(self.draft, ["1", "2", "3"])
        self.assertEqual(self.key_ids(), {self.known_id()})

    def test_twice(self):
        before = self.secrets(self.sealed)
        self.screen.action_rotate()
        self.screen.action_rotate()
        self.assertEqual(self.secrets(self.sealed), before)
        self.assertEqual(len(self.key_files()), 3)

    def test_key_log_tells_who(self):
        old_id = self.known_id()
        self.screen.action_rotate()
        event = self.env["channel.key.event"].search([], limit=1)
        self.assertRecordValues(
            event,
            [
                {
                    "kind": "rotated",
                    "key_name": self.known_id(),
                    "old_key_name": old_id,
                    "user_login": "test_keeper",
                }
            ],
        )

    def test_every_encrypted_column_is_rotated(self):
        heirs = self.registry.descendants(["channel.token.mixin"], "_inherit")
        self.assertEqual(set(heirs) - {"channel.token.mixin"}, set(SEALED_MODELS))
        columns = {
            name
            for name, model in self.registry.items()
            if name.startswith("channel.") and "token" in model._fields
        }
        self.assertEqual(columns, set(SEALED_MODELS))

    def test_rates_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        self.users["keeper"].company_ids |= company
        period = self.make_period(self.period.date_from, self.period.date_to, company_id=company.id)
        self.make_agreement(self.make_dealer("Elsewhere"), RATES_A, period=period)
        self.users["keeper"].company_ids -= company
        self.screen.action_rotate()
        self.assertEqual(self.key_ids(), {self.known_id()})


@tagged("post_install", "-at_install")
class TestKeyRotationBesideAPassphrase(Passphrases, RotationCase):
    def test_what_is_locked_stays_locked_and_opens_with_it(self):
        before = self.secrets(self.sealed)
        self.set_passphrase()
        self.screen.action_rotate()
        self.assertEqual(self.locked_of(self.sealed), {True})
        with self.refused("need"):
            self.secrets(self.sealed)
        with self.unlocked():
            self.assertEqual(self.secrets(self.sealed), before)

    def test_sealing_goes_on(self):
        self.set_passphrase()
        self.screen.action_rotate()
        self.enter_rates(self.draft, RATES_B.values())
        self.seal(self.draft)
        self.assertEqual(self.locked_of(self.draft), {True})


@tagged("post_install", "-at_install")
class TestKeyRotationRefused(RotationCase):
    def test_only_keepers_rotate(self):
        tokens = self.tokens()
        for role in ("officer", "administrator", "salesperson", "accountant"):
            with self.subTest(role), self.refused("keeper", AccessError):
                self.model(role, "channel.key").action_rotate()
        self.assert_unchanged(tokens)

    def test_no_server_action_rotates_in_a_keepers_name(self):
        tokens = self.tokens()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Rotate",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": f"env['channel.key'].with_user({self.users['keeper'].id}).action_rotate()",
            }
        )
        with self.refused("session of his own", AccessError):
            action.run()
        self.assert_unchanged(tokens)

    def test_missing_or_wrong_key(self):
        tokens, path = self.tokens(), self.path
        rows = [(None, "missing"), (OTHER_KEY, "is not the one"), ("what", "does not hold a key")]
        for content, pattern in rows:
            path.unlink(missing_ok=True)
            if content:
                path.write_text(content)
            with self.subTest(pattern), self.refused(pattern):
                self.screen.action_rotate()
            self.assert_unchanged(tokens)
            self.assertEqual(self.key_files(), [path] if content else [])

    def test_damaged_token_is_named(self):
        rate = self.rates_of(self.sealed)[0]
        self.env.cr.execute(
            "UPDATE channel_rate SET token = token || 'AAAA' WHERE id = %s", [rate.id]
        )
        tokens = self.tokens()
        with self.refused("Sealed, .*Toothpaste, does not open"):
            self.screen.action_rotate()
        self.assert_unchanged(tokens)
        self.assertEqual(self.key_files(), [self.path])

    def test_token_of_an_unknown_key(self):
        rate = self.rates_of(self.sealed)[0]
        token = f"1:{'0' * 16}:AAAA"
        self.env.cr.execute("UPDATE channel_rate SET token = %s WHERE id = %s", [token, rate.id])
        with self.refused("does not open"):
            self.screen.action_rotate()

    def test_nothing_to_rotate(self):
        self.env.cr.execute("DELETE FROM ir_config_parameter WHERE key = 'channel_rebate.key_id'")
        with self.refused("No rate has been stored"):
            self.screen.action_rotate()


@tagged("post_install", "-at_install")
class TestKeyRotationOfChains(RotationCase):
    def test_lists_get_the_mark_of_the_new_key(self):
        self.screen.action_rotate()
        self.env.cr.execute("SELECT DISTINCT split_part(mac, ':', 1) FROM channel_rate_look")
        self.assertEqual(self.env.cr.fetchall(), [(self.known_id(),)])
        self.assertEqual(self.env["channel.rate.look"]._find_chain_breaks(), [])
        self.assertEqual(self.env["channel.key.event"]._find_chain_breaks(), [])

    def test_who_rewrites_a_list_afterwards_is_found_out(self):
        self.screen.action_rotate()
        self.env.cr.execute("UPDATE channel_rate_look SET mac = NULL")
        self.env.cr.execute("UPDATE channel_key_event SET user_login = 'somebody' WHERE number = 1")
        self.assertTrue(self.env["channel.key.event"]._find_chain_breaks())

    def test_broken_list_is_named_and_nothing_rotated(self):
        tokens = self.tokens()
        self.env.cr.execute("UPDATE channel_rate_look SET user_login = 'somebody else'")
        with self.refused("Look at Sealed Rates.*entry 1"):
            self.screen.action_rotate()
        self.assert_unchanged(tokens)
        self.assertEqual(self.key_files(), [self.path])


@tagged("post_install", "-at_install")
class TestKeyRotationByVariable(RotationCase):
    """Today's key comes from the environment, and so does the next one."""

    def setUp(self):
        super().setUp()
        self.set_variable("CHANNEL_REBATE_KEY", self.path.read_text())
        self.path.unlink()
        self.before = self.secrets(self.sealed)

    def test_next_key_is_asked_for(self):
        tokens = self.tokens()
        with self.refused("CHANNEL_REBATE_NEW_KEY, or the path .*CHANNEL_REBATE_NEW_KEY_FILE"):
            self.screen.action_rotate()
        self.assert_unchanged(tokens)
        self.assertEqual(self.key_files(), [])

    def test_same_or_damaged_next_key(self):
        tokens = self.tokens()
        rows = [(os.environ["CHANNEL_REBATE_KEY"], "in use already"), ("what", "does not hold")]
        for text, pattern in rows:
            self.set_variable("CHANNEL_REBATE_NEW_KEY", text)
            with self.subTest(pattern), self.refused(f"CHANNEL_REBATE_NEW_KEY .*{pattern}"):
                self.screen.action_rotate()
            self.assert_unchanged(tokens)

    def test_missing_file_of_the_next_key(self):
        path = f"{self.folder}/next.key"
        self.set_variable("CHANNEL_REBATE_NEW_KEY_FILE", path)
        with self.refused(f"missing: {path}"):
            self.screen.action_rotate()

    def test_rotated_and_moved_at_the_next_restart(self):
        self.set_variable("CHANNEL_REBATE_NEW_KEY", OTHER_KEY)
        self.screen.action_rotate()
        self.assertEqual(self.known_id(), id_of(OTHER_KEY))
        self.assertEqual(self.secrets(self.sealed), self.before)
        # As at the end of the request in which they were read.
        self.env["channel.rate.look"].sudo()._write_noted()
        del os.environ["CHANNEL_REBATE_NEW_KEY"]
        with self.refused("CHANNEL_REBATE_KEY is not the one"):
            self.secrets(self.sealed)
        self.set_variable("CHANNEL_REBATE_KEY", OTHER_KEY)
        self.assertEqual(self.secrets(self.sealed), self.before)
        self.assertEqual(self.key_files(), [])

    def test_from_the_folder_into_the_environment(self):
        key = os.environ.pop("CHANNEL_REBATE_KEY")
        self.path.write_text(key)
        self.set_variable("CHANNEL_REBATE_NEW_KEY", OTHER_KEY)
        self.assertEqual(self.secrets(self.sealed), self.before)
        self.screen.action_rotate()
        self.assertEqual(self.secrets(self.sealed), self.before)


@tagged("post_install", "-at_install")
class TestKeyRotationAtOnce(ThrowawayDatabase, BaseCase):
    def test_no_rate_is_left_under_the_old_key(self):
        """Whoever comes second is stopped, and Odoo runs his request again."""
        told = json.loads(self.run_script("key_at_once", "main").splitlines()[-1])
        self.assertEqual(
            told,
            {
                "rotating twice": ["SerializationFailure", 1],
                "rotation, then a first rate": ["SerializationFailure", 1],
                "a first rate, then rotation": ["ConcurrencyError", 1],
                "a changed rate, then rotation": ["ConcurrencyError", 1],
                "a new agreement, then rotation": ["ConcurrencyError", 1],
                "a sheet, then rotation": ["ConcurrencyError", 1],
                "rotation, then an approval": ["SerializationFailure", 1],
                "again": ["ConcurrencyError", 1],
                "two first rates": ["SerializationFailure", 1],
            },
        )
