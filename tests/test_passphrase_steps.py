"""Each step that needs the passphrase, with it and without, down to the published figures."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.channel_rebate.unlocking import PassphraseNeededError

from .accrual_common import JANUARY, AccrualCase
from .common import ChannelCase, ChannelHttpCase, WorkedExample
from .passphrase_common import ANOTHER, PASSPHRASE, Passphrases

NEEDED = "needs the passphrase of"
WRONG = "This is not the passphrase"
FIGURES = {
    "Dealer A": (3107.00, 633.50, 2473.50),
    "Dealer B": (3228.50, 0, 3228.50),
    "Sub S": (633.50, 0, 633.50),
}
NETS = {name: net for name, (_gross, _passed_on, net) in FIGURES.items()}


class LockedExample(Passphrases, WorkedExample):
    """Everything in draft, in a company with a passphrase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_passphrase()


@tagged("post_install", "-at_install")
class TestPassphraseSealing(LockedExample, ChannelCase):
    def test_keepers_seal_without_it(self):
        """A dealer and his sub-distributor in one selection are compared before they are locked."""
        self.seal(self.agreements)
        self.assertEqual(set(self.agreements.mapped("state")), {"sealed"})
        self.assertEqual(self.locked_of(self.agreements), {True})

    def test_drafts_stay_readable(self):
        self.seal(self.agreement_a)
        self.assertEqual(self.rates_of(self.agreement_b).mapped("rate"), [2, 4.5, 5.5])

    def test_a_sub_distributor_apart_from_his_dealer(self):
        self.seal(self.agreement_a)
        with self.refused(f"Dealer A.*{NEEDED}", PassphraseNeededError):
            self.seal(self.agreement_s)
        with self.refused(WRONG):
            self.step("keeper", self.agreement_s, "action_seal", ANOTHER)
        self.assertEqual(self.agreement_s.state, "draft")
        self.step("keeper", self.agreement_s, "action_seal")
        self.assertEqual(self.agreement_s.state, "sealed")
        self.assertEqual(self.locked_of(self.agreement_s), {True})

    def test_a_sub_distributor_above_his_dealer_is_found(self):
        self.enter_rates(self.agreement_s, ["3", "1", "1"])
        with self.refused("not below the dealer's"):
            self.seal(self.agreements)
        self.seal(self.agreement_a)
        with self.refused("not below the dealer's"):
            self.step("keeper", self.agreement_s, "action_seal")

    def test_a_dealers_new_version_beside_a_sealed_sub_distributor(self):
        self.sign(self.agreements)
        version = self.as_role("keeper", self.agreement_a)._create_version(date(2025, 2, 1))
        self.enter_rates(version, ["3", "4", "1"])
        with self.refused(NEEDED, PassphraseNeededError):
            version.action_seal()
        with self.refused("Sub S.*not below the dealer's"):
            self.step("keeper", version, "action_seal")
        self.enter_rates(version, ["3", "4", "6"])
        self.step("keeper", version, "action_seal")
        with self.refused(NEEDED, PassphraseNeededError):
            version.action_cancel()
        self.step("keeper", version, "action_cancel")
        self.assertEqual(version.state, "cancelled")

    def test_only_the_steps_that_may_ask_and_only_ones_own_rights(self):
        for method in ("unlink", "action_sign", "_seal", "write", "with_user"):
            with self.subTest(method), self.assertRaisesRegex(AccessError, "no such step"):
                self.step("keeper", self.agreement_a, method)
        for role in ("officer", "salesperson", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.step(role, self.agreement_a, "action_seal")

    def test_companies_one_after_another(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["keeper"].company_ids |= other
        period = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=other.id)
        keeper_env = self.model("keeper", "channel.agreement").with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        there = keeper_env.create({"partner_id": self.dealer_b.id, "period_id": period.id})
        api = keeper_env.env["channel.passphrase"]
        ids = [self.agreement_a.id, there.id]
        with self.refused("one after another"):
            api.run_step("channel.agreement", ids, "action_seal", PASSPHRASE)


@tagged("post_install", "-at_install")
class TestPassphraseSettling(LockedExample, ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)

    def amounts(self, preview):
        return {row["name"]: row["net"] for row in preview["rows"]}

    def test_approval(self):
        settlement = self.compute()
        with self.refused(NEEDED, PassphraseNeededError):
            self.as_role("keeper", settlement).action_approve()
        with self.refused(WRONG):
            self.step("keeper", settlement, "action_approve", ANOTHER)
        with self.refused("Only a rate keeper", AccessError):
            self.step("officer", settlement, "action_approve")
        self.step("keeper", settlement, "action_approve")
        self.assertEqual(self.settled_amounts(settlement), FIGURES)
        # What is revealed is under the first-level key again: corrections need no passphrase.
        self.assertEqual(self.locked_of(self.agreements), {False})
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])
        self.make_invoice(self.dealer_b, {"soap": 100})
        correction = self.settle(kind="supplementary")
        self.assertEqual(self.settled_amounts(correction), {"Dealer B": (1138.50, 0, 1138.50)})

    def test_a_part_of_the_partners_leaves_the_others_locked(self):
        settlement = self.compute(dealer_ids=self.dealer_b.ids)
        self.step("keeper", settlement, "action_approve")
        self.assertEqual(self.locked_of(self.agreement_b), {False})
        self.assertEqual(self.locked_of(self.agreement_a | self.agreement_s), {True})

    def test_preview(self):
        for role in ("keeper", "officer"):
            api = self.model(role, "channel.settlement")
            preview = api.get_preview(self.period.id)
            self.assertEqual((preview["is_locked"], preview["rows"]), (True, []))
            self.assertEqual(preview["totals"], [])
            with self.refused(WRONG):
                api.get_preview(self.period.id, ANOTHER)
            self.assertEqual(self.amounts(api.get_preview(self.period.id, PASSPHRASE)), NETS)
            self.assertEqual(api.get_preview(self.period.id)["rows"], [])
        with self.assertRaises(AccessError):
            self.model("accountant", "channel.settlement").get_preview(self.period.id, PASSPHRASE)

    def test_statements_of_a_computed_run_show_nothing(self):
        settlement = self.as_role("officer", self.compute())
        statements = settlement.statement_ids
        self.assertTrue(settlement.is_locked)
        self.assertEqual(set(statements.mapped("is_locked")), {True})
        self.assertEqual(set(statements.mapped("expected_net_amount")), {0})
        self.assertEqual(set(statements.line_ids.mapped("is_locked")), {True})
        self.assertEqual(set(statements.line_ids.mapped("expected_rate")), {0})
        self.assertEqual(set(statements.line_ids.mapped("expected_amount")), {0})

    def test_a_run_that_is_locked_in_part(self):
        """Dealer B's rates are known; A and his sub-distributor are one account."""
        with self.unlocked():
            self.model("keeper", "channel.rate")._unlock(self.agreement_b | self.agreement_s)
        statements = self.as_role("officer", self.compute().statement_ids)
        shown = {r.partner_id.name: (r.is_locked, r.expected_net_amount) for r in statements}
        self.assertEqual(
            shown, {"Dealer A": (True, 0), "Dealer B": (False, 3228.50), "Sub S": (True, 0)}
        )

    def test_amounts_of_a_computed_run(self):
        settlement = self.compute()
        for role in ("keeper", "officer"):
            own = self.as_role(role, settlement)
            self.assertEqual(own.action_show_amounts()["params"], {"settlement_id": settlement.id})
            self.assertEqual(
                (own.get_amounts()["is_locked"], own.get_amounts()["rows"]), (True, [])
            )
            with self.refused(WRONG):
                own.get_amounts(ANOTHER)
            self.assertEqual(self.amounts(own.get_amounts(PASSPHRASE)), NETS)
            self.assertEqual(set(own.statement_ids.mapped("expected_net_amount")), {0})
        for role in ("accountant", "administrator", "salesperson"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, settlement).get_amounts(PASSPHRASE)

    def test_totals(self):
        settlement = self.as_role("officer", self.compute())
        with self.refused(NEEDED, PassphraseNeededError):
            settlement.action_show_totals()
        action = self.step("officer", settlement, "action_show_totals")
        self.assertIn("6,335.50", action["params"]["message"])

    def test_export_is_refused_until_approval(self):
        settlement = self.compute()
        own = self.as_role("officer", settlement)
        for method in (own.action_export, own._prepare_export):
            with self.refused(f"{settlement.name} are locked .*Show Amounts"):
                method()
        self.step("keeper", settlement, "action_approve")
        self.assertEqual(own.action_export()["type"], "ir.actions.act_url")
        self.assertEqual(len(own._prepare_export()), 3)

    def test_nobody_signs_late_beside_an_open_one(self):
        """A second quarter that is locked while the first is revealed."""
        self.step("keeper", self.compute(), "action_approve")
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        later = self.sign(self.make_agreement(self.dealer_a, {"soap": "4"}, period=second))
        self.make_invoice(self.dealer_a, {"soap": 100}, day=date(2025, 4, 2))
        self.assertEqual(self.locked_of(later), {True})
        settlement = self.compute(second)
        self.step("keeper", settlement, "action_approve")
        self.assertEqual(settlement.statement_ids.net_amount, 1012.00)


@tagged("post_install", "-at_install")
class TestPassphraseAccrual(Passphrases, AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_passphrase()

    def run_wizard(self):
        values = {"company_id": self.company.id, "date": JANUARY}
        return self.model("officer", "channel.accrual.run").create(values)

    def test_by_hand(self):
        self.sell()
        wizard = self.run_wizard()
        with self.refused(NEEDED, PassphraseNeededError):
            wizard.action_accrue()
        with self.refused(WRONG):
            self.step("officer", wizard, "action_accrue", ANOTHER)
        self.assertEqual(self.liability(), 0)
        self.step("officer", wizard, "action_accrue")
        self.assertEqual(self.liability(), 2 * 3107.00 + 3228.50)

    @freeze_time("2025-02-03")
    def test_the_scheduled_action_only_reminds(self):
        self.sell()
        Activity = self.env["mail.activity"]
        before = Activity.search([])
        self.model("officer", "channel.accrual")._cron_accrue(self.company.id)
        self.assertEqual(self.liability(), 0)
        reminder = Activity.search([]) - before
        self.assertEqual(reminder.user_id, self.users["officer"])
        self.assertIn("January 2025", reminder.note)
        self.assertIn("locked with a passphrase", reminder.note)
        self.assertNotRegex(reminder.note, r"\d\.\d|,\d{3}")


@tagged("post_install", "-at_install")
class TestPassphraseHttp(LockedExample, ChannelHttpCase):
    def press(self, role, records, method, route="call_button"):
        """Press a button as the browser does; return the answer, or the error."""
        self.authenticate(self.users[role].login, self.users[role].login)
        params = {"model": records._name, "method": method, "args": [records.ids], "kwargs": {}}
        with mute_logger("odoo.http"):
            url = f"/web/dataset/{route}/{records._name}/{method}"
            answer = self.url_open(url, json={"params": params}).json()
        return answer.get("error", {}).get("data") or answer["result"]

    def test_a_button_asks_and_leaves_nothing(self):
        self.sign(self.agreements)
        settlement = self.compute()
        action = self.press("keeper", settlement, "action_approve")
        self.assertEqual(action["tag"], "channel_rebate.passphrase")
        self.assertEqual(action["params"]["ids"], settlement.ids)
        self.assertEqual(settlement.state, "computed")
        self.env.cr.execute("SELECT count(net_amount) FROM channel_statement")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_a_call_does_not_ask(self):
        self.sign(self.agreements)
        settlement = self.compute()
        error = self.press("keeper", settlement, "action_approve", route="call_kw")
        self.assertEqual(
            error["name"], "odoo.addons.channel_rebate.unlocking.PassphraseNeededError"
        )
        self.assertIn(NEEDED, error["message"])
        self.assertEqual(settlement.state, "computed")

    def test_other_errors_and_buttons_stay_as_they_are(self):
        self.sign(self.agreements)
        settlement = self.compute()
        error = self.press("officer", settlement, "action_approve")
        self.assertIn("Only a rate keeper", error["message"])
        self.press("officer", settlement, "action_cancel")
        self.assertEqual(settlement.state, "cancelled")

    def test_in_the_browser(self):
        """The steps are in passphrase_tour.js."""
        self.sign(self.agreements)
        settlement = self.compute()
        self.start_tour(
            f"/odoo/channel.settlement/{settlement.id}", "channel_passphrase", login="test_keeper"
        )
        self.assertEqual(settlement.state, "approved")
        self.assertEqual(self.settled_amounts(settlement), FIGURES)


@tagged("post_install", "-at_install")
class TestPassphraseSettingsBrowser(Passphrases, WorkedExample, ChannelHttpCase):
    def test_set_change_and_remove(self):
        """The steps are in passphrase_tour.js."""
        self.seal(self.agreement_a)
        self.start_tour(
            "/odoo/action-channel_rebate.channel_passphrase_action",
            "channel_passphrase_settings",
            login="test_keeper",
        )
        self.assertFalse(self.env["channel.passphrase.pair"].search([]))
        self.assertEqual(self.locked_of(self.agreement_a), {False})
