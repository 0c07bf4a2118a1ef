from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PRICES, RATES_A, WorkedExampleCase


@tagged("post_install", "-at_install")
class TestWhoAndWhen(WorkedExampleCase):
    def test_nothing_signed(self):
        with self.refused("nothing to settle for 2025-Q1"):
            self.compute()
        self.seal(self.agreements)
        with self.refused("nothing to settle for 2025-Q1"):
            self.compute()

    def test_only_officers_compute_and_only_keepers_approve(self):
        self.sign(self.agreements)
        settlement = self.compute()
        for role in self.users.keys() - {"officer"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, settlement).action_compute()
        for role in self.users.keys() - {"keeper"}:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, settlement).action_approve()
        self.assertEqual(settlement.state, "computed")

    def test_nobody_approves_what_he_computed(self):
        self.sign(self.agreements)
        both = self.users["keeper"]
        both.group_ids |= self.users["officer"].group_ids
        settlement = self.model("keeper", "channel.settlement").create(
            {"period_id": self.period.id}
        )
        settlement.action_compute()
        with self.refused("somebody else has to approve"):
            settlement.action_approve()
        self.assertFalse(settlement.statement_ids.move_id)

    def test_state_is_not_written_by_hand(self):
        self.sign(self.agreements)
        settlement = self.compute()
        with self.refused("use the buttons"):
            self.as_role("officer", settlement).write({"state": "approved"})
        with self.refused("use the buttons"):
            self.as_role("keeper", settlement).write({"computed_by_id": False})

    @freeze_time("2025-03-31")
    def test_before_the_end_there_is_a_preview(self):
        self.sign(self.agreements)
        settlement = self.model("officer", "channel.settlement").create(
            {"period_id": self.period.id}
        )
        with self.refused("2025-Q1 ends on 03/31/2025"):
            settlement.action_compute()
        settlement.action_preview()
        statement = self.statement_of(settlement, self.dealer_a)
        self.assertEqual(settlement.state, "draft")
        self.assertEqual(statement.expected_net_amount, 2473.50)
        with self.refused("is not computed"):
            self.as_role("keeper", settlement).action_approve()

    def test_day_after_the_end(self):
        self.sign(self.agreements)
        with freeze_time("2025-04-01"):
            self.assertEqual(self.compute().state, "computed")

    def test_approved_settlement_is_not_deleted(self):
        self.sign(self.agreements)
        settlement = self.settle()
        with self.refused("Reverse it instead"):
            self.as_role("officer", settlement).unlink()

    def test_cancelled_settlement_leaves_the_field_to_the_next(self):
        self.sign(self.agreements)
        settlement = self.compute()
        self.as_role("officer", settlement).action_cancel()
        self.assertFalse(settlement.statement_ids)
        self.assertEqual(len(self.settle().statement_ids), 3)

    def test_reset_frees_period_and_dealers(self):
        self.sign(self.agreements)
        settlement = self.as_role("officer", self.compute())
        with self.refused("has been computed"):
            settlement.dealer_ids = self.dealer_a
        settlement.action_reset()
        settlement.dealer_ids = self.dealer_a
        settlement.action_compute()
        self.assertEqual(settlement.statement_ids.partner_id, self.dealer_a | self.sub_s)


@tagged("post_install", "-at_install")
class TestWhatIsSettled(WorkedExampleCase):
    def test_before_approval_no_amount_and_no_document(self):
        self.sign(self.agreements)
        settlement = self.compute()
        self.env.cr.execute(
            """SELECT count(gross_amount) + count(passed_on_amount) + count(net_amount)
                      + count(carried_in_amount) + count(carried_out_amount) + count(move_id)
                 FROM channel_statement WHERE settlement_id = %s""",
            [settlement.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        lines = settlement.statement_ids.line_ids
        self.env.cr.execute(
            "SELECT count(rate) + count(amount) FROM channel_statement_line WHERE id = ANY(%s)",
            [lines.ids],
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_holders_expect_what_is_approved_later(self):
        self.sign(self.agreements)
        settlement = self.compute()
        statements = self.as_role("officer", settlement.statement_ids)
        expected = {record.partner_id.name: record.expected_net_amount for record in statements}
        self.as_role("keeper", settlement).action_approve()
        final = {record.partner_id.name: record.net_amount for record in statements}
        self.assertEqual(expected, final)
        self.assertEqual(set(final.values()), {2473.50, 3228.50, 633.50})

    def test_totals_button(self):
        self.sign(self.agreements)
        settlement = self.as_role("officer", self.compute())
        message = settlement.action_show_totals()["params"]["message"]
        for amount in ("6,969.00", "633.50", "6,335.50"):
            self.assertIn(amount, message)

    def test_who_has_not_signed_earns_nothing_and_costs_nothing(self):
        self.sign(self.agreement_a | self.agreement_b)
        self.seal(self.agreement_s)
        amounts = self.settled_amounts(self.settle())
        self.assertEqual(amounts["Dealer A"], (3107.00, 0.00, 3107.00))
        self.assertNotIn("Sub S", amounts)

    def test_sub_distributor_waits_for_his_dealer(self):
        self.seal(self.agreement_a)
        self.sign(self.agreement_b | self.agreement_s)
        self.assertEqual(self.compute().statement_ids.partner_id, self.dealer_b)

    def test_chosen_dealers_bring_their_sub_distributors(self):
        self.sign(self.agreements)
        first = self.settle(dealer_ids=self.dealer_a.ids)
        self.assertEqual(first.statement_ids.partner_id, self.dealer_a | self.sub_s)
        second = self.settle()
        self.assertEqual(second.statement_ids.partner_id, self.dealer_b)
        with self.refused("nothing to settle"):
            self.compute()

    def test_ledger_that_moved_since(self):
        self.sign(self.agreements)
        settlement = self.compute()
        self.make_invoice(self.dealer_b, {"soap": 1})
        with self.refused("changed since RS/.* was computed: Dealer B. Ask the officer"):
            self.as_role("keeper", settlement).action_approve()
        self.assertEqual(settlement.state, "computed")
        self.as_role("officer", settlement).action_compute()
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual(self.settled_amounts(settlement)["Dealer B"][0], 3228.50 + 11.39)

    def test_sub_distributor_who_signs_in_between(self):
        self.sign(self.agreement_a)
        settlement = self.compute()
        self.sign(self.agreement_s)
        with self.refused("Sub-distributors signed since .*: Sub S"):
            self.as_role("keeper", settlement).action_approve()

    def test_dealer_who_signs_in_between_has_a_run_of_his_own(self):
        self.sign(self.agreement_a | self.agreement_s)
        settlement = self.compute()
        self.sign(self.agreement_b)
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual(self.settle().statement_ids.partner_id, self.dealer_b)

    def test_somebody_elses_preview_is_not_in_the_way(self):
        self.sign(self.agreements)
        preview = self.model("officer", "channel.settlement").create({"period_id": self.period.id})
        preview.action_preview()
        self.assertEqual(len(self.compute().statement_ids), 3)
        self.assertFalse(preview.statement_ids)

    def test_product_moved_to_another_category_since_sealing(self):
        """Invariant 2 holds for the products as they are sorted at settlement."""
        category, other = self.env["product.category"].create([{"name": "One"}, {"name": "Two"}])
        soap = {"applied_on": "product", "product_id": self.products["soap"].id}
        scopes = {
            self.agreement_a: [{"applied_on": "category", "categ_id": other.id}, soap],
            self.agreement_s: [{"applied_on": "category", "categ_id": other.id}],
        }
        for agreement, lines in scopes.items():
            self.as_role("keeper", agreement.line_ids).unlink()
            self.model("keeper", "channel.agreement.line").create(
                [{"agreement_id": agreement.id, **line} for line in lines]
            )
        self.enter_rates(self.agreement_a, ["5", "1"])
        self.enter_rates(self.agreement_s, ["4"])
        self.products["soap"].categ_id = category
        self.sign(self.agreements)
        self.products["soap"].categ_id = other
        settlement = self.compute()
        with self.refused("Put them back where they were(.|\n)*Sub S: the rate for Two"):
            self.as_role("keeper", settlement).action_approve()
        self.products["soap"].categ_id = category
        self.as_role("officer", settlement).action_compute()
        self.as_role("keeper", settlement).action_approve()

    def test_changed_rate_breaks_the_seal_and_is_named(self):
        """One digit, changed in the database by somebody who even has the key."""
        self.sign(self.agreements)
        settlement = self.compute()
        self.env.cr.execute(
            "UPDATE channel_agreement SET state = 'draft' WHERE id = %s", [self.agreement_a.id]
        )
        self.env.invalidate_all()
        self.enter_rates(self.agreement_a, ["3", "4.0001", "5"])
        self.env.cr.execute(
            "UPDATE channel_agreement SET state = 'signed' WHERE id = %s", [self.agreement_a.id]
        )
        self.env.invalidate_all()
        with self.refused("differ from what was sealed(.|\n)*Dealer A.*Soap"):
            self.as_role("keeper", settlement).action_approve()
        self.assertFalse(settlement.statement_ids.move_id)

    def test_forged_commitment_is_named(self):
        self.sign(self.agreements)
        settlement = self.compute()
        self.env.cr.execute(
            "UPDATE channel_agreement_line SET line_hash = %s WHERE id = %s",
            ["00" * 32, self.agreement_b.line_ids[1].id],
        )
        self.env.invalidate_all()
        with self.refused("Dealer B: .*Soap"):
            self.as_role("keeper", settlement).action_approve()


@tagged("post_install", "-at_install")
class TestWhatCounts(WorkedExampleCase):
    def base_of(self, partner):
        settlement = self.compute()
        base = self.statement_of(settlement, partner).base_amount
        self.as_role("officer", settlement).action_cancel()
        return base

    def test_sales_that_do_not_count(self):
        self.sign(self.agreements)
        before = {partner: self.base_of(partner) for partner in (self.dealer_b, self.sub_s)}
        self.make_invoice(self.dealer_b, {"soap": 7}, post=False)
        self.make_invoice(self.dealer_b, {"soap": 7}, day=date(2024, 12, 31))
        self.make_invoice(self.dealer_b, {"soap": 7}, day=date(2025, 4, 1))
        self.make_invoice(self.env["res.partner"].create({"name": "X"}), {"soap": 7})
        self.make_order(self.sub_s, {"soap": 7}, confirm=False)
        self.make_order(self.sub_s, {"soap": 7}, day=date(2025, 4, 1))
        self.make_order(self.sub_s, {"soap": 7})._action_cancel()
        for partner, base in before.items():
            self.assertEqual(self.base_of(partner), base)

    def test_both_ends_of_the_period_count(self):
        self.sign(self.agreements)
        before = self.base_of(self.dealer_b)
        for day in (self.period.date_from, self.period.date_to):
            self.make_invoice(self.dealer_b, {"soap": 1}, day=day)
        self.assertEqual(self.base_of(self.dealer_b), before + 2 * PRICES["soap"])

    def test_contacts_count_for_the_commercial_entity(self):
        self.sign(self.agreements)
        before = self.base_of(self.dealer_b)
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.dealer_b.id})
        self.make_invoice(contact, {"soap": 1})
        self.assertEqual(self.base_of(self.dealer_b), before + PRICES["soap"])

    def test_credit_note_counts_at_the_date_of_its_sale(self):
        self.sign(self.agreements)
        before = self.base_of(self.dealer_b)
        sale = self.make_invoice(self.dealer_b, {"soap": 10})
        old_sale = self.make_invoice(self.dealer_b, {"soap": 10}, day=date(2024, 12, 1))
        for invoice in (sale, old_sale):
            invoice._reverse_moves([{"invoice_date": date(2025, 3, 1)}], cancel=True)
        self.assertEqual(self.base_of(self.dealer_b), before)
        self.make_invoice(self.dealer_b, {"soap": 2}, move_type="out_refund")
        self.assertEqual(self.base_of(self.dealer_b), before - 2 * PRICES["soap"])

    def test_services_and_sections_do_not_count(self):
        self.sign(self.agreements)
        before = self.base_of(self.dealer_b)
        self.products["freight"] = self.make_product("freight", 40, type="service")
        invoice = self.make_invoice(self.dealer_b, {"soap": 1, "freight": 1}, post=False)
        invoice.invoice_line_ids = [
            Command.create({"display_type": "line_section", "name": "Part one"})
        ]
        invoice.action_post()
        self.assertEqual(self.base_of(self.dealer_b), before + PRICES["soap"])

    def test_taxes_do_not_count(self):
        self.sign(self.agreements)
        before = self.base_of(self.dealer_b)
        tax = self.env["account.tax"].create(
            {"name": "13 % incl.", "amount": 13, "price_include_override": "tax_included"}
        )
        invoice = self.make_invoice(self.dealer_b, {"soap": 1}, post=False)
        invoice.invoice_line_ids.write({"tax_ids": tax.ids, "price_unit": 113})
        invoice.action_post()
        self.assertEqual(self.base_of(self.dealer_b), before + 100)

    def test_discount_on_the_line_counts(self):
        self.sign(self.agreements)
        before = self.base_of(self.sub_s)
        order = self.make_order(self.sub_s, {"soap": 10}, confirm=False)
        order.order_line.discount = 10
        order.action_confirm()
        self.assertEqual(self.base_of(self.sub_s), before + 9 * PRICES["soap"])

    def test_other_unit_counts_in_the_products(self):
        self.sign(self.agreements)
        invoice = self.make_invoice(self.dealer_b, {"soap": 2}, post=False)
        invoice.invoice_line_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        invoice.action_post()
        statement = self.statement_of(self.compute(), self.dealer_b)
        soap = statement.line_ids.filtered(lambda line: line.product_id == self.products["soap"])
        self.assertEqual(soap.quantity, 124)

    def test_sell_out_of_another_dealer_does_not_count(self):
        """An old order keeps its dealer when the sub-distributor moves."""
        self.sign(self.agreements)
        before = self.base_of(self.sub_s)
        self.sub_s._move_to_channel_dealer(self.dealer_b, date(2025, 3, 1))
        self.make_order(self.sub_s, {"soap": 5}, day=date(2025, 3, 1))
        self.assertEqual(self.base_of(self.sub_s), before)
        self.make_order(self.sub_s, {"soap": 5}, day=date(2025, 2, 28))
        self.assertEqual(self.base_of(self.sub_s), before + 5 * PRICES["soap"])

    def test_joining_late_counts_from_the_agreements_start(self):
        dealer = self.make_dealer("Late")
        agreement = self.make_agreement(dealer, RATES_A, date_from=date(2025, 2, 15))
        for day in (date(2025, 2, 14), date(2025, 2, 15)):
            self.make_invoice(dealer, {"soap": 1}, day=day)
        self.sign(agreement)
        self.assertEqual(self.base_of(dealer), PRICES["soap"])

    def test_most_specific_line_applies(self):
        dealer = self.make_dealer("Specific")
        category = self.env["product.category"].create({"name": "Care"})
        child = category.create({"name": "Hair", "parent_id": category.id})
        self.products["shampoo"].categ_id = child
        self.products["soap"].categ_id = category
        agreement = self.make_agreement(dealer, {})
        scopes = [
            {"applied_on": "all"},
            {"applied_on": "category", "categ_id": category.id},
            {"applied_on": "category", "categ_id": child.id},
            {"applied_on": "product", "product_id": self.products["soap"].id},
        ]
        self.model("keeper", "channel.agreement.line").create(
            [
                {**scope, "agreement_id": agreement.id, "sequence": 10 + i}
                for i, scope in enumerate(scopes)
            ]
        )
        self.enter_rates(agreement, ["1", "2", "3", "4"])
        self.sign(agreement)
        self.make_invoice(dealer, dict.fromkeys(PRICES, 1))
        lines = self.statement_of(self.settle(), dealer).line_ids
        rates = {line.product_id.default_code: line.rate for line in lines}
        self.assertEqual(rates, {"TOOTHPASTE": 1, "SHAMPOO": 3, "SOAP": 4})

    def test_amount_per_unit(self):
        dealer = self.make_dealer("Units")
        agreement = self.make_agreement(dealer, {"soap": None})
        self.as_role("keeper", agreement.line_ids).measure = "quantity"
        self.enter_rates(agreement, ["1.0325"])
        self.sign(agreement)
        self.make_invoice(dealer, {"soap": 3})
        statement = self.statement_of(self.settle(), dealer)
        self.assertEqual((statement.gross_amount, statement.line_ids.amount), (3.10, 3.10))

    def test_own_credit_notes_are_no_negative_sales(self):
        self.sign(self.agreements)
        settlement = self.settle()
        self.as_role("accountant", settlement.statement_ids.move_id).action_post()
        settlement.statement_ids.move_id.line_ids.product_id.type = "consu"
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual(self.base_of(self.dealer_a), 73800)


@tagged("post_install", "-at_install")
class TestCarry(WorkedExampleCase):
    """A sub-distributor earns more than his dealer: the rest is carried to the next quarter."""

    def settle_first(self):
        self.make_count(self.dealer_a, "toothpaste", 1000)
        self.make_order(self.sub_s, {"toothpaste": 1000})
        self.sign(self.agreements)
        return self.settle()

    def settle_next(self):
        period = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        agreement = self.make_agreement(self.dealer_a, RATES_A, period=period)
        self.sign(agreement)
        self.make_invoice(self.dealer_a, {"soap": 10}, day=date(2025, 5, 1))
        return self.settle(period)

    def test_negative_rest_is_carried_and_deducted_once(self):
        first = self.statement_of(self.settle_first(), self.dealer_a)
        # 3,107.00 − (633.50 + 2,475.00)
        self.assertRecordValues(
            first, [{"net_amount": 0, "carried_out_amount": -1.50, "move_id": False}]
        )
        second = self.statement_of(self.settle_next(), self.dealer_a)
        self.assertRecordValues(
            second, [{"gross_amount": 101.20, "carried_in_amount": -1.50, "net_amount": 99.70}]
        )

    def test_balance_is_exact(self):
        """A carry of −1.50 is used up to the cent, whatever binary fractions there are between."""
        self.settle_first()
        second = self.statement_of(self.settle_next(), self.dealer_a)
        self.env.cr.execute(
            """SELECT carried_in_amount::text, carried_out_amount::text, net_amount::text
                 FROM channel_statement WHERE id = %s""",
            [second.id],
        )
        self.assertEqual(self.env.cr.fetchone(), ("-1.50", "0.00", "99.70"))

    def test_two_approvals_at_once_meet_on_the_row_that_carries(self):
        """The second approval writes to the first statement, so two of them can't pass by."""
        first = self.statement_of(self.settle_first(), self.dealer_a)
        self.env.cr.execute(
            "UPDATE channel_statement SET write_date = '2000-01-01' WHERE id = %s", [first.id]
        )
        self.settle_next()
        first.invalidate_recordset()
        self.assertGreater(first.write_date.year, 2000)
        self.assertEqual(first.carried_out_amount, -1.50)

    def test_carry_that_was_used_blocks_the_reversal(self):
        first = self.settle_first()
        second = self.settle_next()
        with self.refused(f"Dealer A: {second.name} has used"):
            self.as_role("keeper", first).action_reverse()
        self.as_role("keeper", second).action_reverse()
        self.as_role("keeper", first).action_reverse()
        self.assertEqual({first.state, second.state}, {"reversed"})


@tagged("post_install", "-at_install")
class TestTwoCompanies(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})
        cls.env["account.chart.template"].try_loading("generic_coa", cls.second, install_demo=False)
        for role in ("keeper", "officer", "accountant"):
            cls.users[role].company_ids |= cls.second
        cls.second_period = cls.make_period(
            date(2025, 1, 1), date(2025, 3, 31), company_id=cls.second.id
        )
        cls.second_agreement = cls.make_agreement(
            cls.dealer_a, {"soap": "1"}, period=cls.second_period
        )

    def test_same_partner_never_mixes(self):
        self.sign(self.agreements | self.second_agreement)
        self.make_invoice(self.dealer_a, {"soap": 100}, company_id=self.second.id)
        first, second = self.settle(), self.settle(self.second_period)
        self.assertEqual(self.statement_of(first, self.dealer_a).gross_amount, 3107.00)
        statement = self.statement_of(second, self.dealer_a)
        self.assertEqual((statement.gross_amount, statement.company_id), (253.00, self.second))
        self.assertEqual(statement.move_id.company_id, self.second)

    def test_other_companies_records_are_out_of_reach(self):
        outsider = self.users["keeper"].copy(
            {"login": "outsider", "company_ids": self.second.ids, "company_id": self.second.id}
        )
        for name in ("agreement", "agreement.line", "rate", "period"):
            records = self.env[f"channel.{name}"].with_user(outsider).search([])
            self.assertEqual(records.sudo().company_id, self.second, name)

    def test_period_of_another_company_is_refused(self):
        with self.refused("belongs to another company|Incompatible companies"):
            self.make_agreement(
                self.make_dealer("Bound", company_id=self.company.id),
                {"soap": "1"},
                period=self.second_period,
            )


@tagged("post_install", "-at_install")
class TestPeriodSettledLater(WorkedExampleCase):
    def test_settlement_date_is_the_documents(self):
        self.sign(self.agreements)
        day = self.period.date_to + timedelta(days=20)
        settlement = self.settle(date=day)
        self.assertEqual(set(settlement.statement_ids.move_id.mapped("invoice_date")), {day})
