"""Copying copies terms; rates only when a keeper asks for it, and never a salt."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PRICES, RATES_A, WorkedExampleCase

CHANGE = date(2025, 2, 1)
TIERS = ((Decimal(0), Decimal(6)), (Decimal(1000), Decimal(7)), (Decimal(2500), Decimal("8.25")))
OTHERS = ("officer", "salesperson", "sales_manager", "accountant", "administrator")


class CopyRatesCase(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soap = cls.as_role("keeper", cls.agreement_a).line_ids[1]
        soap.tier_mode = "marginal"
        cls.model("keeper", "channel.rate")._store_brackets(
            {cls.rates_of(cls.agreement_a)[1]: TIERS}
        )
        cls.sign(cls.agreements)

    def secrets_of(self, agreement):
        lines = agreement.line_ids.sorted(lambda line: (line.sequence, line.id))
        secrets = self.model("keeper", "channel.rate")._unseal_lines(lines)
        return [secrets.get(line.id) for line in lines]

    def assert_copied(self, source, copy):
        """Check that rates are the same, and salts and tokens are not."""
        old, new = self.secrets_of(source), self.secrets_of(copy)
        self.assertEqual([one.brackets for one in new], [one.brackets for one in old])
        salts = {one.salt for one in (*old, *new)}
        self.assertEqual(len(salts), len(old) + len(new))

    def assert_blank(self, copy):
        self.assertEqual(set(self.rates_of(copy).mapped("is_entered")), {False})
        self.assertTrue(copy.line_ids)


@tagged("post_install", "-at_install")
class TestCopyRatesToVersion(CopyRatesCase):
    def test_terms_only_by_itself(self):
        version = self.as_role("keeper", self.agreement_a)._create_version(CHANGE)
        self.assert_blank(version)
        self.assertEqual(version.line_ids.mapped("tier_mode"), ["none", "marginal", "none"])

    def test_wizard_copies_rates_when_asked(self):
        Wizard = self.model("keeper", "channel.agreement.version")
        for agreement, wanted in ((self.agreement_a, True), (self.agreement_b, False)):
            form = Form(Wizard.with_context(default_agreement_id=agreement.id))
            self.assertFalse(form.copy_rates)
            form.date_from = CHANGE
            form.copy_rates = wanted
            version = self.env["channel.agreement"].browse(form.save().action_create()["res_id"])
            if wanted:
                self.assert_copied(agreement, version)
            else:
                self.assert_blank(version)

    def test_sealed_copy_has_a_fingerprint_of_its_own(self):
        version = self.as_role("keeper", self.agreement_a)._create_version(CHANGE, copy_rates=True)
        self.seal(version)
        self.assertFalse(
            set(version.line_ids.mapped("line_hash"))
            & set(self.agreement_a.line_ids.mapped("line_hash"))
        )
        secrets = self.model("keeper", "channel.rate")._unseal_lines(version.line_ids)
        self.assertEqual(self.as_role("keeper", version)._find_broken_seals(secrets), [])

    def test_nobody_else_and_no_elevated_code(self):
        for role in OTHERS:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.agreement_a)._create_version(CHANGE, copy_rates=True)
        elevated = self.as_role("keeper", self.agreement_a).sudo()
        with self.assertRaises(AccessError):
            elevated._create_version(CHANGE, copy_rates=True)
        with self.assertRaises(AccessError):
            self.env["channel.rate"]._copy_rates([(self.agreement_a, self.agreement_b)])
        self.assertEqual(self.agreement_a.version_count, 1)

    def test_the_look_is_logged(self):
        Look = self.model("keeper", "channel.rate.look")
        version = self.as_role("keeper", self.agreement_b)._create_version(CHANGE, copy_rates=True)
        self.assertTrue(version)
        self.env.cr.precommit.run()
        looks = Look.search([("agreement_key", "=", self.agreement_b.id), ("way", "=", "rates")])
        self.assertEqual(looks.user_id, self.users["keeper"])

    def test_form_keeps_both_versions_at_hand(self):
        version = self.as_role("keeper", self.agreement_b)._create_version(CHANGE, copy_rates=True)
        self.sign(version)
        form = Form(self.as_role("salesperson", self.agreement_b))
        papers = [
            (line.version, line.fingerprint, bool(line.signed_paper))
            for line in form.record.version_ids
        ]
        fingerprints = (self.agreement_b.fingerprint, version.fingerprint)
        self.assertEqual(papers, [(1, fingerprints[0], True), (2, fingerprints[1], True)])


@tagged("post_install", "-at_install")
class TestCopyRatesToPeriod(CopyRatesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next_period = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))
        cls.partners = cls.agreements.partner_id

    def create_agreements(self, role="keeper", **options):
        period = self.as_role(role, self.next_period)
        return period._create_agreements(self.partners.with_env(period.env), [], **options)

    def of(self, agreements, partner):
        return agreements.filtered(lambda record: record.partner_id == partner)

    def test_terms_only_by_itself(self):
        self.assert_blank(self.create_agreements())

    def test_rates_of_all_when_asked(self):
        created = self.create_agreements(copy_rates=True)
        for source in self.agreements:
            self.assert_copied(source, self.of(created, source.partner_id))
        self.seal(created)
        self.assertEqual(set(created.mapped("state")), {"sealed"})

    def test_as_many_statements_however_many_there_are(self):
        """Of each partner one more product: no more statements than without it."""
        self.create_agreements(copy_rates=True).with_user(self.users["keeper"]).unlink()
        counts = []
        for partners in (self.dealer_b, self.dealer_a | self.dealer_b):
            pairs = [
                (source, self.make_copy(source))
                for source in self.agreements
                if source.partner_id in partners
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.model("keeper", "channel.rate")._copy_rates(pairs)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def make_copy(self, source):
        """Return a draft with the same terms, in a period of its own."""
        number = len(self.env["channel.period"].search([]))
        period = self.make_period(date(2030 + number, 1, 1), date(2030 + number, 3, 31))
        return self.as_role("keeper", source).copy({"period_id": period.id})

    def test_wizard(self):
        wizard = self.model("keeper", "channel.agreement.create")
        self.assertFalse(wizard.new({}).copy_rates)
        values = {"period_id": self.next_period.id, "partner_ids": self.dealer_b.ids}
        action = wizard.create({**values, "copy_rates": True}).action_create()
        self.assert_copied(self.agreement_b, self.env["channel.agreement"].search(action["domain"]))
        values["partner_ids"] = self.dealer_a.ids
        action = wizard.create({**values, "copy_terms": False, "copy_rates": True}).action_create()
        self.assert_blank(self.env["channel.agreement"].search(action["domain"]))

    def test_what_has_no_rate_or_covers_something_else_is_left_out(self):
        draft = self.make_agreement(
            self.make_dealer("C"), {"soap": "1", "shampoo": None}, period=self.next_period
        )
        third = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        names = ("shampoo", "soap", "toothpaste")
        other = self.make_agreement(draft.partner_id, dict.fromkeys(names), period=third)
        self.model("keeper", "channel.rate")._copy_rates([(draft, other)])
        self.assertEqual(self.rates_of(other).mapped("is_entered"), [False, True, False])
        self.assertEqual(self.rates_of(other)[1].rate, 1)

    def test_no_amounts_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        dealer = self.make_dealer("C")
        source = self.make_agreement(dealer, RATES_A, period=self.next_period)
        self.as_role("keeper", source).line_ids[1].measure = "quantity"
        third = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        copy = self.make_agreement(dealer, dict.fromkeys(PRICES), period=third, currency_id=euro.id)
        self.as_role("keeper", copy).line_ids[1].measure = "quantity"
        self.model("keeper", "channel.rate")._copy_rates([(source, copy)])
        self.assertEqual(self.rates_of(copy).mapped("is_entered"), [True, False, True])

    def test_nobody_else_and_no_elevated_code(self):
        for role in OTHERS:
            with self.subTest(role), self.assertRaises(AccessError):
                self.create_agreements(role, copy_rates=True)
        period = self.as_role("keeper", self.next_period).sudo()
        with self.assertRaises(AccessError):
            period._create_agreements(self.partners, [], copy_rates=True)
        self.assertEqual(self.next_period.agreement_count, 0)

    def test_sealed_agreement_takes_none(self):
        created = self.create_agreements(copy_rates=True)
        self.seal(created)
        with self.refused("is sealed"):
            self.model("keeper", "channel.rate")._copy_rates(
                [(self.agreement_b, self.of(created, self.dealer_b))]
            )


@tagged("post_install", "-at_install")
class TestDuplicate(CopyRatesCase):
    def duplicate(self, agreement):
        return self.as_role("keeper", agreement).copy()

    def test_into_the_next_open_period_and_without_rates(self):
        closed = self.make_period(date(2025, 4, 1), date(2025, 6, 30), state="closed")
        third = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        self.assertTrue(closed)
        for agreement in (self.agreement_a, self.agreement_b):
            copy = self.duplicate(agreement)
            self.assertEqual((copy.period_id, copy.state, copy.version), (third, "draft", 1))
            self.assertEqual(copy.date_from, third.date_from)
            self.assertFalse(copy.fingerprint or copy.signed_paper or copy.is_late)
            self.assert_blank(copy)
            self.assertFalse(any(copy.line_ids.mapped("line_hash")))
        self.assertEqual(self.agreement_a.state, "signed")

    def test_no_period_is_free(self):
        with self.refused("Dealer A has an agreement in each open period from 2025-Q1 on"):
            self.duplicate(self.agreement_a)

    def test_cancelled_one_is_made_anew_in_its_own_period(self):
        agreement = self.seal(self.make_agreement(self.make_dealer("C"), {"soap": "1"}))
        self.as_role("keeper", agreement).action_cancel()
        copy = self.duplicate(agreement)
        self.assertEqual(copy.period_id, self.period)
        self.assert_blank(copy)

    def test_period_of_another_company_is_none(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users["keeper"].company_ids = [Command.link(other.id)]
        self.make_period(date(2025, 4, 1), date(2025, 6, 30), company_id=other.id)
        with self.refused("Open the next period first"):
            self.duplicate(self.agreement_b)
