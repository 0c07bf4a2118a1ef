"""A passphrase: set, changed, removed; what it locks; and what somebody at the database can do."""

import base64
import logging
import os

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.channel_rebate.gate import run_job
from odoo.addons.channel_rebate.keyring import KEY_ID_PARAMETER, open_vault
from odoo.addons.channel_rebate.tools import lockbox, vault
from odoo.addons.channel_rebate.tools.keystore import KEY_VARIABLE
from odoo.addons.channel_rebate.unlocking import PassphraseNeededError

from .common import RATES_A, WorkedExampleCase
from .passphrase_common import ANOTHER, PASSPHRASE, Passphrases

WRONG = "This is not the passphrase"


@tagged("post_install", "-at_install")
class TestPassphraseSetting(Passphrases, WorkedExampleCase):
    def api(self, role="keeper"):
        return self.model(role, "channel.passphrase")

    def test_what_is_sealed_is_locked_at_once_and_drafts_are_not(self):
        self.sign(self.agreement_a)
        self.seal(self.agreement_s)
        prints = self.agreements.mapped("fingerprint")
        self.set_passphrase()
        self.assertEqual(self.locked_of(self.agreement_a | self.agreement_s), {True})
        self.assertEqual(self.locked_of(self.agreement_b), {False})
        self.assertEqual(self.agreements.mapped("fingerprint"), prints)
        self.assertEqual(self.rates_of(self.agreement_b).mapped("rate"), [2, 4.5, 5.5])

    def test_keepers_only(self):
        for role in ("officer", "administrator", "accountant", "salesperson"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.set_passphrase(role=role)
        self.set_passphrase()
        for role in ("officer", "administrator"):
            for method, texts in (("remove", [PASSPHRASE]), ("change", [PASSPHRASE, ANOTHER] * 2)):
                with self.subTest(role, method=method), self.assertRaises(AccessError):
                    getattr(self.api(role), method)(self.company.id, *texts[:3])
        self.assertEqual(self.api("officer").get_state()["can_edit"], False)
        with self.assertRaises(AccessError):
            self.api("salesperson").get_state()

    def test_too_short_mistyped_or_set_already(self):
        with self.refused("at least 12"):
            self.api().set_first(self.company.id, "too short", "too short")
        with self.refused("differ"):
            self.api().set_first(self.company.id, PASSPHRASE, ANOTHER)
        self.set_passphrase()
        with self.refused("already"):
            self.set_passphrase()

    def test_changing_needs_the_old_one_and_leaves_what_is_locked(self):
        self.seal(self.agreement_a)
        self.set_passphrase()
        before = self.payloads(self.agreement_a)
        with self.refused(WRONG):
            self.api().change(self.company.id, ANOTHER, ANOTHER, ANOTHER)
        self.api().change(self.company.id, PASSPHRASE, ANOTHER, ANOTHER)
        self.assertEqual(self.payloads(self.agreement_a), before)
        with self.refused(WRONG), self.unlocked():
            self.fail("the old passphrase is of no use any more")
        with self.unlocked(passphrase=ANOTHER):
            self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])

    def test_removing_needs_it_and_unlocks_cancelled_ones_as_well(self):
        self.seal(self.agreement_a | self.agreement_b)
        self.set_passphrase()
        self.as_role("keeper", self.agreement_b).action_cancel()
        with self.refused(WRONG):
            self.api().remove(self.company.id, ANOTHER)
        self.api().remove(self.company.id, PASSPHRASE)
        self.assertEqual(self.locked_of(self.agreements), {False})
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])
        self.assertFalse(self.api().get_state()["is_set"])

    def test_a_wrong_one_is_logged_without_its_text(self):
        self.set_passphrase()
        log = self.assertLogs("odoo.addons.channel_rebate.unlocking", "WARNING")
        with self.refused(WRONG), log as logs:
            self.api().remove(self.company.id, ANOTHER)
        self.assertIn(f"by user {self.users['keeper'].id}", logs.output[0])
        self.assertNotIn(ANOTHER, "".join(logs.output))

    def test_no_column_and_no_argument_in_the_log_holds_it(self):
        self.seal(self.agreement_a)
        with self.assertLogs("odoo.service.model", "DEBUG") as logs:
            for model, method, args in (
                ("channel.passphrase", "set_first", [self.company.id, PASSPHRASE, PASSPHRASE]),
                ("channel.settlement", "get_preview", [self.period.id, PASSPHRASE]),
                ("channel.settlement", "search_count", [[("name", "=", "Probe")]]),
            ):
                call_kw(self.model("keeper", model), method, args, {})
        self.assertNotIn(PASSPHRASE, "".join(logs.output))
        self.assertIn("Probe", logs.output[2])
        self.env.cr.execute("SELECT public_key, wrapped_key, mac FROM channel_passphrase_pair")
        self.assertNotIn(PASSPHRASE, str(self.env.cr.fetchall()))

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.seal(self.agreement_a)
        with self.assertRaisesRegex(AccessError, "Choose the company"):
            self.set_passphrase(other)
        self.users["keeper"].company_ids |= other
        here = self.api().with_context(allowed_company_ids=[other.id, self.company.id])
        here.set_first(other.id, ANOTHER, ANOTHER)
        self.assertEqual(self.locked_of(self.agreement_a), {False})
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])
        self.set_passphrase()
        self.assertEqual(self.locked_of(self.agreement_a), {True})
        with self.refused(WRONG), self.unlocked(passphrase=ANOTHER):
            self.fail("the passphrase of another company")


@tagged("post_install", "-at_install")
class TestPassphraseTampering(Passphrases, WorkedExampleCase):
    """Somebody has the database, and even the first-level key, and no passphrase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_passphrase()

    def alter(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.env.invalidate_all()

    def use_key(self, key):
        """Go on with another first-level key (bytes)."""
        self.patch(os, "environ", {**os.environ, KEY_VARIABLE: base64.b64encode(key).decode()})
        self.env["ir.config_parameter"].set_param(KEY_ID_PARAMETER, vault.key_id(key))
        self.env["channel.chain.mixin"]._mark_all_anew(vault.Vault(key))

    def test_the_first_level_key_alone_opens_nothing(self):
        self.seal(self.agreement_a)
        for payload in self.payloads(self.agreement_a):
            with self.assertRaisesRegex(vault.VaultError, "unknown payload version"):
                vault.unpack(payload)
            # A pair of one's own does not help either.
            with self.assertRaisesRegex(lockbox.LockError, "pair"):
                lockbox.unlock(payload, lockbox.make_private(), "channel.rate,1")

    def test_payloads_are_of_one_length(self):
        tiered = self.make_agreement(self.make_dealer("Dealer T"), {"soap": "12.3456"})
        self.seal(self.agreement_a | tiered)
        self.assertEqual(len({*map(len, self.payloads(self.agreement_a | tiered))}), 1)

    def test_another_public_key_locks_nothing(self):
        own = base64.b64encode(lockbox.public_half(lockbox.make_private())).decode()
        self.alter("UPDATE channel_passphrase_pair SET public_key = %s", own)
        with self.refused("replaced or removed"):
            self.seal(self.agreement_a)
        self.assertEqual(self.agreement_a.state, "draft")
        self.assertFalse(self.agreement_a.line_ids[0].line_hash)

    def test_a_pair_of_another_company_locks_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.seal(self.agreement_b)
        self.alter("UPDATE channel_passphrase_pair SET company_id = %s", other.id)
        with self.refused("replaced or removed"):
            self.seal(self.agreement_a)

    def test_a_pair_that_is_gone_does_not_go_unnoticed(self):
        self.seal(self.agreement_a)
        self.alter("DELETE FROM channel_passphrase_pair")
        for _again in range(2):
            with self.refused("replaced or removed"):
                self.seal(self.agreement_b)
            with self.refused("replaced or removed"):
                self.set_passphrase()
            self.env.registry.clear_cache()  # as in a server that was started anew

    def test_a_changed_private_half_is_told(self):
        self.alter("UPDATE channel_passphrase_pair SET wrapped_key = 'AAAA'")
        with self.refused("replaced or removed"), self.unlocked():
            self.fail("unlocked")

    def test_swapped_tokens_do_not_open(self):
        self.seal(self.agreement_a)
        one, two, _three = self.rates_of(self.agreement_a)
        self.alter(
            """UPDATE channel_rate AS own SET token = other.token FROM channel_rate AS other
                WHERE own.id = ANY(%s) AND other.id = ANY(%s) AND own.id != other.id""",
            [one.id, two.id],
            [one.id, two.id],
        )
        with self.refused("Dealer A, .*does not open"), self.unlocked():
            self.rates_of(self.agreement_a).mapped("rate")

    def test_a_swapped_inner_half_does_not_open(self):
        """Somebody with the first-level key moves locked payloads to each other's lines."""
        self.seal(self.agreement_a)
        key = open_vault(self.env)
        lines = self.agreement_a.line_ids
        payloads = self.payloads(self.agreement_a)
        for line, payload in zip(lines, reversed(payloads), strict=True):
            token = key.seal(payload, f"channel.rate,{line.id}")
            self.alter("UPDATE channel_rate SET token = %s WHERE line_id = %s", token, line.id)
        with self.refused("does not open"), self.unlocked():
            self.rates_of(self.agreement_a).mapped("rate")

    def test_nobody_makes_changes_or_deletes_a_pair_by_hand(self):
        pair = self.env["channel.passphrase.pair"].search([])
        for role in ("keeper", "administrator"):
            own = self.as_role(role, pair)
            for change in (
                own.unlink,
                own.sudo().unlink,
                lambda r=own: r.sudo().write({"mac": "x"}),
            ):
                with self.subTest(role), self.assertRaises(UserError):
                    change()
        with self.assertRaises(AccessError):
            self.as_role("keeper", pair).read(["wrapped_key"])

    def test_a_pair_that_is_marked_anew_locks_under_the_new_key(self):
        new = bytes(reversed(range(32)))
        self.env["channel.passphrase.pair"]._mark_anew(vault.Vault(new))
        with self.refused("another key of the server"):
            self.seal(self.agreement_a)
        self.use_key(new)
        self.enter_rates(self.agreement_a, ["3", "4", "5"])
        self.seal(self.agreement_a)
        self.assertEqual(self.locked_of(self.agreement_a), {True})

    def test_with_a_lost_key_a_passphrase_can_be_set_anew(self):
        self.seal(self.agreement_b)
        self.use_key(bytes(reversed(range(32))))
        api = self.model("keeper", "channel.passphrase")
        self.assertTrue(api.get_state()["is_lost"])
        with self.refused("another key of the server"), self.unlocked():
            self.fail("unlocked")
        self.set_passphrase()
        self.assertFalse(api.get_state()["is_lost"])
        self.enter_rates(self.agreement_a, ["3", "4", "5"])
        self.seal(self.agreement_a)
        with self.unlocked():
            self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])


@tagged("post_install", "-at_install")
class TestPassphraseReading(Passphrases, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_passphrase()
        cls.sign(cls.agreements)

    def test_rates_are_shown_as_locked(self):
        rates = self.rates_of(self.agreements, "officer")
        self.assertEqual(set(rates.mapped("is_locked")), {True})
        self.assertEqual(set(rates.mapped("rate")), {0})
        self.assertIn("locked", rates[0].example)
        grid = self.model("officer", "channel.rate").get_grid(self.period.id)
        cells = [cell for row in grid["rows"] for cell in row["cells"].values()]
        self.assertEqual(
            {(c["value"], c["is_locked"], c["is_entered"]) for c in cells}, {(None, True, True)}
        )

    def test_what_needs_them_says_so(self):
        lines = self.agreement_a.line_ids
        with self.assertRaisesRegex(PassphraseNeededError, "Dealer A.* needs the passphrase of"):
            self.model("keeper", "channel.rate")._unseal_lines(lines)
        with self.assertRaises(PassphraseNeededError):
            self.model("keeper", "channel.rate")._unlock(self.agreement_a)

    def test_unlocked_for_one_user_and_one_step(self):
        rates = self.rates_of(self.agreement_a)
        self.assertEqual(rates.mapped("rate"), [0, 0, 0])
        with self.unlocked():
            self.assertEqual(rates.mapped("rate"), [3, 4, 5])
            self.assertEqual(self.as_role("officer", rates).mapped("rate"), [0, 0, 0])
            self.assertEqual(rates.sudo().mapped("rate"), [0, 0, 0])
        self.assertEqual(rates.mapped("rate"), [0, 0, 0])

    def test_forgotten_after_an_error_too(self):
        rates = self.rates_of(self.agreement_a)
        with self.assertRaises(ZeroDivisionError), self.unlocked():
            rates.mapped("rate")
            raise ZeroDivisionError
        self.assertEqual(rates.mapped("rate"), [0, 0, 0])

    def test_only_what_was_opened_is_in_the_log_of_looks(self):
        Look = self.env["channel.rate.look"]
        self.env.cr.precommit.run()
        before = Look.search([])
        self.rates_of(self.agreements, "officer").mapped("rate")
        self.env.cr.precommit.run()
        self.assertEqual(Look.search([]), before)
        with self.unlocked("officer"):
            self.rates_of(self.agreement_a, "officer").mapped("rate")
        self.env.cr.precommit.run()
        self.assertEqual((Look.search([]) - before).agreement_id, self.agreement_a)

    def test_typed_code_within_an_unlocked_step_gets_nothing(self):
        code = """
keeper = env['res.users'].search([('login', '=', 'test_keeper')])
rates = env['channel.rate'].with_user(keeper).sudo(False).search([])
raise UserError(str(rates.mapped('rate')))
"""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Curious",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": code,
            }
        )
        with self.unlocked():
            for run in (action.with_user(self.users["keeper"]).run, action.run):
                with self.assertRaisesRegex(AccessError, "open to rate keepers"):
                    run_job(run)
            self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])

    def test_typed_code_makes_no_pair_that_passes(self):
        code = "env['channel.passphrase.pair']._prepare_keys(env.company, b'1' * 32, 'x' * 12)"
        action = self.env["ir.actions.server"].create(
            {
                "name": "Curious",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": code,
            }
        )
        with self.assertRaisesRegex(AccessError, "Only a rate keeper himself"):
            action.with_user(self.users["keeper"]).run()


@tagged("post_install", "-at_install")
class TestNoPassphrase(Passphrases, WorkedExampleCase):
    def test_nothing_is_asked_of_the_database(self):
        """Once it is known that there is none, no statement is about passphrases."""
        self.seal(self.agreement_b)
        queries = []
        with self.assertLogs("odoo.sql_db", logging.DEBUG) as logs:
            self.sign(self.agreement_a | self.agreement_s)
            self.settle()
            queries = [text for text in logs.output if "channel_passphrase" in text]
        self.assertEqual(queries, [])
        self.assertEqual(self.locked_of(self.agreements), {False})
        self.assertEqual(
            self.rates_of(self.agreement_a).mapped("rate"), [*map(float, RATES_A.values())]
        )
