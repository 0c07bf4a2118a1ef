import base64
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import PAPER, RATES_A, RATES_S, ChannelCase, WorkedExampleCase


@tagged("post_install", "-at_install")
class TestAgreementRules(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)

    def test_partner_without_role(self):
        with self.refused("neither a dealer nor a sub-distributor"):
            self.make_agreement(self.env["res.partner"].create({"name": "Nobody"}), {})

    def test_second_agreement_for_the_same_period(self):
        first = self.make_agreement(self.dealer, {"soap": "1"})
        with self.refused("There is an agreement already: 2025-Q1"):
            self.make_agreement(self.dealer, {"soap": "1"})
        self.as_role("keeper", first).action_cancel()
        self.assertTrue(self.make_agreement(self.dealer, {"soap": "1"}))

    @mute_logger("odoo.sql_db")
    def test_second_agreement_by_two_users_at_once(self):
        agreement = self.make_agreement(self.dealer, {"soap": "1"})
        self.env.flush_all()
        with self.assertRaises(IntegrityError):
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.env.cr.execute(
                """INSERT INTO channel_agreement (partner_id, period_id, version, state, date_from)
                   SELECT partner_id, period_id, version, state, date_from
                     FROM channel_agreement WHERE id = %s""",
                [agreement.id],
            )

    def test_start_outside_the_period(self):
        with self.refused("begin within its period"):
            self.make_agreement(self.dealer, {"soap": "1"}, date_from=date(2025, 4, 1))

    def test_line_names_one_target(self):
        with self.refused("has to name what it applies to"):
            self.make_agreement(self.dealer, {}, line_ids=[Command.create({})])

    def test_form_makes_an_agreement_with_a_rate_row_for_each_line(self):
        with Form(self.model("keeper", "channel.agreement")) as form:
            form.partner_id = self.dealer
            for name in ("soap", "shampoo"):
                with form.line_ids.new() as line:
                    line.product_id = self.products[name]
        self.assertEqual(form.period_id, self.period)
        self.assertEqual((form.record.line_count, form.record.rate_count), (2, 0))

    def test_workflow_fields_are_not_written_by_hand(self):
        agreement = self.as_role("keeper", self.make_agreement(self.dealer, {"soap": "1"}))
        for values in ({"state": "signed"}, {"fingerprint": "00"}, {"signed_on": "2025-01-01"}):
            with self.subTest(values), self.refused("use the buttons"):
                agreement.write(values)
        with self.refused("use the buttons"):
            agreement.create({"partner_id": self.sub.id, "state": "signed"})
        trick = agreement.with_context(default_state="signed", channel_trusted=True)
        with self.refused("use the buttons"):
            trick.create({"partner_id": self.sub.id})

    def test_only_keepers_seal(self):
        agreement = self.make_agreement(self.dealer, {"soap": "1"})
        for role in ("officer", "salesperson", "sales_manager", "accountant", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, agreement).action_seal()
        self.assertEqual(agreement.state, "draft")


@tagged("post_install", "-at_install")
class TestSealing(WorkedExampleCase):
    def test_dealer_and_sub_distributor_in_one_selection(self):
        self.seal(self.agreement_s | self.agreement_a)
        self.assertEqual(self.agreement_s.state, "sealed")
        self.assertEqual(len(self.agreement_s.fingerprint), 64)
        self.assertNotEqual(self.agreement_s.fingerprint, self.agreement_a.fingerprint)

    def test_dealers_agreement_may_be_younger(self):
        """The sub-distributor's agreement finds his dealer's when it is sealed."""
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        of_sub = self.make_agreement(self.sub_s, RATES_S, period=second)
        self.assertFalse(of_sub.dealer_agreement_id)
        of_dealer = self.make_agreement(self.dealer_a, RATES_A, period=second)
        self.seal(of_sub | of_dealer)
        self.assertEqual(of_sub.dealer_agreement_id, of_dealer)

    def test_sub_distributor_before_his_dealer(self):
        with self.refused("Sub S: the agreement of his dealer Dealer A"):
            self.seal(self.agreement_s)
        self.assertEqual(self.agreement_s.state, "draft")

    def test_rate_at_or_above_the_dealers(self):
        for rate in ("3", "7.7777"):
            with self.subTest(rate):
                self.enter_rates(self.agreement_s, [rate, "1", "1"])
                with self.assertRaises(UserError) as caught:
                    self.seal(self.agreement_a | self.agreement_s)
                text = str(caught.exception)
                self.assertIn("[TOOTHPASTE] Toothpaste is not below the dealer's", text)
                self.assertNotIn(rate, text.replace("2025-Q1", ""))

    def test_both_rates_may_be_zero(self):
        self.enter_rates(self.agreement_a, ["0", "4", "5"])
        self.enter_rates(self.agreement_s, ["0", "1.5", "2"])
        self.seal(self.agreement_a | self.agreement_s)
        self.assertEqual(self.agreement_s.state, "sealed")

    def test_sub_distributor_covers_what_his_dealer_does_not(self):
        line = self.as_role("keeper", self.agreement_a.line_ids[0])
        line.unlink()
        with self.refused("does not cover .*Toothpaste"):
            self.seal(self.agreement_a | self.agreement_s)

    def test_other_measure_than_the_dealers(self):
        self.as_role("keeper", self.agreement_s.line_ids[0]).measure = "quantity"
        with self.refused("measured otherwise"):
            self.seal(self.agreement_a | self.agreement_s)

    def test_dealers_narrower_line_counts(self):
        """A sub-distributor's rate for all products is held against the dealer's for one."""
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        of_dealer = self.make_agreement(self.dealer_a, {"soap": "1"}, period=second)
        everything = {"applied_on": "all", "agreement_id": of_dealer.id, "sequence": 99}
        self.model("keeper", "channel.agreement.line").create(everything)
        self.enter_rates(of_dealer, ["1", "5"])
        of_sub = self.make_agreement(self.sub_s, {}, period=second)
        self.model("keeper", "channel.agreement.line").create(
            {**everything, "agreement_id": of_sub.id}
        )
        self.enter_rates(of_sub, ["2"])
        with self.refused("All Products is not below the dealer's"):
            self.seal(of_dealer | of_sub)

    def test_sealing_without_rates_names_the_lines(self):
        blank = self.make_agreement(self.make_dealer("C"), {"soap": None, "shampoo": "2"})
        empty = self.make_agreement(self.make_dealer("D"), {})
        with self.assertRaises(UserError) as caught:
            self.seal(blank | empty | self.agreement_b)
        self.assertIn("C: no rate for [SOAP] Soap", str(caught.exception))
        self.assertIn("D: it covers nothing", str(caught.exception))
        self.assertEqual(self.agreement_b.state, "draft")

    def test_sealed_lines_and_rates_are_frozen(self):
        self.seal(self.agreement_a)
        keeper = self.as_role("keeper", self.agreement_a)
        attempts = {
            "rate": lambda: self.rates_of(keeper)[0].write({"rate": 9}),
            "line": lambda: keeper.line_ids[0].write({"measure": "quantity"}),
            "removed": keeper.line_ids[0].unlink,
            "added": lambda: keeper.write({"line_ids": [Command.create({"applied_on": "all"})]}),
            "partner": lambda: keeper.write({"partner_id": self.dealer_b.id}),
            "start": lambda: keeper.write({"date_from": date(2025, 1, 2)}),
        }
        for what, attempt in attempts.items():
            with self.subTest(what), self.refused("is sealed"):
                attempt()
        with self.refused("can't be deleted once sealed"):
            keeper.unlink()

    def test_renaming_a_product_breaks_no_seal(self):
        self.seal(self.agreement_a)
        self.products["soap"].name = "Savon"
        secrets = self.model("keeper", "channel.rate")._unseal_lines(self.agreement_a.line_ids)
        self.assertEqual(self.agreement_a._find_broken_seals(secrets), [])

    def test_sealing_twice(self):
        self.seal(self.agreement_a)
        with self.refused("Dealer A: Sealed"):
            self.seal(self.agreement_a | self.agreement_b)

    def test_cancelling_a_dealer_with_live_sub_distributors(self):
        keeper = self.as_role("keeper", self.agreement_a | self.agreement_s)
        with self.refused("sub-distributors first: 2025-Q1 · Sub S"):
            keeper[0].action_cancel()
        keeper.action_cancel()
        self.assertEqual(set(keeper.mapped("state")), {"cancelled"})

    def test_signing_asks_when_and_who(self):
        self.seal(self.agreement_a | self.agreement_b)
        action = self.as_role("keeper", self.agreement_a | self.agreement_b).action_sign()
        wizard = self.model("keeper", "channel.agreement.sign").with_context(**action["context"])
        scan = {"paper": base64.b64encode(PAPER.content), "paper_name": PAPER.name}
        wizard.create({"signed_on": date(2025, 1, 3), **scan}).action_sign()
        self.assertRecordValues(
            self.agreement_a | self.agreement_b,
            [
                {"state": "signed", "signatory": name, "signed_on": date(2025, 1, 3)}
                for name in ("Dealer A", "Dealer B")
            ],
        )

    def test_signing_what_is_not_sealed_or_in_the_future(self):
        keeper = self.as_role("keeper", self.agreement_a)
        with self.refused("Dealer A: Draft"):
            keeper._mark_signed(date(2025, 1, 3), "Ann", {keeper: PAPER})
        self.seal(self.agreement_a)
        with self.refused("future"):
            keeper._mark_signed(date(2999, 1, 1), "Ann")

    def test_sub_distributor_who_begins_before_his_dealer(self):
        self.as_role("keeper", self.agreement_a).date_from = date(2025, 2, 1)
        with self.refused("Sub S: it begins before his dealer's agreement"):
            self.seal(self.agreement_a | self.agreement_s)

    def test_role_is_part_of_the_seal(self):
        self.seal(self.agreement_a)
        with self.refused("is sealed"):
            self.as_role("keeper", self.agreement_a).role = "sub_distributor"

    def test_terms_changed_in_the_database_break_the_seal(self):
        """The sums are made from columns, so these have to be what the sealed text says."""
        self.seal(self.agreement_a | self.agreement_b)
        soap = self.agreement_a.line_ids[1]
        self.env.cr.execute(
            "UPDATE channel_agreement_line SET measure = 'quantity' WHERE id = %s", [soap.id]
        )
        self.env.cr.execute(
            "UPDATE channel_agreement SET date_from = '2025-01-09' WHERE id = %s",
            [self.agreement_b.id],
        )
        self.env.invalidate_all()
        agreements = self.as_role("keeper", self.agreement_a | self.agreement_b)
        secrets = self.model("keeper", "channel.rate")._unseal_lines(agreements.line_ids)
        self.assertEqual(
            agreements._find_broken_seals(secrets),
            [(agreements[0], [soap.display_name]), (agreements[1], [])],
        )

    def test_entering_rates_and_sealing_meet_on_the_agreements_row(self):
        """Both write to it, so of two at once PostgreSQL stops one and Odoo runs it again."""
        before = self.row_versions()
        self.enter_rates(self.agreement_a, ["3", "4", "5"])
        self.as_role("keeper", self.agreement_b.line_ids[0]).sequence = 7
        after = self.row_versions()
        written = {key for key in before if before[key] != after[key]}
        self.assertEqual(written, set((self.agreement_a | self.agreement_b).ids))

    def row_versions(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT id, ctid::text FROM channel_agreement")
        return dict(self.env.cr.fetchall())

    def test_covered_products_and_categories_are_not_deleted(self):
        self.seal(self.agreement_a)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.products["soap"].unlink()

    def test_services_are_not_covered(self):
        service = self.make_product("freight", 1, type="service")
        with self.refused("is a service; agreements cover goods only"):
            self.as_role("keeper", self.agreement_a.line_ids[0]).product_id = service

    def test_signature_marked_by_mistake(self):
        self.sign(self.agreement_a | self.agreement_b)
        keeper = self.as_role("keeper", self.agreement_a | self.agreement_b)
        settlement = self.compute(dealer_ids=self.dealer_b.ids)
        with self.refused(f"Dealer B is part of {settlement.name}"):
            keeper.action_unsign()
        keeper[0].action_unsign()
        self.assertRecordValues(
            keeper,
            [
                {"state": "sealed", "signed_on": False, "signatory": False},
                {"state": "signed", "signed_on": date(2025, 1, 2), "signatory": "Dealer B"},
            ],
        )


@tagged("post_install", "-at_install")
class TestCreateForPeriod(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next_period = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))

    def create_agreements(self, **values):
        wizard = self.model("keeper", "channel.agreement.create").create(
            {"period_id": self.next_period.id, **values}
        )
        action = wizard.action_create()
        return self.env["channel.agreement"].search(action["domain"])

    def test_all_partners_of_both_roles_with_last_terms_and_no_rates(self):
        newcomer = self.make_dealer("Newcomer")
        agreements = self.create_agreements(product_ids=self.products["soap"].ids)
        mine = agreements.filtered(
            lambda record: record.partner_id.name in ("Dealer A", "Dealer B", "Sub S", "Newcomer")
        )
        covered = {record.partner_id: record.line_ids.product_id for record in mine}
        everything = self.agreement_a.line_ids.product_id
        self.assertEqual(
            covered,
            {
                self.dealer_a: everything,
                self.dealer_b: everything,
                self.sub_s: everything,
                newcomer: self.products["soap"],
            },
        )
        self.assertEqual(set(self.rates_of(mine).mapped("is_entered")), {False})
        self.assertEqual(set(self.rates_of(mine).mapped("rate")), {0.0})

    def test_sub_distributors_hang_on_their_dealers(self):
        agreements = self.create_agreements()
        of_sub = agreements.filtered(lambda record: record.partner_id == self.sub_s)
        self.assertEqual(of_sub.dealer_agreement_id.partner_id, self.dealer_a)
        self.assertEqual(of_sub.dealer_agreement_id.period_id, self.next_period)

    def test_second_call_makes_only_what_is_missing(self):
        first = self.create_agreements(role="dealer", partner_ids=self.dealer_a.ids)
        self.assertEqual(first.partner_id, self.dealer_a)
        rest = self.create_agreements(role="dealer")
        self.assertIn(self.dealer_b, rest.partner_id)
        self.assertNotIn(self.dealer_a, rest.partner_id)
        with self.refused("have an agreement for 2025-Q2 already"):
            self.create_agreements(role="dealer")

    def test_without_terms_to_copy_everything_is_covered(self):
        agreement = self.create_agreements(copy_terms=False, partner_ids=self.dealer_a.ids)
        self.assertEqual(agreement.line_ids.applied_on, "all")

    def test_copying_an_agreement_leaves_rates_behind(self):
        copy = self.as_role("keeper", self.agreement_a).copy({"period_id": self.next_period.id})
        self.assertEqual(copy.line_ids.product_id, self.agreement_a.line_ids.product_id)
        self.assertEqual(copy.date_from, self.next_period.date_from)
        self.assertEqual(set(self.rates_of(copy).mapped("is_entered")), {False})
