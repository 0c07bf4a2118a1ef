"""New versions of agreements: who makes them, from which day, and what they must not break."""

from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.channel_rebate.tools.ratefile import RateRow

from .common import RATES_A, RATES_B, RATES_S, WorkedExampleCase
from .test_ledger_versions import BEFORE, CHANGE, VersionCase

END = date(2025, 3, 31)
MARCH = date(2025, 3, 1)


class AgreementVersionCase(WorkedExampleCase, VersionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)

    def new_version(self, agreement, day=CHANGE, **values):
        """Return the version that the keeper makes with the button and the wizard."""
        action = self.as_role("keeper", agreement).action_new_version()
        wizard = self.model("keeper", action["res_model"]).with_context(**action["context"])
        opened = wizard.create({"date_from": day, **values}).action_create()
        return self.env["channel.agreement"].browse(opened["res_id"])

    def assert_spans(self, agreements, spans):
        self.env.invalidate_all()
        self.assertEqual([(own.date_from, own.date_until) for own in agreements], spans)


@tagged("post_install", "-at_install")
class TestNewVersion(AgreementVersionCase):
    def test_copied_terms_and_no_rates(self):
        for first in (self.agreement_a, self.agreement_b):
            version = self.new_version(first)
            self.assertRecordValues(
                version,
                [
                    {
                        "partner_id": first.partner_id.id,
                        "period_id": first.period_id.id,
                        "version": 2,
                        "state": "draft",
                        "date_from": CHANGE,
                        "fingerprint": False,
                        "rate_count": 0,
                    }
                ],
            )
            self.assertEqual(version.line_ids.product_id, first.line_ids.product_id)
            rates = self.rates_of(version)
            self.assertEqual(set(rates.mapped("is_entered")), {False})
            self.assertFalse(self.model("keeper", "channel.rate")._unseal_lines(version.line_ids))

    def test_without_copied_terms(self):
        self.assertFalse(self.new_version(self.agreement_a, copy_terms=False).line_ids)

    def test_signed_version_follows_and_leaves_the_first_as_it_was(self):
        header = self.agreement_a.seal_header
        version = self.new_version(self.agreement_a)
        self.enter_rates(version, RATES_A.values())
        self.assert_spans(self.agreement_a | version, [(self.period.date_from, END), (CHANGE, END)])
        self.seal(version)
        self.assert_spans(
            self.agreement_a | version, [(self.period.date_from, BEFORE), (CHANGE, END)]
        )
        self.sign(version)
        self.assertEqual((version.state, self.agreement_a.state), ("signed", "signed"))
        self.assertEqual(self.agreement_a.seal_header, header)
        self.assertNotEqual(version.fingerprint, self.agreement_a.fingerprint)
        secrets = self.model("keeper", "channel.rate")._unseal_lines(
            (self.agreement_a | version).line_ids
        )
        self.assertEqual((self.agreement_a | version)._find_broken_seals(secrets), [])
        self.assertEqual(self.agreement_a.version_ids, self.agreement_a | version)
        self.assertEqual(self.agreement_b.version_ids, self.agreement_b)

    def test_next_version_cuts_the_one_before(self):
        versions = self.agreement_b
        for day in (CHANGE, MARCH):
            versions |= self.seal(self.make_version(versions[-1], RATES_B, day=day))
        self.assert_spans(
            versions,
            [(self.period.date_from, BEFORE), (CHANGE, date(2025, 2, 28)), (MARCH, END)],
        )

    def test_only_keepers(self):
        for role in ("officer", "salesperson", "sales_manager", "accountant", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.agreement_a).action_new_version()
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.agreement_a)._create_version(CHANGE)
        self.assertEqual(self.agreement_a.version_count, 1)

    def test_form_suggests_today_while_the_period_runs(self):
        Wizard = self.model("keeper", "channel.agreement.version")
        with freeze_time("2025-02-20"):
            form = Form(Wizard.with_context(default_agreement_id=self.agreement_a.id))
        self.assertEqual(form.date_from, date(2025, 2, 20))

    def test_over_period_suggests_nothing(self):
        Wizard = self.model("keeper", "channel.agreement.version")
        form = Form(Wizard.with_context(default_agreement_id=self.agreement_a.id))
        self.assertFalse(form.date_from)

    def test_button_shows_where_it_works(self):
        self.assertTrue(self.agreement_a.can_have_version)
        version = self.new_version(self.agreement_a)
        self.env.invalidate_all()
        self.assertFalse(self.agreement_a.can_have_version)
        self.assertFalse(version.can_have_version)
        self.assertTrue(self.agreement_b.can_have_version)


@tagged("post_install", "-at_install")
class TestVersionRefused(AgreementVersionCase):
    def test_day(self):
        for day in (date(2025, 1, 1), date(2024, 12, 31), date(2025, 4, 1)):
            for agreement in (self.agreement_a, self.agreement_b):
                name = agreement.display_name
                with self.subTest(day), self.refused(f"{name} applies from 01/01/2025 on.*03/31"):
                    self.new_version(agreement, day)
        self.assertTrue(self.new_version(self.agreement_a, date(2025, 1, 2)))
        self.assertTrue(self.new_version(self.agreement_b, END))

    def test_later_version_is_live(self):
        version = self.new_version(self.agreement_a)
        with self.refused(r"has a later version already: open 2025-Q1 · Dealer A \(v2\)"):
            self.new_version(self.agreement_a, MARCH)
        with self.refused(r"Dealer A \(v2\) is not sealed yet: change it as it is"):
            self.new_version(version, MARCH)
        self.assertTrue(self.new_version(self.agreement_b, MARCH))

    def test_cancelled_version_gives_its_number_back(self):
        version = self.as_role("keeper", self.new_version(self.agreement_a))
        version.action_cancel()
        with self.refused("is cancelled: make a new agreement"):
            self.new_version(version, MARCH)
        self.assertEqual(self.new_version(self.agreement_a, MARCH).version, 2)

    def test_settled(self):
        settlement = self.settle(dealer_ids=self.dealer_a.ids)
        for agreement in (self.agreement_a, self.agreement_s):
            with self.refused(f"is settled by {settlement.name}: reverse that first"):
                self.new_version(agreement)
        self.assertTrue(self.new_version(self.agreement_b))
        self.as_role("keeper", settlement).action_reverse()
        self.assertTrue(self.new_version(self.agreement_a))

    def test_draft_is_not_sealed_after_the_settlement(self):
        version = self.new_version(self.agreement_a)
        self.enter_rates(version, RATES_A.values())
        self.settle(dealer_ids=self.dealer_a.ids)
        with self.refused("is settled by .*: reverse that first"):
            self.seal(version)

    def test_closed_period(self):
        self.period.action_close()
        with self.refused("2025-Q1 is closed. Reopen it first"):
            self.new_version(self.agreement_a)

    def test_moved_sub_distributor(self):
        self.sub_s._move_to_channel_dealer(self.dealer_b, CHANGE)
        with self.refused("Sub S buys from Dealer B on that day.*choose a day before he moved"):
            self.new_version(self.agreement_s)
        self.assertEqual(
            self.new_version(self.agreement_s, BEFORE).dealer_agreement_id, self.agreement_a
        )

    def test_dates_stay_in_their_order(self):
        version = self.as_role("keeper", self.new_version(self.agreement_a))
        with self.refused("a new version has to begin later"):
            version.date_from = self.period.date_from
        version.date_from = MARCH
        for values in ({"partner_id": self.make_dealer("C").id}, {"version": 3}):
            with self.subTest(values), self.refused("without the version before it|use the button"):
                version.write(values)

    def test_earlier_version_is_not_taken_away(self):
        agreement = self.make_agreement(self.make_dealer("C"), {"soap": "1"})
        version = self.make_version(self.seal(agreement), {"soap": "2"})
        with self.refused(r"Cancel the later versions first: 2025-Q1 · C \(v2\)"):
            self.as_role("keeper", agreement).action_cancel()
        self.as_role("keeper", agreement | version).action_cancel()

    def test_signatures_in_their_order(self):
        agreement = self.make_agreement(self.make_dealer("C"), {"soap": "1"})
        version = self.seal(self.make_version(self.seal(agreement), {"soap": "2"}))
        with self.refused("before it has to be signed first: 2025-Q1 · C"):
            self.sign(version)
        self.sign(agreement | version)
        with self.refused(r"Undo the signature of the later version first: 2025-Q1 · C \(v2\)"):
            self.as_role("keeper", agreement).action_unsign()
        self.as_role("keeper", agreement | version).action_unsign()


@tagged("post_install", "-at_install")
class TestVersionsBelowTheDealers(AgreementVersionCase):
    """Invariant 2 on each day that both apply."""

    def lower(self, **changes):
        return {**RATES_A, **changes}

    def test_all_hang_on_the_first_version(self):
        second = self.sign(self.make_version(self.agreement_a, RATES_A))
        own = self.sign(self.make_version(self.agreement_s, RATES_S))
        newcomer = self.make_sub("Sub T", self.dealer_a)
        late = self.sign(self.make_agreement(newcomer, RATES_S, date_from=MARCH))
        self.assertEqual((own | late).dealer_agreement_id, self.agreement_a)
        action = self.as_role("keeper", second).action_open_sub_agreements()
        found = self.env["channel.agreement"].search(action["domain"])
        self.assertEqual(found, self.agreement_s | own | late)

    def test_dealers_new_version_is_held_against_his_sub_distributors(self):
        version = self.make_version(self.agreement_a, self.lower(soap="1.5"))
        with self.refused(
            r"Sub S: the rate for \[SOAP\] Soap is not below the dealer's, from 02/15/2025 to "
            "03/31/2025; seal a new version for it too"
        ):
            self.seal(version)
        self.assertEqual(version.state, "draft")
        self.seal(self.make_version(self.agreement_b, {**RATES_B, "soap": "0.1"}))

    def test_uncovered_product(self):
        version = self.make_version(self.agreement_a, {"soap": "4", "toothpaste": "3"})
        with self.refused("Sub S: the dealer's agreement does not cover .*Shampoo, from 02/15"):
            self.seal(version)

    def test_both_in_one_selection(self):
        version = self.make_version(self.agreement_a, self.lower(soap="1.5"))
        of_sub = self.make_version(self.agreement_s, {**RATES_S, "soap": "1"})
        self.seal(of_sub | version)
        self.assertEqual(set((of_sub | version).mapped("state")), {"sealed"})

    def test_sub_distributors_version_a_day_too_late(self):
        version = self.make_version(self.agreement_a, self.lower(soap="1.5"))
        of_sub = self.make_version(self.agreement_s, {**RATES_S, "soap": "1"}, day=MARCH)
        with self.refused("not below the dealer's, from 02/15/2025 to 02/28/2025"):
            self.seal(of_sub | version)

    def test_sub_distributors_version_is_held_against_each_of_the_dealers(self):
        self.seal(self.make_version(self.agreement_a, self.lower(soap="8"), day=MARCH))
        of_sub = self.make_version(self.agreement_s, {**RATES_S, "soap": "6"})
        with self.assertRaises(UserError) as caught:
            self.seal(of_sub)
        text = str(caught.exception)
        self.assertIn("not below the dealer's, from 02/15/2025 to 02/28/2025", text)
        self.assertNotIn("03/31/2025", text)
        of_sub.with_user(self.users["keeper"]).date_from = MARCH
        self.seal(of_sub)

    def test_cancelling_gives_the_days_back(self):
        """The dealer's first version applies again, above which the sub-distributor is now."""
        version = self.seal(self.make_version(self.agreement_a, self.lower(soap="8")))
        of_sub = self.seal(self.make_version(self.agreement_s, {**RATES_S, "soap": "6"}))
        keeper = self.as_role("keeper", version)
        with self.refused(r"Nothing was cancelled:\n.*Sub S \(v2\): the rate for .*Soap"):
            keeper.action_cancel()
        self.assertEqual(version.state, "sealed")
        self.as_role("keeper", version | of_sub).action_cancel()

    def test_cancelling_a_sub_distributors_version(self):
        of_sub = self.make_version(self.agreement_s, {**RATES_S, "soap": "1"})
        version = self.make_version(self.agreement_a, self.lower(soap="1.5"))
        self.seal(of_sub | version)
        with self.refused("Sub S: the rate for .*Soap is not below the dealer's, from 02/15/2025"):
            self.as_role("keeper", of_sub).action_cancel()

    def test_no_message_tells_a_rate(self):
        version = self.make_version(self.agreement_a, self.lower(soap="1.2345"))
        with self.assertRaises(UserError) as caught:
            self.seal(version)
        for rate in ("1.2345", "1.5"):
            self.assertNotIn(rate, str(caught.exception))

    def test_settlement_looks_at_each_version(self):
        """Also at one that is sealed and waits for its signature."""
        self.seal(self.make_version(self.agreement_a, self.lower(soap="8")))
        settlement = self.settle()
        self.assertEqual(settlement.state, "approved")
        paid = self.statement_of(settlement, self.dealer_a).passed_on_amount
        self.assertEqual(paid, 633.50)

    def test_statement_of_both_versions(self):
        self.sign(self.make_version(self.agreement_a, self.lower(soap="8")))
        self.make_invoice(self.dealer_a, {"soap": 10}, day=MARCH)
        statement = self.statement_of(self.settle(), self.dealer_a)
        self.assertEqual(statement.gross_amount, 3107 + 2530 * 0.08)
        self.assertEqual(set(statement.agreement_ids.mapped("state")), {"revealed"})
        self.assertEqual(statement.sub_statement_ids.partner_id, self.sub_s)

    def test_import_goes_into_the_draft(self):
        version = self.make_version(self.agreement_a, dict.fromkeys(RATES_A))
        wizard = self.model("keeper", "channel.rate.import").create({"period_id": self.period.id})
        (found, problem) = wizard._build_finder()(self.row("DEALER-A", "SOAP"))
        self.assertEqual((found.agreement_id, problem), (version, None))
        (_found, problem) = wizard._build_finder()(self.row("DEALER-B", "SOAP"))
        self.assertEqual(problem, "the agreement is sealed")

    def row(self, partner, product):
        return RateRow(number=2, line="", partner=partner, product=product, rate="1")
