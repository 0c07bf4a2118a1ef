"""What the settings page and the keepers' screen tell of the key: where it is, never what it is."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ChannelCase
from .key_common import OTHER_KEY, KeyFile, id_of

SHOWN = (
    "channel_key_place",
    "channel_key_name",
    "channel_key_status",
    "channel_key_problem",
    "channel_key_since",
    "channel_key_rate_count",
    "channel_key_lost_count",
)


@tagged("post_install", "-at_install")
class TestKeySettings(KeyFile, ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.without_key()
        for name in ("First", "Second"):
            cls.make_agreement(cls.make_dealer(name), {"soap": "1.25", "shampoo": "2.5"})

    def shown(self, role="administrator", model="res.config.settings"):
        """Return what a user of a role reads there."""
        self.env.invalidate_all()
        record = self.model(role, model).new()
        return {name: record[name] for name in SHOWN}

    def assert_shown(self, **values):
        shown = self.shown()
        self.assertEqual({name: shown[f"channel_key_{name}"] for name in values}, values)

    def test_key_in_a_file(self):
        self.assert_shown(
            place=str(self.path), name=self.known_id(), status="right", problem="",
            rate_count=4, lost_count=0,
        )  # fmt: skip
        self.assertEqual(self.shown("keeper", "channel.key"), self.shown())

    def test_since_when(self):
        made = self.shown()["channel_key_since"]
        self.assertTrue(made)
        self.screen.action_rotate()
        event = self.env["channel.key.event"].search([("kind", "=", "rotated")])
        self.assertEqual(self.shown()["channel_key_since"], event.happened_on)

    def test_key_in_a_variable(self):
        self.set_variable("CHANNEL_REBATE_KEY", self.path.read_text())
        self.assert_shown(place="CHANNEL_REBATE_KEY", status="right", problem="")
        self.set_variable("CHANNEL_REBATE_KEY", OTHER_KEY)
        self.assert_shown(place="CHANNEL_REBATE_KEY", status="different")

    def test_key_in_a_file_of_ones_own(self):
        path = self.path.with_name("own.key")
        self.path.rename(path)
        self.set_variable("CHANNEL_REBATE_KEY_FILE", str(path))
        path.chmod(0o640)
        self.assert_shown(place=str(path), status="right", problem="")

    def test_after_a_rotation_the_variable_should_be_moved(self):
        self.set_variable("CHANNEL_REBATE_NEW_KEY", OTHER_KEY)
        self.assert_shown(place=str(self.path), problem="")
        self.screen.action_rotate()
        self.assert_shown(place="CHANNEL_REBATE_NEW_KEY", status="right")
        self.assertIn("to CHANNEL_REBATE_KEY,", self.shown()["channel_key_problem"])

    def test_file_that_others_may_read(self):
        for mode in (0o640, 0o604, 0o660, 0o400):
            self.path.chmod(mode)
            with self.subTest(oct(mode)):
                self.assertIn("set its mode to 0600", self.shown()["channel_key_problem"])
        self.path.chmod(0o600)
        self.assert_shown(problem="")

    def test_missing_and_damaged_file(self):
        path = self.path
        path.write_text("what is this")
        self.assert_shown(status="malformed", place=str(path))
        path.unlink()
        self.assert_shown(status="missing", place=str(path), rate_count=4)
        self.assertIn("Restore it from your backup", self.shown()["channel_key_problem"])

    def test_no_rate_yet(self):
        self.env.cr.execute("DELETE FROM ir_config_parameter WHERE key = 'channel_rebate.key_id'")
        self.env.cr.execute("UPDATE channel_rate SET token = NULL")
        self.assert_shown(status="none", rate_count=0, since=False)

    def test_rates_under_a_lost_key(self):
        self.path.unlink()
        self.screen._declare_lost()
        self.assert_shown(status="right", rate_count=0, lost_count=4)

    def test_never_the_key(self):
        key = base64.b64decode(self.path.read_text())
        forms = {self.path.read_text().strip(), key.hex(), str(key)}
        self.set_variable("CHANNEL_REBATE_NEW_KEY", OTHER_KEY)
        settings = self.model("administrator", "res.config.settings").create({})
        screen = self.model("keeper", "channel.key").create({})
        told = [settings.read(), screen.read(), screen.action_rotate()]
        self.assertEqual(self.known_id(), id_of(OTHER_KEY))
        told += [settings.read(), screen.read(), screen.channel_key_event_ids.read()]
        for form in (*forms, OTHER_KEY, base64.b64decode(OTHER_KEY).hex()):
            self.assertNotIn(form, str(told))

    def test_administrator_sees_and_does_not_act(self):
        settings = Form(self.model("administrator", "res.config.settings"))
        self.assertEqual(settings.channel_key_name, self.known_id())
        for method in ("action_rotate", "action_start_anew", "_declare_lost"):
            with self.subTest(method), self.refused("keeper", AccessError):
                getattr(self.model("administrator", "channel.key"), method)()
        with self.assertRaises(AccessError):
            self.model("administrator", "channel.key.event").search([])

    def test_others_see_nothing(self):
        for role in ("salesperson", "accountant", "officer"):
            for model in ("channel.key", "channel.key.loss", "channel.key.event"):
                with self.subTest(role=role, model=model), self.assertRaises(AccessError):
                    self.model(role, model).search([])
            with self.subTest(role), self.assertRaises(AccessError):
                self.model(role, "res.config.settings").create({})

    def test_menu_is_the_keepers(self):
        menu = self.env.ref("channel_rebate.channel_key_menu").id
        seen = {
            role: menu in self.model(role, "ir.ui.menu")._visible_menu_ids()
            for role in ("keeper", "officer", "salesperson")
        }
        self.assertEqual(seen, {"keeper": True, "officer": False, "salesperson": False})
