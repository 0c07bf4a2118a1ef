"""A settled period in which something changes is compared again, and says who has changed."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .changes import ChangesCase
from .ledger import LedgerCase
from .test_supplementary import LATE

OPEN_DAY = date(2025, 5, 5)


@tagged("post_install", "-at_install")
class TestInvoices(ChangesCase):
    def test_approval_compares_once_more(self):
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
        self.correct()
        self.assertEqual(self.marked(), self.period)

    def test_late_invoice(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        self.assertEqual(self.changed(), self.dealer_a)
        invoice.button_draft()
        self.assertFalse(self.changed())

    def test_draft_changes_nothing(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE, post=False)
        invoice.button_cancel()
        self.make_order(self.dealer_a, {"soap": 10}, day=LATE, confirm=False)
        self.assertFalse(self.marked())

    def test_invoice_of_the_open_period(self):
        self.make_invoice(self.dealer_a, {"soap": 10}, day=OPEN_DAY)
        self.assertFalse(self.marked())

    def test_ordinary_customer(self):
        customer = self.env["res.partner"].create({"name": "Customer"})
        self.make_invoice(customer, {"soap": 10}, day=LATE)
        self.pay(self.make_invoice(customer, {"soap": 1}, day=LATE), LATE)
        self.assertFalse(self.marked())

    def test_contact_of_a_dealer(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.dealer_b.id})
        self.make_invoice(contact, {"soap": 10}, day=LATE)
        self.assertEqual(self.changed(), self.dealer_b)

    def test_bill_and_entry_of_a_dealer(self):
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE, move_type="in_invoice")
        self.settlement.statement_ids.move_id.action_post()
        self.assertFalse(self.marked())

    def test_reset_and_cancelled(self):
        self.first_invoice.button_draft()
        # His sub-distributor can't have bought from him what he did not have.
        self.assertEqual(self.changed(), self.dealer_b | self.sub_b)
        self.first_invoice.button_cancel()
        self.assertFalse(self.marked())

    def test_return_by_the_wizard(self):
        self.reverse(self.first_invoice, OPEN_DAY, quantity=4)
        self.assertEqual(self.changed(), self.dealer_b)

    def test_return_of_an_open_sale(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 4}, day=OPEN_DAY)
        self.reverse(invoice, OPEN_DAY)
        self.assertFalse(self.marked())

    def test_earlier_period_stays_as_it_is(self):
        settled = self.settle(self.next_period)
        self.assertTrue(settled)
        self.clear_marks()
        self.make_invoice(self.dealer_a, {"soap": 4}, day=OPEN_DAY)
        self.assertEqual(self.marked(), self.next_period)
        # What he has left goes on into the next period.
        self.make_invoice(self.dealer_a, {"soap": 4}, day=LATE)
        self.assertEqual(self.marked(), self.period | self.next_period)


@tagged("post_install", "-at_install")
class TestReturnsFromOrders(LedgerCase):
    """A credit note that names no invoice is the return of what its order line sold last."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b)
        order = cls.make_order(cls.dealer_a, {"soap": 10})
        cls.order, cls.invoice = order, cls.invoice_order(cls, order, date(2025, 2, 1))
        cls.make_invoice(cls.dealer_b, {"soap": 10})
        cls.settle()
        cls.env["channel.period.check"].search([]).unlink()

    def changed(self):
        marked = self.env["channel.period.check"].search([]).period_id
        marked._check_corrections()
        return marked, self.period.changed_partner_ids

    def test_return_in_the_next_period(self):
        self.change_order(self.order, 6, OPEN_DAY)
        self.assertEqual(self.changed(), (self.period, self.dealer_a))

    def test_more_of_the_order_in_the_next_period(self):
        self.change_order(self.order, 14, OPEN_DAY)
        self.assertFalse(self.changed()[0])

    def test_sale_of_which_a_return_was_goes_away(self):
        """The return is then one of what was sold before, in the settled period."""
        later = self.change_order(self.order, 14, OPEN_DAY)
        self.change_order(self.order, 12, date(2025, 6, 1))
        self.assertFalse(self.changed()[1])
        later.button_draft()
        self.assertEqual(self.changed(), (self.period, self.dealer_a))


@tagged("post_install", "-at_install")
class TestOrders(ChangesCase):
    def test_late_order(self):
        order = self.make_order(self.sub_a, {"soap": 5}, day=LATE)
        self.assertEqual(self.changed(), self.sub_a)
        order._action_cancel()
        self.assertFalse(self.changed())

    def test_order_of_the_open_period_and_quotation(self):
        self.make_order(self.sub_a, {"soap": 5}, day=OPEN_DAY)
        self.make_order(self.sub_b, {"soap": 5}, day=LATE, confirm=False)._action_cancel()
        self.make_order(self.dealer_a, {"soap": 5}, day=LATE)
        self.assertFalse(self.marked())

    def test_return(self):
        self.make_return(self.first_order, {"soap": 3}, day=OPEN_DAY)
        self.assertEqual(self.changed(), self.sub_b)

    def test_lines_of_a_confirmed_order(self):
        line = self.first_order.order_line
        line.product_uom_qty = 30
        self.assertEqual(self.changed(), self.sub_b)
        line.product_uom_qty = 40
        self.assertFalse(self.changed())
        line.name = "Soap, by the box"
        self.assertFalse(self.marked())
        self.first_order.write({"order_line": [(0, 0, {"product_id": line.product_id.id})]})
        self.assertEqual(self.changed(), self.sub_b)

    def test_date_that_moves_into_the_period(self):
        late = self.make_sub("Late sub", self.dealer_a)
        self.sign(self.make_agreement(late, {"soap": "1"}))
        order = self.make_order(late, {"soap": 5}, day=OPEN_DAY)
        self.assertFalse(self.changed())
        order.channel_order_date = LATE
        self.assertEqual(self.changed(), late)

    def test_count_of_what_a_dealer_had(self):
        self.make_order(self.sub_a, {"soap": 100}, day=LATE)
        self.correct()
        self.assertFalse(self.changed())
        count = self.make_count(self.dealer_a, "soap", 20)
        self.assertEqual(self.changed(), self.sub_a)
        count.unlink()
        self.assertFalse(self.changed())
        self.make_count(self.dealer_b, "soap", 20, day=OPEN_DAY)
        self.assertFalse(self.marked())


@tagged("post_install", "-at_install")
class TestSignatures(ChangesCase):
    def test_late_signature(self):
        for dealer in (self.dealer_a, self.dealer_b):
            late = self.make_sub(f"Late sub of {dealer.name}", dealer)
            agreement = self.make_agreement(late, {"soap": "1"})
            self.make_order(late, {"soap": 10})
            self.assertFalse(self.changed())
            if dealer == self.dealer_a:
                self.sign(agreement)
                self.assertEqual(self.changed(), late)
                self.as_role("keeper", agreement).action_unsign()
        self.assertFalse(self.changed())

    def test_signature_for_the_next_period_and_of_an_unsettled_dealer(self):
        dealer = self.make_dealer("Dealer C")
        self.make_invoice(dealer, {"soap": 1})
        self.sign(self.make_agreement(dealer, {"soap": "1"}))
        sub = self.make_sub("Sub C", self.dealer_a)
        self.sign(self.make_agreement(sub, {"soap": "1"}, period=self.next_period))
        self.assertFalse(self.marked())


@tagged("post_install", "-at_install")
class TestPayments(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, periods=[cls.period], basis="paid")
        cls.sign_all(cls.dealer_b, periods=[cls.period])
        cls.invoices = {
            dealer: cls.make_invoice(dealer, {"soap": 10})
            for dealer in (cls.dealer_a, cls.dealer_b)
        }
        cls.settle()
        cls.env["channel.period.check"].search([]).unlink()

    def changed(self):
        self.env["channel.period.check"].search([]).period_id._check_corrections()
        return self.period.changed_partner_ids

    def test_paid_in_full(self):
        self.pay(self.invoices[self.dealer_a], LATE, amount=2529)
        self.assertFalse(self.changed())
        self.pay(self.invoices[self.dealer_a], LATE, amount=1)
        self.assertEqual(self.changed(), self.dealer_a)
        self.invoices[self.dealer_a].line_ids.remove_move_reconcile()
        self.assertFalse(self.changed())

    def test_payment_on_invoiced_basis(self):
        self.pay(self.invoices[self.dealer_b], LATE)
        self.assertFalse(self.env["channel.period.check"].search([]))

    def test_payment_of_an_invoice_of_the_open_period(self):
        self.pay(self.make_invoice(self.dealer_a, {"soap": 1}, day=OPEN_DAY), OPEN_DAY)
        self.assertFalse(self.env["channel.period.check"].search([]))


@tagged("post_install", "-at_install")
class TestTold(ChangesCase):
    """What a period says, to whom, and until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "second_officer", groups="channel_rebate.group_settlement_officer"
        )
        cls.officers = cls.users["officer"] | cls.second

    def test_one_activity_for_each_officer(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.changed()
        first = self.activities()
        self.assertEqual(first.user_id, self.officers)
        self.assertEqual(len(first), 2)
        self.make_invoice(self.dealer_b, {"soap": 7}, day=LATE)
        self.changed()
        self.assertEqual(self.activities(), first)
        for activity in first:
            self.assertEqual(activity.summary, "2025-Q1 needs a supplementary settlement")
            self.assertIn("Dealer A, Dealer B", activity.note)
            self.assertNotRegex(f"{activity.note}", r"\d")

    def test_done_stays_done_until_there_is_news(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.changed()
        own = self.activities().filtered(lambda activity: activity.user_id == self.second)
        own.with_user(self.second).action_feedback(feedback="I have seen it")
        self.period._check_corrections()
        self.assertEqual(self.activities().user_id, self.users["officer"])
        self.make_invoice(self.dealer_b, {"soap": 7}, day=LATE)
        self.changed()
        self.assertEqual(self.activities().user_id, self.officers)

    def test_cleared_by_the_supplementary_settlement(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.make_order(self.sub_b, {"soap": 7}, day=LATE)
        self.assertEqual(self.changed(), self.dealer_a | self.sub_b)
        correction = self.correct(dealer_ids=self.dealer_a.ids)
        self.assertEqual(self.changed(), self.sub_b)
        self.assertNotIn("Dealer A", self.activities()[0].note)
        self.correct()
        self.assertFalse(self.changed())
        self.assertFalse(self.activities())
        self.as_role("keeper", correction).action_reverse()
        self.assertEqual(self.changed(), self.dealer_a)

    def test_reversed_settlement_needs_no_correction(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.assertTrue(self.changed())
        self.as_role("keeper", self.settlement).action_reverse()
        self.assertFalse(self.changed())

    def test_who_may_know_whom(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.changed()
        for role in ("keeper", "officer"):
            period = self.as_role(role, self.period)
            self.assertEqual(period.changed_partner_ids.ids, self.dealer_a.ids)
        # A penalty that is not approved yet is no business of accounting.
        for role in ("accountant", "salesperson", "sales_manager", "administrator"):
            period = self.as_role(role, self.period)
            self.assertTrue(period.needs_supplementary)
            with self.assertRaises(AccessError):
                period.read(["changed_partner_ids"])
            self.assertFalse(self.model(role, "mail.activity").search_count(
                [("id", "in", self.activities().ids)]
            ))  # fmt: skip
            with self.assertRaises(AccessError):
                self.as_role(role, self.activities()).read(["note"])

    def test_nothing_said_of_it_is_read_by_others(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.changed()
        self.activities().with_user(self.second)[:1].action_feedback()
        messages = self.period.message_ids
        self.assertTrue(messages)
        self.assertTrue(self.as_role("keeper", messages).mapped("body"))
        for role in ("accountant", "salesperson", "sales_manager"):
            found = self.model(role, "mail.message").search([("id", "in", messages.ids)])
            self.assertFalse(found)

    def test_nobody_else_follows_a_period(self):
        """Followers are sent what is said: who could not read it does not add himself."""
        for role in ("accountant", "salesperson", "sales_manager", "administrator"):
            own = self.users[role].partner_id
            self.assertFalse(self.as_role(role, self.period).message_subscribe(own.ids), role)
            self.assertNotIn(own, self.period.message_partner_ids)
            with self.assertRaises(AccessError):
                self.as_role(role, self.period).message_post(body="Who?")
        own = self.users["keeper"].partner_id
        self.as_role("keeper", self.period).message_subscribe(own.ids)
        self.assertIn(own, self.period.message_partner_ids)


@tagged("post_install", "-at_install")
class TestButtons(ChangesCase):
    def test_check_for_changes(self):
        self.assertFalse(self.period.supplementary_check_on)
        notice = self.as_role("officer", self.period).action_check_corrections()
        self.assertIn("Nothing has changed", notice["params"]["message"])
        self.assertTrue(self.period.supplementary_check_on)
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        notice = self.as_role("officer", self.period).action_check_corrections()
        self.assertIn("2025-Q1: sales or penalties have changed", notice["params"]["message"])
        self.assertFalse(self.marked())
        for role in ("keeper", "accountant", "salesperson"):
            with self.assertRaises(AccessError):
                self.as_role(role, self.period).action_check_corrections()

    def test_no_rate_is_unsealed(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        with patch.object(type(self.env["channel.rate"]), "_unseal_lines") as unseal:
            self.assertEqual(self.changed(), self.dealer_a)
        unseal.assert_not_called()

    def test_make_a_supplementary_settlement(self):
        period = self.as_role("officer", self.period)
        action = period.action_make_supplementary()
        Settlement = self.model("officer", action["res_model"]).with_context(**action["context"])
        new = Settlement.create({})
        self.assertEqual((new.kind, new.period_id), ("supplementary", period))
        self.assertEqual(period.action_make_supplementary()["res_id"], new.id)
        new.action_cancel()
        self.assertFalse(self.settlement.action_make_supplementary()["res_id"])
        period.action_close()
        with self.refused("Reopen it first"):
            period.action_make_supplementary()

    def test_settlement_tells_what_its_period_needs(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=LATE)
        self.changed()
        settlement = self.as_role("officer", self.settlement)
        self.assertTrue(settlement.needs_supplementary)
        self.assertEqual(settlement.changed_partner_ids, self.dealer_a)
        self.assertFalse(self.settle_next().needs_supplementary)

    def settle_next(self):
        self.make_invoice(self.dealer_a, {"soap": 7}, day=OPEN_DAY)
        return self.settle(self.next_period)


@tagged("post_install", "-at_install")
class TestCompanies(ChangesCase):
    """The same dealers, settled in both companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.env["account.chart.template"].try_loading("generic_coa", cls.other, install_demo=False)
        both = cls.env.company | cls.other
        cls.env.user.company_ids |= both
        for user in cls.users.values():
            user.company_ids |= both
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": both.ids})
        cls.elsewhere = cls.make_period(
            cls.period.date_from, cls.period.date_to, company_id=cls.other.id
        )
        cls.sign_all(cls.dealer_a, cls.dealer_b, periods=[cls.elsewhere])
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.make_invoice(dealer, {"soap": 10}, company_id=cls.other.id)
        cls.settle(cls.elsewhere)
        cls.clear_marks()

    def test_only_the_company_that_sold(self):
        self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE)
        self.assertEqual(self.changed(), self.dealer_a)
        self.assertFalse(self.elsewhere.needs_supplementary)
        self.clear_marks()
        self.make_invoice(self.dealer_b, {"soap": 1}, day=LATE, company_id=self.other.id)
        self.assertEqual(self.changed(), self.dealer_a)
        self.assertEqual(self.elsewhere.changed_partner_ids, self.dealer_b)

    def test_officers_of_the_company(self):
        guest = new_test_user(
            self.env,
            "other_officer",
            groups="channel_rebate.group_settlement_officer",
            company_id=self.other.id,
            company_ids=[(6, 0, self.other.ids)],
        )
        for company in (self.company, self.other):
            self.make_invoice(self.dealer_a, {"soap": 1}, day=LATE, company_id=company.id)
        self.changed()
        self.assertEqual(self.activities().user_id, self.users["officer"])
        self.assertEqual(self.activities(self.elsewhere).user_id, self.users["officer"] | guest)
