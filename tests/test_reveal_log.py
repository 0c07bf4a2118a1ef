"""Who looked at which agreement's rates, and when, without values; append-only."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.channel_rebate.tools.chain import entry_hash
from odoo.addons.channel_rebate.tools.vault import Vault

from .secrecy_calls import Call
from .secrecy_common import OUTSIDERS, SecrecyCase, SecrecyHttpCase
from .test_secrecy_http import HttpCalls


class Looks:
    def looks(self, role, way=None):
        """Return the names of the agreements that a user was seen looking at."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        domain = [("user_id", "=", self.users[role].id), *([("way", "=", way)] if way else [])]
        return self.env["channel.rate.look"].search(domain).mapped("agreement_name")

    def names(self, agreements):
        return agreements.mapped("display_name")


@tagged("post_install", "-at_install")
class TestRevealLog(Looks, SecrecyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What making the quarter left is not looked at here.
        cls.env.cr.execute("DELETE FROM channel_rate_look")
        cls.env.invalidate_all()

    def test_reading_rates(self):
        self.as_role("officer", self.rates_of(self.agreement_a, "officer")).read(["rate"])
        self.assertEqual(self.looks("officer", "rates"), self.names(self.agreement_a))

    def test_the_grid_and_the_worked_example(self):
        self.model("keeper", "channel.rate").get_grid(self.period.id)
        dealers = self.agreement_a | self.agreement_b
        self.assertCountEqual(self.looks("keeper", "rates"), self.names(dealers))

    def test_expected_amounts_of_a_dealer_are_a_look_at_his_sub_distributors(self):
        statement = self.statement_of(self.settlement, self.dealer_a)
        self.as_role("officer", statement).read(["expected_net_amount"])
        own = self.agreement_a | self.agreement_s
        self.assertCountEqual(self.looks("officer", "expected"), self.names(own))

    def test_a_preview_that_is_rolled_back(self):
        self.model("officer", "channel.settlement").get_preview(self.period.id)
        self.assertCountEqual(self.looks("officer", "expected"), self.names(self.agreements))

    def test_approval(self):
        self.as_role("keeper", self.settlement).action_approve()
        self.assertCountEqual(self.looks("keeper", "approve"), self.names(self.agreements))

    def test_sealing(self):
        period = self.make_period("2025-04-01", "2025-06-30")
        agreement = self.make_agreement(self.dealer_b, {"soap": "1"}, period=period)
        self.seal(agreement)
        self.assertIn(agreement.display_name, self.looks("keeper", "seal"))

    def test_looks_within_ten_minutes_are_one(self):
        rates = self.rates_of(self.agreement_b, "officer")
        for minutes, count in ((0, 1), (0, 1), (11, 2)):
            self.env.cr.execute(
                "UPDATE channel_rate_look SET happened_on = happened_on - %s",
                [timedelta(0, 60 * minutes)],
            )
            self.env.invalidate_all()
            rates.read(["rate"])
            self.assertEqual(len(self.looks("officer", "rates")), count)

    def test_who_sees_nothing_leaves_no_trace(self):
        for role in OUTSIDERS:
            with self.assertRaises(AccessError):
                self.as_role(role, self.rates).read(["rate"])
            self.as_role(role, self.rates).sudo().read(["rate"])
            with self.subTest(role=role):
                self.assertFalse(self.looks(role))

    def test_entries_hold_no_value(self):
        self.as_role("keeper", self.statements).read(["expected_net_amount"])
        self.as_role("keeper", self.rates).read(["rate", "example"])
        self.looks("keeper")
        self.assertNoSecret(self.env["channel.rate.look"].search([]).read())

    def test_holders_read_and_nobody_writes(self):
        self.as_role("keeper", self.rates).read(["rate"])
        self.looks("keeper")
        entries = self.env["channel.rate.look"].search([])
        for role in OUTSIDERS:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(role, entries).read(["way"])
        for role in ("keeper", "officer"):
            self.assertTrue(self.model(role, "channel.rate.look").search([]))
        for change in (
            lambda: entries[:1].write({"way": "seal"}),
            entries[:1].unlink,
            lambda: entries.create({"way": "seal"}),
            lambda: entries.sudo().copy(),
        ):
            with self.assertRaisesRegex(UserError, "nobody can"):
                change()

    def test_another_company_sees_other_looks(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.as_role("keeper", self.rates).read(["rate"])
        self.looks("keeper")
        self.users["officer"].write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.model("officer", "channel.rate.look").search([]))

    def test_agreement_opens_its_looks(self):
        rates = self.rates_of(self.agreement_a | self.agreement_b, "officer")
        rates.read(["rate"])
        self.looks("officer")
        action = self.as_role("keeper", self.agreement_b).action_open_looks()
        found = self.model("keeper", action["res_model"]).search(action["domain"])
        self.assertEqual(set(found.mapped("agreement_id")), set(self.agreement_b))

    def test_a_deleted_draft_keeps_its_looks(self):
        draft = self.make_agreement(self.make_dealer("Dealer C"), {"soap": "1"})
        name = draft.display_name
        self.rates_of(draft, "officer").read(["rate"])
        self.looks("officer")
        draft.unlink()
        self.assertIn(name, self.looks("officer", "rates"))
        self.assertEqual(self.env["channel.rate.look"]._find_chain_breaks(), [])


@tagged("post_install", "-at_install")
class TestRevealLogChain(Looks, SecrecyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = cls.env["channel.rate.look"].search([], order="number")
        cls.chain = cls.entries[0].chain
        cls.list = cls.model("officer", "channel.rate.look")

    def tamper(self, query, *params):
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def assertBroken(self, number):
        """Check that the chain is found broken at an entry, which the message names."""
        breaks = self.env["channel.rate.look"]._find_chain_breaks()
        self.assertEqual(breaks, [(self.chain, number)])
        with self.assertRaisesRegex(UserError, f"at entry {number} or before"):
            self.list.action_check()

    def test_it_is_whole(self):
        self.assertGreater(len(self.entries), 2)
        self.assertEqual(self.list.action_check()["params"]["type"], "success")

    def test_a_changed_entry(self):
        for column, value in (
            ("user_id", self.users["officer"].id),
            ("way", "accrue"),
            ("agreement_key", 0),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.tamper(
                    f"UPDATE channel_rate_look SET {column} = %s WHERE id = %s",
                    value,
                    self.entries[1].id,
                )
                self.assertBroken(2)
                savepoint.rollback()

    def test_a_changed_time(self):
        self.tamper(
            "UPDATE channel_rate_look SET happened_on = %s WHERE id = %s",
            Datetime.now() - timedelta(2),
            self.entries[0].id,
        )
        self.assertBroken(1)

    def test_a_dropped_entry(self):
        self.tamper("DELETE FROM channel_rate_look WHERE id = %s", self.entries[1].id)
        self.assertBroken(3)

    def test_a_chain_that_was_written_anew(self):
        """Who knows how to hash can rewrite everything, but for the marks of the key."""
        number = self.entries[1].number
        for mark in (None, "0" * 16 + ":" + "0" * 64, Vault(bytes(32)).mac("0" * 64)):
            with self.subTest(mark), self.env.cr.savepoint() as savepoint:
                self.rewrite(mark)
                self.assertBroken(number)
                savepoint.rollback()

    def rewrite(self, mark):
        """Say of the second entry that somebody else looked, and hash all that follow anew."""
        names = ["number", "happened_on", *self.entries._chain_fields]
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT id, chain, %s, previous_hash, entry_hash FROM channel_rate_look "
                "ORDER BY number",
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        rows[1]["user_login"] = "somebody"
        previous = rows[0]["entry_hash"]
        for row in rows[1:]:
            own = entry_hash(previous, self.entries._prepare_chained(row))
            self.tamper(
                "UPDATE channel_rate_look SET user_login = %s, previous_hash = %s, "
                "entry_hash = %s, mac = %s WHERE id = %s",
                *(row["user_login"], previous, own, mark, row["id"]),
            )
            previous = own


@tagged("post_install", "-at_install")
class TestRevealLogHttp(Looks, HttpCalls, SecrecyHttpCase):
    def test_a_look_by_a_browser_is_written_down(self):
        """Also by routes that only read."""
        call = Call("channel.rate", "web_read", [self.rates_of(self.agreement_b).ids, {"rate": {}}])
        self.call_as("officer", call)
        domain = [("user_id", "=", self.users["officer"].id), ("way", "=", "rates")]
        found = self.env["channel.rate.look"].search(domain)
        self.assertEqual(found.mapped("agreement_name"), self.names(self.agreement_b))
