"""A forgotten passphrase: what it locked is given up, and new versions settle as published."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RATES_A, RATES_B, RATES_S, WorkedExampleCase
from .passphrase_common import ANOTHER, PASSPHRASE, Passphrases
from .test_key_lost import PUBLISHED


@tagged("post_install", "-at_install")
class TestPassphraseForgotten(Passphrases, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_passphrase()
        cls.sign(cls.agreements)
        cls.fingerprints = cls.agreements.mapped("fingerprint")

    def api(self, role="keeper"):
        return self.model(role, "channel.passphrase")

    def start_anew(self, role="keeper"):
        return self.api(role).start_anew(self.company.id, ANOTHER, ANOTHER)

    def make_versions(self):
        versions = self.env["channel.agreement"]
        rates = (RATES_A, RATES_B, RATES_S)
        for agreement, own in zip(self.agreements, rates, strict=True):
            version = self.as_role("keeper", agreement)._create_version(date(2025, 1, 1))
            self.enter_rates(version, own.values())
            versions |= version
        return versions

    def test_keepers_only_and_only_where_there_is_one(self):
        for role in ("officer", "administrator"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.start_anew(role)
        self.api().remove(self.company.id, PASSPHRASE)
        with self.refused("has no passphrase"):
            self.start_anew()

    def test_it_says_how_many_are_given_up(self):
        self.assertEqual(self.api().get_state()["locked_count"], 3)
        self.start_anew()
        self.assertEqual(self.api().get_state()["locked_count"], 0)

    def test_what_was_locked_is_marked_and_stays_as_it_is(self):
        before = self.payloads(self.agreements)
        self.start_anew()
        self.assertEqual(self.payloads(self.agreements), before)
        self.assertEqual(self.agreements.mapped("fingerprint"), self.fingerprints)
        self.assertEqual(self.agreements.mapped("rates_lost"), [True] * 3)
        self.assertEqual(self.rates_of(self.agreements).mapped("is_lost"), [True] * 9)
        self.assertIn("was forgotten", self.agreement_a.message_ids[:1].body)

    def test_the_old_one_opens_nothing_any_more(self):
        self.start_anew()
        with self.refused("not the passphrase"), self.unlocked():
            self.fail("unlocked")
        with self.unlocked(passphrase=ANOTHER), self.refused("can't be read"):
            self.model("keeper", "channel.rate")._unseal_lines(self.agreement_a.line_ids)

    def test_new_versions_from_the_same_day_settle_as_published(self):
        self.start_anew()
        versions = self.make_versions()
        self.sign(versions)
        self.assertEqual(self.locked_of(versions), {True})
        settlement = self.compute()
        with self.unlocked(passphrase=ANOTHER):
            self.as_role("keeper", settlement).action_approve()
        self.assertEqual(self.settled_amounts(settlement), PUBLISHED)
        self.assertEqual(settlement.statement_ids.agreement_ids, versions)

    def test_rotation_and_removal_afterwards(self):
        self.start_anew()
        versions = self.make_versions()
        self.seal(versions)
        self.env["channel.agreement"]._forget_loss("0" * 16)
        self.assertEqual(self.agreements.mapped("rates_lost"), [True] * 3)
        self.api().remove(self.company.id, ANOTHER)
        self.assertEqual(self.locked_of(versions), {False})
        self.assertEqual(self.locked_of(self.agreements), {True})
        self.set_passphrase()
        self.assertEqual(self.locked_of(versions), {True})

    def test_another_company_keeps_its_own(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.users["keeper"].company_ids |= other
        keeper = self.api().with_context(allowed_company_ids=[self.company.id, other.id])
        keeper.set_first(other.id, PASSPHRASE, PASSPHRASE)
        keeper.start_anew(other.id, ANOTHER, ANOTHER)
        self.assertFalse(any(self.agreements.mapped("rates_lost")))
        with self.unlocked():
            self.assertTrue(
                self.model("keeper", "channel.rate")._unseal_lines(self.agreement_a.line_ids)
            )
