"""Nobody becomes a holder without every holder getting a message, whatever way he takes."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.channel_rebate.tools.chain import entry_hash

from .common import RATES_A, ChannelCase, ChannelHttpCase
from .holder_common import Holders
from .secrecy_calls import Call
from .test_secrecy_gate import Typed
from .test_secrecy_http import HttpCalls

# Flags by which Odoo leaves messages out; all of them can be sent by a client or set by code.
SILENT = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notify_force_send": False,
    "mail_notify_author": False,
    "mail_notify_author_mention": False,
    "install_mode": True,
    "import_file": True,
    "no_reset_password": True,
    "active_test": True,
    "default_partner_ids": [],
    "default_message_type": "comment",
    "default_active": False,
}


@tagged("post_install", "-at_install")
class TestHolderLog(Holders, Typed, ChannelCase):
    def joined(self, role="keeper", user=None, by="administrator"):
        return ("joined", user or self.joe, role, "form", self.users[by])

    def left(self, role="keeper", user=None):
        return ("left", user or self.joe, role, "form", self.users["administrator"])

    def make_rates(self):
        return self.rates_of(self.make_agreement(self.make_dealer("Dealer A"), RATES_A))

    def run_check(self):
        """Run the check as the scheduled action does."""
        self.env.ref("channel_rebate.ir_cron_holder_check").ir_actions_server_id.run()

    def make_group(self, name, **values):
        return self.model("administrator", "res.groups").create({"name": name, **values})

    # === Ways to become a holder === #

    def test_by_the_form_of_the_user(self):
        for role in self.groups:
            with self.subTest(role), self.noted(self.joined(role)):
                self.join(role)

    def test_by_creating_users(self):
        values = [
            {"name": name, "login": name, "group_ids": [Command.link(self.groups[role].id)]}
            for role, name in (("keeper", "new_a"), ("officer", "new_b"))
        ]
        users = self.model("administrator", "res.users").create(values)
        entries = self.log.search([("user_id", "in", users.ids)], order="number")
        self.assertEqual(entries.mapped("user_id"), users)
        self.assertEqual(entries.mapped("way"), ["form", "form"])
        for entry in entries:
            self.assert_told(self.users["officer"], entry)

    def test_by_the_form_of_the_group(self):
        group = self.as_role("administrator", self.groups["keeper"])
        with self.noted(self.joined()):
            group.write({"user_ids": [Command.link(self.joe.id)]})
        with self.noted(self.left()):
            group.write({"user_ids": [Command.unlink(self.joe.id)]})

    def test_by_a_group_that_implies_it(self):
        team = self.make_group("Team", user_ids=self.joe.ids)
        with self.noted(self.joined()):
            team.write({"implied_ids": [Command.link(self.groups["keeper"].id)]})
        with self.noted(self.left()):
            team.unlink()

    def test_by_a_group_in_between(self):
        between = self.make_group("Between", implied_ids=self.groups["officer"].ids)
        with self.noted(self.joined("officer")):
            self.make_group("Team", user_ids=self.joe.ids, implied_ids=between.ids)

    def test_from_the_side_of_the_implied_group(self):
        team = self.make_group("Team", user_ids=self.joe.ids)
        between = self.make_group("Between", implied_by_ids=team.ids)
        keepers = self.as_role("administrator", self.groups["keeper"])
        with self.noted(self.joined()):
            keepers.write({"implied_by_ids": [Command.link(between.id)]})

    def test_by_a_member_of_a_group_that_implies_it(self):
        team = self.make_group("Team", implied_ids=self.groups["keeper"].ids)
        with self.noted(self.joined()):
            self.as_role("administrator", self.joe).group_ids += team

    def test_by_code_without_any_message(self):
        code = f"""
context = {SILENT!r}
user = env['res.users'].with_context(**context).sudo().browse({self.joe.id})
user.write({{'group_ids': [(4, {self.groups["keeper"].id})]}})
"""
        action = self.make_action(code)
        by_code = ("joined", self.joe, "keeper", "code", self.users["administrator"])
        with self.noted(by_code):
            action.with_context(**SILENT).run()
        self.assertFalse(self.env["channel.rate"].with_user(self.joe)._is_holder())

    def test_typed_code_adds_no_entry_of_its_own(self):
        code = f"""
log = env['channel.holder.log'].sudo()
joe = env['res.users'].browse({self.joe.id})
log._append([dict(log._prepare_entry('joined', user=joe), role='keeper', way='form')])
"""
        with self.noted(), self.refused("Typed code can't say"):
            self.make_action(code).run()

    def test_a_list_that_has_begun_does_not_begin_again(self):
        self.join_by_sql()
        with self.noted():
            self.make_action("env['channel.holder.log'].sudo()._start()").run()
        self.assertFalse(self.log._get_confirmed_roles(self.joe.id))

    def test_messages_that_are_deleted_are_sent_again(self):
        self.join()
        entry = self.log.search([], limit=1)
        self.env.cr.execute("DELETE FROM mail_message WHERE model = 'channel.holder.log'")
        self.forget()
        self.assertFalse(self.messages_to(self.users["officer"], entry))
        self.log._cron_check()
        self.log._cron_check()
        self.assert_told(self.users["officer"], entry)

    def test_by_flags_of_a_client(self):
        joe = self.as_role("administrator", self.joe).with_context(**SILENT)
        with self.noted(self.joined()):
            joe.write({"group_ids": [Command.link(self.groups["keeper"].id)]})

    def test_two_at_once_and_back(self):
        jane = new_test_user(self.env, login="test_jane", groups="base.group_user")
        both = self.joe | jane
        with self.noted(self.joined(), self.joined(user=jane)):
            self.join(user=both)
        with self.noted(self.left(), self.left(user=jane)):
            self.leave(user=both)

    def test_what_changes_no_holder_adds_nothing(self):
        with self.noted():
            self.as_role("administrator", self.joe).group_ids += self.env.ref("base.group_no_one")
            self.make_group("Team", user_ids=self.joe.ids)
            self.log._cron_check()

    # === By SQL === #

    def test_a_row_of_sql_opens_nothing_and_is_found(self):
        rates = self.make_rates().with_user(self.joe)
        self.join_by_sql()
        found = ("joined", self.joe, "keeper", "found", None)
        for expected in ([], [found], []):
            with self.noted(*expected):
                if expected:
                    self.run_check()
            with self.refused("not made a rate keeper .* in the ordinary way", AccessError):
                rates.read(["rate"])
            self.assertEqual(rates.mapped("rate"), [0, 0, 0])

    def test_given_anew_in_the_form_it_opens(self):
        rates = self.make_rates().with_user(self.joe)
        self.join_by_sql()
        found = ("joined", self.joe, "keeper", "found", None)
        with self.noted(found, self.left(), self.joined()):
            self.leave()
            self.join()
        self.assertEqual(rates.mapped("rate"), [3, 4, 5])

    def test_a_holder_whom_sql_takes_out(self):
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE gid = %s AND uid = %s",
            (self.groups["officer"].id, self.users["officer"].id),
        )
        self.forget()
        with self.noted(("left", self.users["officer"], "officer", "found", None)):
            self.log._cron_check()

    def test_an_entry_that_sql_puts_in_confirms_nobody(self):
        self.make_rates()  # and with them the key
        self.join("officer")
        entry = self.log.search([], limit=1)
        row = {**entry._fetch_memberships()[-1], "number": entry.number + 1, "role": "keeper"}
        row["previous_hash"] = entry.entry_hash
        row["entry_hash"] = entry_hash(entry.entry_hash, self.log._prepare_chained(row))
        self.log._insert_rows([row])
        self.join_by_sql()
        self.assertEqual(self.log._get_confirmed_roles(self.joe.id), {"officer"})
        with self.noted(("broken", None, None, "found", None)):
            self.log._cron_check()

    def test_a_changed_entry_confirms_nobody(self):
        self.join("officer")
        self.env.cr.execute(
            "UPDATE channel_holder_log SET role = 'keeper' WHERE user_id = %s", self.joe.ids
        )
        self.join_by_sql()
        self.assertFalse(self.log._get_confirmed_roles(self.joe.id))

    def test_a_name_that_is_given_to_another_group(self):
        """The administrator edits external ids, and so could make any group the keepers'."""
        team = self.make_group("Team", user_ids=self.joe.ids)
        data = self.env["ir.model.data"].search(
            [("module", "=", "channel_rebate"), ("name", "=", "group_rate_keeper")]
        )
        joined = ("joined", self.joe, "keeper", "found", None)
        left = ("left", self.users["keeper"], "keeper", "found", None)
        with self.noted(joined, left):
            self.as_role("administrator", data).res_id = team.id
            self.forget()
            self.log._cron_check()
        self.assertTrue(self.joe.has_group("channel_rebate.group_rate_keeper"))
        self.assertFalse(self.env["channel.rate"].with_user(self.joe)._is_holder())

    # === The list === #

    def test_nobody_changes_or_deletes_an_entry(self):
        entry = self.log.search([], limit=1)
        changes = (
            lambda: entry.write({"by_login": "x"}),
            lambda: entry.with_context(**SILENT).unlink(),
            entry.copy,
            lambda: self.log.create({"event": "left"}),
        )
        for number, change in enumerate(changes):
            with self.subTest(number), self.refused("nobody can make, change or delete"):
                change()

    def test_a_changed_list_is_told_once_a_day(self):
        self.join()
        entry = self.log.search([], limit=1)
        self.env.cr.execute("UPDATE channel_holder_log SET by_login = 'x' WHERE id = %s", entry.ids)
        self.forget()
        with self.noted(("broken", None, None, "found", None)):
            self.log._cron_check()
            self.log._cron_check()
        self.assertIn(f"holders, no. {entry.number}", self.log.search([], limit=1).detail)

    def test_a_deleted_entry_is_told(self):
        self.join()
        self.leave()
        last, first = self.log.search([("user_id", "=", self.joe.id)])
        for entry in (first, last):
            self.env.cr.execute("DELETE FROM channel_holder_log WHERE id = %s", entry.ids)
            self.forget()
            with self.subTest(entry=entry.id), self.noted(("broken", None, None, "found", None)):
                self.log._note_breaks()

    def test_an_emptied_list_confirms_nobody_and_is_told(self):
        self.env.cr.execute("DELETE FROM channel_holder_log")
        self.forget()
        self.assertFalse(self.model("keeper", "channel.rate")._is_holder())
        self.log._cron_check()
        self.assertEqual(self.log.search([])[-1].event, "broken")
        self.assertEqual(set(self.log.search([("event", "=", "joined")]).mapped("way")), {"found"})

    def test_those_who_were_there_before_stay_holders(self):
        self.env.cr.execute("DELETE FROM channel_holder_log")
        self.forget()
        self.log._start()
        self.log._start()
        entries = self.log.search([], order="number")
        self.assertEqual(entries[0].event, "start")
        self.assertEqual(len(entries), 1 + len(self.log._find_members()))
        self.assertTrue(self.model("keeper", "channel.rate")._is_holder())

    def test_one_list_for_all_companies(self):
        company = self.env["res.company"].create({"name": "Second"})
        values = {"company_id": company.id, "company_ids": company.ids}
        far = new_test_user(self.env, login="test_far", groups="base.group_user", **values)
        with self.noted(self.joined(user=far)):
            self.join(user=far)
        for user in (far, self.users["keeper"], self.users["administrator"]):
            found = self.log.sudo(False).with_user(user).search([("user_id", "=", far.id)])
            self.assertEqual(len(found), 1)

    def test_sales_does_not_read_the_list(self):
        for role in ("salesperson", "sales_manager", "accountant"):
            with self.subTest(role), self.refused("not allowed to access", AccessError):
                self.model(role, "channel.holder.log").search([])

    def test_confirming_costs_no_query(self):
        rates = self.model("keeper", "channel.rate")
        rates._is_holder()
        self.log._get_holder_ids()
        with self.assertQueryCount(0):
            self.assertTrue(rates._is_holder())
            self.assertFalse(self.joe._get_channel_accounts({"login": "x", "name": "x"}))

    def test_holders_who_speak_differently_get_a_message_each(self):
        self.users["officer"].lang = "zh_CN"
        with self.noted(self.joined()):
            self.join()
        entry = self.log.search([], limit=1)
        told = [self.messages_to(self.users[role], entry) for role in ("keeper", "officer")]
        self.assertNotEqual(*told)

    def test_a_holder_without_an_address_hinders_nothing(self):
        self.env.ref("base.partner_root").email = False
        self.company.email = False
        self.users["officer"].email = False
        with self.noted(self.joined()):
            self.join()


@tagged("post_install", "-at_install")
class TestHolderLogHttp(Holders, Typed, HttpCalls, ChannelHttpCase):
    def test_whose_session_it_was(self):
        """Code that takes on the name of a keeper is told with whose session it ran in."""
        code = f"""
keeper = env['res.users'].search([('login', '=', 'test_keeper')])
joe = env['res.users'].with_user(keeper).sudo().browse({self.joe.id})
joe.write({{'group_ids': [(4, {self.groups["officer"].id})]}})
"""
        action = self.make_action(code)
        self.env.flush_all()
        with self.noted(("joined", self.joe, "officer", "code", self.users["keeper"])):
            self.call_as("administrator", Call("ir.actions.server", "run", [action.ids]))
        self.assertEqual(self.log.search([], limit=1).session_login, "test_administrator")
