"""Who gets at a holder's account could act in his name: every holder is told of it."""

from odoo import http
from odoo.fields import Command
from odoo.tests import tagged

from .common import ChannelCase, ChannelHttpCase
from .holder_common import Holders
from .secrecy_calls import Call
from .test_secrecy_gate import Typed
from .test_secrecy_http import HttpCalls


@tagged("post_install", "-at_install")
class TestHolderAlarms(Holders, Typed, ChannelCase):
    def alarm(self, event, role="keeper", by="administrator", way="form"):
        return (event, self.users[role], None, way, self.users[by])

    def reset_by_wizard(self, users):
        wizard = self.model("administrator", "change.password.wizard").create(
            {
                "user_ids": [
                    Command.create(
                        {"user_id": user.id, "user_login": user.login, "new_passwd": "S3cret-new"}
                    )
                    for user in users
                ]
            }
        )
        wizard.change_password_button()

    # === Passwords === #

    def test_passwords_set_by_the_wizard(self):
        """Of three users two are holders."""
        users = self.users["keeper"] | self.joe | self.users["officer"]
        with self.noted(self.alarm("password"), self.alarm("password", "officer")):
            self.reset_by_wizard(users)

    def test_a_password_that_is_written(self):
        keeper = self.as_role("administrator", self.users["keeper"])
        with self.noted(self.alarm("password")):
            keeper.write({"password": "S3cret-new"})

    def test_a_password_set_by_a_link(self):
        """Whoever reads the e-mail, or makes a link, sets it as nobody in particular."""
        self.users["keeper"].partner_id.signup_prepare()
        token = self.users["keeper"].partner_id.sudo()._generate_signup_token()
        public = self.env.ref("base.public_user")
        users = self.env["res.users"].with_user(public).sudo()
        with self.noted(("password", self.users["keeper"], None, "form", public)):
            users.signup({"password": "S3cret-new"}, token)

    def test_a_password_set_by_code_in_his_name(self):
        keeper = self.users["keeper"]
        code = f"user = env['res.users'].browse({keeper.id})\n"
        code += "user.with_user(user).sudo().write({'password': 'S3cret-new'})"
        with self.noted(self.alarm("password", by="keeper", way="code")):
            self.make_action(code).run()

    def test_his_own_password_is_no_alarm(self):
        users = self.model("keeper", "res.users")
        before = self.log.search([], limit=1)
        users.change_password("test_keeper", "S3cret-new")
        users.change_password("S3cret-new", "S3cret-newer")
        entries = self.log.search([("id", ">", before.id)])
        self.assertEqual(entries.mapped("event"), ["own_password"] * 2)
        for entry in entries:
            self.assertFalse(self.messages_to(self.users["officer"], entry))
        with self.noted():
            self.log._cron_check()

    def test_the_password_of_others_is_no_alarm(self):
        with self.noted():
            self.reset_by_wizard(self.joe | self.users["accountant"])

    def test_who_is_no_holder_any_more_is_no_alarm(self):
        self.leave(user=self.users["keeper"])
        with self.noted():
            self.reset_by_wizard(self.users["keeper"])

    def test_a_password_set_by_sql(self):
        self.env.cr.execute(
            "UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s)"
            " WHERE id IN %s",
            (self.users["administrator"].id, (self.users["keeper"].id, self.joe.id)),
        )
        self.forget()
        self.as_role("administrator", self.users["keeper"]).login = "mary"  # hides nothing
        with self.noted(("password", self.users["keeper"], None, "found", None)):
            self.log._cron_check()
            self.log._cron_check()

    def test_a_passkey_made_for_him(self):
        keys = self.env["auth.passkey.key"]
        for user in (self.users["keeper"], self.joe):
            keys.with_user(user).sudo().create({"name": "x", "credential_identifier": user.login})
        with self.noted(("passkey", self.users["keeper"], None, "found", None)):
            self.log._cron_check()
            self.log._cron_check()

    # === Accounts === #

    def test_logins_and_addresses_changed_by_others(self):
        keeper = self.as_role("administrator", self.users["keeper"])
        with self.noted(self.alarm("login")):
            keeper.login = "mary"
        with self.noted(self.alarm("email")):
            keeper.email = "mine@example.com"
        with self.noted(self.alarm("email")):
            keeper.partner_id.email = "mine.too@example.com"
        self.assertIn("mine@example.com → mine.too", self.log.search([], limit=1).detail)

    def test_another_partner_for_his_user(self):
        partner = self.env["res.partner"].create({"name": "Mine", "email": "mine@example.com"})
        with self.noted(self.alarm("email")):
            self.as_role("administrator", self.users["keeper"]).partner_id = partner

    def test_his_own_address_is_no_alarm(self):
        with self.noted():
            self.as_role("keeper", self.users["keeper"]).email = "mary@example.com"
            self.as_role("administrator", self.users["accountant"]).email = "x@example.com"

    def test_archived_and_unarchived(self):
        both = self.as_role("administrator", self.users["keeper"] | self.joe)
        with self.noted(self.alarm("archived")):
            both.action_archive()
        with self.noted(self.alarm("unarchived")):
            both.action_unarchive()

    def test_an_api_key_made_by_code(self):
        keeper = self.users["keeper"]
        code = f"""
keys = env['res.users.apikeys'].with_user({keeper.id}).sudo()
keys._generate(None, 'mine', datetime.datetime.now() + datetime.timedelta(days=1))
"""
        with self.noted(self.alarm("api_key", by="keeper", way="code")):
            self.make_action(code).run()

    def test_two_factor_authentication_switched_off(self):
        keeper_sudo = self.users["keeper"].with_user(self.users["administrator"]).sudo()
        with self.noted():
            keeper_sudo.totp_secret = "JBSWY3DPEHPK3PXP"
        with self.noted(self.alarm("second_factor")):
            keeper_sudo.write({"totp_secret": False})


@tagged("post_install", "-at_install")
class TestHolderAlarmsHttp(Holders, HttpCalls, ChannelHttpCase):
    def test_his_own_session(self):
        """Logging in is no alarm, also if it renews the hash of the password."""
        self.env["ir.config_parameter"].sudo().set_param("password.hashing.rounds", 610_000)
        last = self.log.search([], limit=1)
        change = Call("res.users", "change_password", ["test_keeper", "S3cret-new"])
        self.call_as("keeper", change)
        entries = self.log.search([("id", ">", last.id)])
        self.assertEqual(set(entries.mapped("event")), {"own_password"})

    def test_a_link_to_a_new_password(self):
        keeper = self.users["keeper"]
        url = keeper.partner_id._get_signup_url_for_action()[keeper.partner_id.id]
        self.authenticate(None, None)
        password = {"password": "S3cret-new", "confirm_password": "S3cret-new"}
        form = {**password, "token": url.partition("token=")[2].partition("&")[0], "name": "x"}
        form = {**form, "login": keeper.login, "csrf_token": http.Request.csrf_token(self)}
        with self.noted(("password", keeper, None, "form", self.env.ref("base.public_user"))):
            self.url_open("/web/reset_password", data=form)
