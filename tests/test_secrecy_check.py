"""The secrecy check says what weakens the seal, and what to do."""

import os
import pathlib
import tempfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from odoo.addons.channel_rebate.const import HOLDERS
from odoo.addons.channel_rebate.wizards.channel_secrecy_check import CHECKS

from .common import KEY, RATES_A, ChannelCase
from .holder_common import Holders
from .test_secrecy_gate import Typed


@tagged("post_install", "-at_install")
class TestSecrecyCheck(Holders, Typed, ChannelCase):
    def notes(self, role="keeper"):
        """Return ``{title: note}`` of the warnings, as the screen shows them to a role."""
        values = self.model(role, "channel.secrecy.check").default_get(["line_ids"])
        lines = [values for command, _id, values in values["line_ids"] if command == Command.CREATE]
        self.assertEqual(len(lines), len(CHECKS))
        return {line["name"]: line["note"] for line in lines if line["state"] == "warning"}

    def assert_warns(self, title, pattern):
        self.assertRegex(self.notes().get(title, ""), pattern)

    def assert_calm(self, title):
        self.assertNotIn(title, self.notes())

    def set_parameter(self, name, value):
        self.env["ir.config_parameter"].sudo().set_param(name, value)

    # === Who === #

    def test_holders_and_administrators_open_it(self):
        seen = [self.notes(role) for role in ("keeper", "officer", "administrator")]
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0], seen[2])
        for role in ("salesperson", "sales_manager", "accountant"):
            with self.subTest(role), self.refused("not allowed to", AccessError):
                self.model(role, "channel.secrecy.check").create({})

    # === People === #

    def test_too_few_holders(self):
        title = "Two rate keepers and two settlement officers"
        self.assert_warns(title, "1 rate keepers and 1 settlement officers")
        new_test_user(self.env, login="second", groups=HOLDERS)
        self.assert_calm(title)

    def test_a_holder_who_is_an_administrator(self):
        title = "No holder is an administrator"
        self.assert_calm(title)
        self.users["keeper"].group_ids += self.env.ref("base.group_erp_manager")
        self.assert_warns(title, "test_keeper .* can change access rights")

    def test_holders_without_a_second_factor(self):
        title = "Holders log in with two factors"
        self.assert_warns(title, "test_keeper .*, test_officer|test_officer .*, test_keeper")
        for role in ("keeper", "officer"):
            self.users[role].sudo().totp_secret = "JBSWY3DPEHPK3PXP"
        self.assert_calm(title)

    def test_a_holder_whom_nobody_named(self):
        title = "Every holder was named in the ordinary way"
        self.assert_calm(title)
        self.join_by_sql()
        self.assert_warns(title, "does not confirm test_joe")

    def test_a_changed_list(self):
        title = "Append-only lists are unchanged"
        self.assert_calm(title)
        self.env.cr.execute("UPDATE channel_holder_log SET by_login = 'x'")
        self.forget()
        self.assert_warns(title, "channel.holder.log")

    def test_a_check_that_is_switched_off(self):
        title = "Holders and lists are checked every hour"
        cron = self.env.ref("channel_rebate.ir_cron_holder_check")
        cron.nextcall = fields.Datetime.now()
        self.assert_calm(title)
        cron.nextcall -= timedelta(days=2)
        self.assert_warns(title, "did not run for a day")
        cron.write({"nextcall": fields.Datetime.now(), "active": False})
        self.assert_warns(title, "switched off")

    def test_typed_code_on_rates(self):
        title = "No server action or automation acts on sealed data"
        self.assert_calm(title)
        self.make_action("pass", "res.partner")
        self.assert_calm(title)
        self.make_action("pass", "channel.rate")
        self.assert_warns(title, "Curious")

    # === Server === #

    def test_settings_of_the_database(self):
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(hours=1))
        for title, name, bad, good in (
            (
                "Only editors write code in mail templates",
                "mail.restrict.template.rendering",
                "",
                "1",
            ),
            (
                "Nobody records requests",
                "base.profiling_enabled_until",
                later,
                "2020-01-01 00:00:00",
            ),
        ):
            with self.subTest(title):
                self.set_parameter(name, good)
                self.assert_calm(title)
                self.set_parameter(name, bad)
                self.assert_warns(title, "Switch")

    def test_settings_of_the_server(self):
        for title, name, bad in (
            ("The database manager is closed", "list_db", True),
            ("The master password is not the default one", "admin_passwd", "admin"),
        ):
            with self.subTest(title):
                self.assert_calm(title)
                with patch.dict(config.options, {name: bad}):
                    self.assert_warns(title, name)

    def test_debug_log(self):
        title = "The server's log keeps no values"
        self.assert_calm(title)
        with self.assertLogs("odoo.sql_db", "DEBUG"):
            self.assert_warns(title, "odoo.sql_db")

    def test_where_the_key_is(self):
        title = "The key of the rates is in a safe place"
        self.make_agreement(self.make_dealer("Dealer A"), RATES_A)
        self.assert_calm(title)
        files = pathlib.Path(config.filestore(self.env.cr.dbname))
        files.mkdir(parents=True, exist_ok=True)
        for folder, mode, expected in (
            (None, 0o600, ""),
            (None, 0o640, "0600"),
            (files, 0o600, "backup"),
        ):
            with tempfile.TemporaryDirectory(dir=folder) as name:
                path = pathlib.Path(name, "rates.key")
                path.write_text(KEY)
                path.chmod(mode)
                variables = {"CHANNEL_REBATE_KEY": "", "CHANNEL_REBATE_KEY_FILE": str(path)}
                with self.subTest(path), patch.dict(os.environ, variables):
                    self.assertIn(expected, self.notes().get(title, ""))
                    self.assertEqual(bool(expected), title in self.notes())

    def test_no_text_tells_a_secret(self):
        self.make_agreement(self.make_dealer("Dealer A"), RATES_A)
        told = str(self.notes())
        for secret in (KEY, config["admin_passwd"]):
            self.assertNotIn(secret, told)

    def test_the_screen_opens(self):
        action = self.env.ref("channel_rebate.channel_secrecy_check_action")
        model = self.model("administrator", action.res_model)
        fields_spec = {"line_ids": {"fields": {"name": {}, "state": {}, "note": {}}}}
        values = model.onchange({}, [], fields_spec)["value"]
        self.assertEqual(len(values["line_ids"]), len(CHECKS))
        self.assertEqual(values["line_ids"][0][0], Command.CREATE)
