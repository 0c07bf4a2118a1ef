"""Who accrues and who reads it, by hand and by the scheduled action."""

import json
from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .accrual_common import HUNDRED, JANUARY, RUN, A, AccrualCase, B
from .common import RATES_B


@tagged("post_install", "-at_install")
class TestWhoAccrues(AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=JANUARY)

    def test_officers_only(self):
        for role in self.users.keys() - {"officer"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.accrue(role=role)
        self.accrue()
        step = self.env["channel.accrual"].search([])
        for role in self.users.keys() - {"officer"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, step).action_undo()

    def test_elevated_code_is_refused(self):
        Accrual = self.model("officer", "channel.accrual").sudo()
        with self.assertRaises(AccessError):
            Accrual._accrue(self.company, JANUARY)
        with self.assertRaises(AccessError):
            Accrual._get_pools(self.company, self.period, JANUARY)

    def test_who_reads(self):
        step = self.accrue()[0]
        for role in ("officer", "keeper", "accountant"):
            with self.subTest(role):
                self.assertEqual(self.as_role(role, step).amount, 2 * A + B)
                self.assertEqual(self.as_role(role, self.period).accrued_amount, 2 * A + B)
                self.assertTrue(self.as_role(role, step.move_id).line_ids.mapped("balance"))
        for role in ("salesperson", "sales_manager", "administrator"):
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    self.as_role(role, step).read(["amount"])
                with self.assertRaises(AccessError):
                    self.as_role(role, self.period).read(["accrued_amount"])
                with self.assertRaises(AccessError):
                    self.as_role(role, step.move_id).read(["amount_total"])

    def test_nobody_writes_steps(self):
        step = self.accrue()[0]
        for role in self.users:
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    self.as_role(role, step).write({"amount": 1})
                with self.assertRaises(AccessError):
                    self.as_role(role, step).unlink()

    def test_digests_are_read_by_nobody(self):
        step = self.accrue()[0]
        for role in ("officer", "keeper", "accountant"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, step).read(["basis"])

    def test_nothing_by_partner_is_left_in_the_database(self):
        self.accrue()
        self.env.flush_all()
        self.assertFalse(self.env["channel.statement"].search_count([]))
        self.assertFalse(self.env["channel.statement.line"].search_count([]))
        self.env.cr.execute("SELECT row_to_json(accrual)::text FROM channel_accrual AS accrual")
        (row,) = [json.loads(text) for (text,) in self.env.cr.fetchall()]
        self.assertEqual(set(row["basis"]), {str(dealer.id) for dealer in self.dealers})
        for dealer in self.dealers:
            own = row["basis"][str(dealer.id)]
            # Of which sales it is, and how much they come to: what everybody knows.
            self.assertEqual((set(own), len(own["digest"])), ({"digest", "bases"}, 32))
            self.assertEqual(sorted(own["bases"].values()), [16500, 25300, 32000])
        numbers = {value for value in row.values() if isinstance(value, float)}
        self.assertEqual(numbers, {2 * A + B})

    def test_wizard(self):
        with Form(self.model("officer", "channel.accrual.run")) as form:
            form.date = date(2025, 1, 5)
        action = form.record.action_accrue()
        self.assertIn("Rebate accrual 2025-Q1, January 2025: posted", action["params"]["message"])
        message = form.record.action_accrue()["params"]["message"]
        self.assertIn("2025-Q1: accrued up to", message)
        self.assertEqual(self.accrued(), 2 * A + B)

    def test_off_without_accounts(self):
        self.company.channel_accrual_liability_account_id = False
        with self.refused("are off: choose their journal and accounts"):
            self.accrue()
        self.assertFalse(self.liability())

    def test_wrong_kinds_of_journal_and_account(self):
        wrong = self.env["account.account"].search([("account_type", "=", "liability_payable")])
        with self.refused("current liabilities", ValidationError):
            self.company.channel_accrual_liability_account_id = wrong[0]
        sales = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        with self.refused("miscellaneous entries", ValidationError):
            self.company.channel_accrual_journal_id = sales

    def test_screens_open(self):
        self.accrue()
        for role in ("officer", "keeper", "accountant"):
            steps = self.model(role, "channel.accrual").search([])
            views = steps.get_views([(False, "list"), (False, "form"), (False, "search")])
            with self.subTest(role):
                self.assertTrue(views and steps.read(["name", "amount", "accounting_date"]))
                self.assertTrue(self.as_role(role, self.period).action_open_accruals()["domain"])

    def test_nobody_links_an_entry_of_his_own(self):
        step = self.accrue()[0]
        Move = self.model("accountant", "account.move")
        with self.refused("Only an accrual links"):
            Move.create({"move_type": "entry", "channel_accrual_id": step.id})
        with self.refused("Only an accrual links"):
            Move.with_context(default_channel_accrual_id=step.id).create({"move_type": "entry"})

    def test_officer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["stranger"] = new_test_user(
            self.env,
            login="test_stranger",
            groups="channel_rebate.group_settlement_officer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.env.invalidate_all()
        wizard = self.model("stranger", "channel.accrual.run").create(
            {"company_id": self.company.id, "date": JANUARY}
        )
        with self.assertRaises(AccessError):
            wizard.action_accrue()
        step = self.accrue()[0]
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.as_role("stranger", step).action_undo()
        self.assertFalse(self.model("stranger", "channel.accrual").search([]))

    def test_another_companys_agreements_stay_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        for user in self.users.values():
            user.company_ids |= other
        self.configure(other)
        period = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=other.id)
        for dealer in self.dealers:
            self.sign(self.make_agreement(dealer, RATES_B, period=period))
            self.make_invoice(dealer, {"soap": 100}, day=JANUARY, company_id=other.id)
        self.assertEqual(self.accrue()[0].period_id, self.period)
        step, _reasons = self.accrue(company=other)
        self.assertEqual((step.company_id, step.amount), (other, 3 * 1138.50))
        self.assertEqual((self.liability(), self.liability(other)), (2 * A + B, 3 * 1138.50))
        self.assertEqual(step.move_id.company_id, other)


@tagged("post_install", "-at_install")
class TestScheduledAction(AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=JANUARY)
        cls.officer = cls.users["officer"]
        cls.company.channel_accrual_user_id = cls.officer
        cls.cron = cls.company.channel_accrual_cron_id

    def run_as(self, user):
        """Run the scheduled action as Odoo's cron does, in the name of ``user``."""
        self.cron.ir_actions_server_id.with_user(user).run()

    def notes(self):
        return self.env["mail.activity"].search([("user_id", "=", self.officer.id)])

    def test_configuration_names_the_officer(self):
        self.assertEqual((self.cron.user_id, self.cron.active), (self.officer, True))
        self.assertEqual((self.cron.nextcall.day, self.cron.interval_type), (1, "months"))
        other = new_test_user(
            self.env, login="officer_2", groups="channel_rebate.group_settlement_officer"
        )
        self.company.channel_accrual_user_id = other
        self.assertEqual(self.cron.user_id, other)
        self.company.channel_accrual_user_id = False
        self.assertFalse(self.cron.active)
        self.company.channel_accrual_user_id = other
        self.assertEqual(
            (self.cron.active, self.company.channel_accrual_cron_id), (True, self.cron)
        )

    def test_only_an_officer_of_the_company_is_named(self):
        for role in self.users.keys() - {"officer"}:
            with self.subTest(role), self.refused("choose a settlement officer", ValidationError):
                self.company.channel_accrual_user_id = self.users[role]

    def test_off_when_the_accounts_go(self):
        self.company.channel_accrual_journal_id = False
        self.assertFalse(self.cron.active)

    @freeze_time("2025-02-01 05:00:00")
    def test_accrues_last_month_as_the_officer(self):
        self.run_as(self.officer)
        step = self.env["channel.accrual"].search([])
        self.assertEqual((step.date, step.amount), (JANUARY, 2 * A + B))
        self.assertFalse(self.notes())

    @freeze_time("2025-02-01 05:00:00")
    def test_system_user_can_not_and_the_officers_are_told(self):
        with mute_logger(RUN):
            self.run_as(self.env.ref("base.user_root"))
        self.assertFalse(self.env["channel.accrual"].search([]))
        self.assertIn("Only a settlement officer", self.notes().note)

    @freeze_time("2025-02-01 05:00:00")
    def test_an_officer_no_more(self):
        self.officer.group_ids = [Command.set([self.env.ref("base.group_user").id])]
        other = new_test_user(
            self.env, login="officer_2", groups="channel_rebate.group_settlement_officer"
        )
        with mute_logger(RUN):
            self.run_as(self.officer)
        self.assertFalse(self.env["channel.accrual"].search([]))
        self.assertFalse(self.notes())
        note = self.env["mail.activity"].search([("user_id", "=", other.id)])
        self.assertIn("were not posted", note.summary)
