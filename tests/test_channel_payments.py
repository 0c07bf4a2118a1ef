"""A sub-distributor pays us on his dealer's account: an ordinary payment with both names on it."""

from datetime import date

from lxml import html
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PRICES, ChannelCase

FORM = "account.view_account_payment_form"
LABEL = "paid by Sub A on account of Dealer A"


class ChannelPaymentCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a, cls.dealer_b = cls.make_dealer("Dealer A"), cls.make_dealer("Dealer B")
        cls.sub_a = cls.make_sub("Sub A", cls.dealer_a, channel_pay_to="company")
        cls.sub_b = cls.make_sub("Sub B", cls.dealer_b)
        cls.order = cls.make_order(cls.sub_a, {"soap": 2})
        cls.shop = cls.env["res.partner"].create({"name": "Shop"})
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    @classmethod
    def make_payment(cls, *, role="accountant", post=True, **values):
        """Return a payment, of 100 by the sub-distributor of dealer A if not told otherwise."""
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "amount": 100,
            "date": date(2025, 2, 3),
            **({} if "partner_id" in values else {"channel_payer_id": cls.sub_a.id}),
            **values,
        }
        payment = cls.model(role, "account.payment").create(values)
        if post:
            payment.action_post()
        return payment

    def new_form(self, **defaults):
        defaults = {"payment_type": "inbound", "partner_type": "customer", **defaults}
        payments = self.model("accountant", "account.payment").with_context(
            **{f"default_{name}": value for name, value in defaults.items()}
        )
        return Form(payments, view=FORM)

    def receivable_of(self, payment):
        return payment.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )


@tagged("post_install", "-at_install")
class TestChannelPaymentForm(ChannelPaymentCase):
    """The ordinary payment screen knows who pays for whom."""

    def test_sub_distributor_as_customer_becomes_the_payer(self):
        for sub, dealer in ((self.sub_a, self.dealer_a), (self.sub_b, self.dealer_b)):
            with self.new_form() as form:
                form.partner_id = sub
                form.amount = 50
                self.assertEqual((form.partner_id, form.channel_payer_id), (dealer, sub))
            self.assertEqual(form.record.partner_id, dealer)

    def test_contact_of_a_sub_distributor_pays_for_him(self):
        ann = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub_a.id})
        form = self.new_form()
        form.partner_id = ann
        self.assertEqual((form.partner_id, form.channel_payer_id), (self.dealer_a, self.sub_a))

    def test_the_form_says_where_the_money_goes(self):
        payment = self.model("accountant", "account.payment").new(
            {
                "partner_id": self.sub_a.id,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        )
        warning = payment._onchange_channel_partner_id()["warning"]
        self.assertEqual(warning["type"], "notification")
        self.assertIn("Sub A buys from Dealer A", warning["message"])
        payment.partner_id = self.dealer_a
        self.assertFalse(payment._onchange_channel_partner_id())

    def test_payer_brings_his_dealer(self):
        with self.new_form() as form:
            form.channel_payer_id = self.sub_b
            self.assertEqual(form.partner_id, self.dealer_b)
            form.partner_id = self.shop
            self.assertFalse(form.channel_payer_id)
            form.partner_id = self.dealer_a
            form.channel_payer_id = self.sub_a
            self.assertEqual(form.partner_id, self.dealer_a)

    def test_another_sub_distributor_brings_another_dealer(self):
        form = self.new_form(partner_id=self.sub_a.id)
        self.assertEqual(form.partner_id, self.dealer_a)
        form.partner_id = self.sub_b
        self.assertEqual((form.partner_id, form.channel_payer_id), (self.dealer_b, self.sub_b))

    def test_order_brings_everything(self):
        with self.new_form() as form:
            form.channel_payer_id = self.sub_a
            form.channel_order_id = self.order
        payment = form.record
        self.assertEqual(payment.partner_id, self.dealer_a)
        self.assertEqual((payment.amount, payment.memo), (2 * PRICES["soap"], self.order.name))

    def test_order_is_dropped_with_its_payer(self):
        form = self.new_form(**self.order._prepare_channel_payment_values())
        self.assertEqual((form.partner_id, form.channel_payer_id), (self.dealer_a, self.sub_a))
        self.assertEqual(form.channel_order_id, self.order)
        form.partner_id = self.dealer_b
        self.assertFalse(form.channel_payer_id)
        self.assertFalse(form.channel_order_id)

    def test_money_that_we_send_is_the_sub_distributors_own(self):
        with self.new_form(payment_type="outbound") as form:
            form.partner_id = self.sub_a
            form.amount = 5
        self.assertEqual(form.record.partner_id, self.sub_a)
        self.assertFalse(form.record.channel_payer_id)
        form = self.new_form(**self.order._prepare_channel_payment_values())
        form.payment_type = "outbound"
        self.assertFalse(form.channel_payer_id or form.channel_order_id)
        form.partner_id = self.sub_a
        form.payment_type = "inbound"
        self.assertEqual(form.partner_id, self.dealer_a)

    def test_ordinary_customers_stay(self):
        for partner in (self.shop, self.dealer_a):
            with self.new_form() as form:
                form.partner_id = partner
                form.amount = 5
            self.assertEqual(form.record.partner_id, partner)
            self.assertFalse(form.record.channel_payer_id)

    def test_ordinary_customers_are_not_asked_who_paid(self):
        form = self.new_form(partner_id=self.shop.id)
        with self.assertRaisesRegex(AssertionError, "invisible"):
            form.channel_payer_id = self.sub_a
        form.partner_id = self.dealer_a
        form.channel_payer_id = self.sub_a

    def test_supplier_payments_stay(self):
        form = self.new_form(payment_type="outbound", partner_type="supplier")
        form.partner_id = self.sub_a
        self.assertEqual(form.partner_id, self.sub_a)


@tagged("post_install", "-at_install")
class TestChannelPaymentBooking(ChannelPaymentCase):
    """What accounting sees."""

    def test_dealer_is_credited_with_both_names(self):
        payment = self.make_payment(channel_order_id=self.order.id)
        line = self.receivable_of(payment)
        self.assertEqual((line.partner_id, line.credit), (self.dealer_a, 100))
        self.assertEqual(payment.move_id.partner_id, self.dealer_a)
        for name in payment.move_id.line_ids.mapped("name"):
            self.assertIn(f"{self.order.name}, {LABEL}", name)
        self.assertEqual(payment.memo, self.order.name)
        self.assertEqual(self.dealer_a.credit, -100)
        self.assertEqual(self.sub_a.credit, 0)

    def test_ordinary_payment_has_no_second_name(self):
        payment = self.make_payment(partner_id=self.shop.id)
        self.assertNotIn("paid by", payment.move_id.line_ids[0].name)

    def test_payment_pays_the_dealers_invoice(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 1})
        payment = self.make_payment(amount=PRICES["soap"], memo="March")
        self.assertEqual(self.dealer_a.credit, 0)
        line = self.receivable_of(payment)
        invoice = self.as_role("accountant", invoice)
        outstanding = invoice.invoice_outstanding_credits_debits_widget
        self.assertEqual([entry["id"] for entry in outstanding["content"]], line.ids)
        invoice.js_assign_outstanding_line(line.id)
        self.assertEqual((invoice.amount_residual, line.reconciled), (0, True))
        self.assertEqual(payment.reconciled_invoice_ids, invoice)
        other = self.make_invoice(self.dealer_b, {"soap": 1})
        self.assertFalse(other.invoice_outstanding_credits_debits_widget)

    def test_payment_of_his_own_invoice_stays_his(self):
        """Odoo's wizard on an invoice of the sub-distributor pays that invoice."""
        invoice = self.make_invoice(self.sub_a, {"soap": 1})
        wizard = (
            self.model("accountant", "account.payment.register")
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
        )
        payment = wizard._create_payments()
        self.assertEqual((payment.partner_id, payment.channel_payer_id.id), (self.sub_a, False))
        self.assertEqual(invoice.amount_residual, 0)

    def test_payer_named_on_the_dealers_invoices(self):
        """Odoo's wizard on invoices of the dealer can say who brought the money."""
        for grouped, count in ((False, 2), (True, 1)):
            invoices = self.make_invoice(self.dealer_a, {"soap": 1})
            invoices |= self.make_invoice(self.dealer_a, {"soap": 1})
            wizard = self.model("accountant", "account.payment.register").with_context(
                active_model="account.move", active_ids=invoices.ids
            )
            with Form(wizard) as form:
                form.group_payment = grouped
                form.channel_payer_id = self.sub_a
            payments = form.record._create_payments()
            with self.subTest(grouped=grouped):
                self.assertEqual(len(payments), count)
                self.assertEqual(payments.channel_payer_id, self.sub_a)
                self.assertIn(LABEL, self.receivable_of(payments[0]).name)
                self.assertEqual(sum(invoices.mapped("amount_residual")), 0)
        invoice = self.make_invoice(self.dealer_a, {"soap": 1})
        wizard = wizard.with_context(active_ids=invoice.ids)
        with self.refused("Sub B does not buy from Dealer A"):
            wizard.create({"channel_payer_id": self.sub_b.id})._create_payments()

    def test_wizard_asks_for_a_payer_on_dealers_invoices_only(self):
        wizard = self.model("accountant", "account.payment.register")
        for partner, role in ((self.shop, False), (self.dealer_a, "dealer")):
            invoice = self.make_invoice(partner, {"soap": 1})
            context = {"active_model": "account.move", "active_ids": invoice.ids}
            form = Form(wizard.with_context(**context))
            self.assertEqual(form.channel_customer_role, role)

    def test_refund_to_a_sub_distributor_stays_his(self):
        payment = self.make_payment(payment_type="outbound", partner_id=self.sub_a.id)
        self.assertEqual(payment.partner_id, self.sub_a)
        self.assertNotIn("paid by", payment.move_id.line_ids[0].name)

    def test_draft_may_name_another_payer_and_its_items_follow(self):
        payment = self.make_payment()
        other = self.make_sub("Sub C", self.dealer_a)
        for values in (
            {"channel_payer_id": other.id},
            {"channel_payer_id": False},
            {"channel_order_id": self.order.id},
            {"partner_id": self.dealer_b.id},
        ):
            with self.subTest(values), self.refused(f"{payment.name} is confirmed. Reset it"):
                payment.write(values)
        payment.write({"channel_payer_id": self.sub_a.id, "memo": "Same payer"})
        payment.action_draft()
        payment.channel_payer_id = other
        payment.action_post()
        self.assertIn("paid by Sub C", self.receivable_of(payment).name)

    def test_ordinary_payments_are_changed_as_before(self):
        payment = self.make_payment(partner_id=self.shop.id)
        payment.partner_id = self.dealer_b
        with self.refused("is confirmed"):
            payment.write({"channel_payer_id": self.sub_b.id})

    def test_two_at_once_and_a_copy(self):
        common = {"amount": 10, "date": date(2025, 2, 3)}
        payments = self.model("accountant", "account.payment").create(
            [
                {**common, "channel_payer_id": self.sub_a.id},
                {**common, "channel_payer_id": self.sub_b.id},
                {**common, "partner_id": self.shop.id},
                {**common, "channel_order_id": self.order.id, "memo": "My own text"},
            ]
        )
        self.assertEqual(payments.mapped("partner_id"), self.dealer_a | self.dealer_b | self.shop)
        self.assertEqual(payments.mapped("memo"), [False, False, False, "My own text"])
        self.assertEqual(payments[3].channel_payer_id, self.sub_a)
        payments.action_post()
        self.assertEqual(payments[1].copy().channel_payer_id, self.sub_b)

    def test_receipt_bears_both_names(self):
        payment = self.make_payment(channel_order_id=self.order.id)
        report = self.env["ir.actions.report"].with_user(self.users["accountant"])
        page, _kind = report._render_qweb_html("account.report_payment_receipt", payment.ids)
        words = " ".join(" ".join(html.fromstring(page).itertext()).split()).replace(" ,", ",")
        self.assertIn("Customer: Dealer A", words)
        self.assertIn("Paid By: Sub A, on the customer's account", words)
        self.assertIn(f"For Order: {self.order.name}", words)
        ordinary = self.make_payment(partner_id=self.shop.id)
        page, _kind = report._render_qweb_html("account.report_payment_receipt", ordinary.ids)
        self.assertNotIn("Paid By", page.decode())

    def test_holders_read_both_names(self):
        payment = self.make_payment(channel_order_id=self.order.id)
        for role in ("keeper", "officer"):
            payments = self.as_role(role, payment)
            arch = payments.get_view(view_type="form")["arch"]
            names = {
                name: {"fields": {"display_name": {}}}
                for name in ("partner_id", "channel_payer_id", "channel_order_id")
            }
            values = payments.web_read(names)[0]
            with self.subTest(role):
                self.assertIn("channel_payer_id", arch)
                self.assertEqual(
                    [values[name]["display_name"] for name in names],
                    ["Dealer A", "Sub A", self.order.name],
                )

    def test_payments_are_found_by_payer(self):
        mine = self.make_payment()
        self.make_payment(partner_id=self.dealer_a.id)
        Payment = self.model("accountant", "account.payment")
        self.assertEqual(Payment.search([("channel_payer_id", "ilike", "Sub A")]), mine)
        arch = Payment.get_view(view_type="search")["arch"]
        for name in ("channel_dealers_account", "group_by_channel_payer"):
            self.assertIn(f'name="{name}"', arch)


@tagged("post_install", "-at_install")
class TestChannelPaymentRules(ChannelPaymentCase):
    """Who may be named, and who may not."""

    def test_payer_buys_from_the_customer(self):
        for values, text in (
            ({"partner_id": self.dealer_b.id}, "Sub A does not buy from Dealer B"),
            ({"partner_id": self.sub_a.id}, "Sub A does not buy from Sub A"),
            ({"partner_id": False}, "Sub A does not buy from nobody"),
        ):
            values = {"channel_payer_id": self.sub_a.id, **values}
            with self.subTest(text), self.refused(text):
                self.make_payment(**values)
        for stranger in (self.shop, self.dealer_b):
            with self.refused(f"{stranger.name} does not buy from Dealer A"):
                self.make_payment(channel_payer_id=stranger.id, partner_id=self.dealer_a.id)

    def test_only_money_received_from_customers(self):
        for values in (
            {"payment_type": "outbound"},
            {"partner_type": "supplier"},
        ):
            with self.subTest(values), self.refused("Sub A can be named only on money"):
                self.make_payment(**values)

    def test_order_is_confirmed_and_of_that_payer(self):
        quotation = self.make_order(self.sub_a, {"soap": 1}, confirm=False)
        sell_in = self.make_order(self.dealer_a, {"soap": 1})
        other = self.make_order(self.sub_b, {"soap": 1})
        mine = {"partner_id": self.dealer_a.id, "channel_payer_id": self.sub_a.id}
        for order in (quotation, sell_in, other):
            with self.subTest(order.name), self.refused("is no confirmed sell-out order of Sub A"):
                self.make_payment(**mine, channel_order_id=order.id)
        with self.refused("which sub-distributor paid for"):
            self.make_payment(
                partner_id=self.dealer_a.id, channel_order_id=self.order.id, channel_payer_id=False
            )

    def test_dealer_of_old_orders_is_credited_after_a_move(self):
        self.sub_a._move_to_channel_dealer(self.dealer_b, date(2025, 2, 3))
        payment = self.make_payment(channel_order_id=self.order.id)
        self.assertEqual(payment.partner_id, self.dealer_a)
        payment = self.make_payment(channel_payer_id=self.sub_a.id, partner_id=self.dealer_a.id)
        self.assertEqual(payment.partner_id, self.dealer_a)
        self.assertEqual(self.make_payment().partner_id, self.dealer_b)
        form = self.new_form(partner_id=self.dealer_a.id)
        form.channel_payer_id = self.sub_a
        self.assertEqual(form.partner_id, self.dealer_a)

    def test_salesperson_books_nothing(self):
        for role in ("salesperson", "sales_manager", "keeper", "officer", "administrator"):
            with self.subTest(role), self.assertRaisesRegex(Exception, "not allowed|access"):
                self.make_payment(role=role, post=False)

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Second Company"})
        self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        self.users["accountant"].company_ids |= company
        payment = self.make_payment(company_id=company.id)
        self.assertEqual(payment.company_id, company)
        self.assertEqual(self.receivable_of(payment).partner_id, self.dealer_a)
        self.assertEqual(self.dealer_a.credit, 0)
        self.assertEqual(self.dealer_a.with_company(company).credit, -100)
        with self.refused("belongs to another company"):
            self.make_payment(company_id=company.id, channel_order_id=self.order.id)
        private = self.make_sub("Private", self.dealer_a, company_id=company.id)
        with self.refused("belongs to another company"):
            self.make_payment(channel_payer_id=private.id)
        for companies, count in ((self.company, 0), (self.company | company, 1)):
            partner = self.as_role("accountant", self.sub_a)
            partner = partner.with_context(allowed_company_ids=companies.ids)
            partner.invalidate_recordset()
            with self.subTest(companies.mapped("name")):
                self.assertEqual(partner.channel_payment_count, count)


@tagged("post_install", "-at_install")
class TestChannelPaymentOfOrders(ChannelPaymentCase):
    """From the order to the payment, and back."""

    def register(self, order):
        action = self.as_role("accountant", order).action_register_channel_payment()
        payments = self.env["account.payment"].with_user(self.users["accountant"])
        return Form(payments.with_context(**action["context"]), view=FORM)

    def test_order_follows_the_habit_of_its_customer(self):
        self.assertEqual(self.order.channel_pay_to, "company")
        self.assertEqual(self.make_order(self.sub_b, {"soap": 1}).channel_pay_to, "dealer")
        self.assertFalse(self.make_order(self.dealer_a, {"soap": 1}).channel_pay_to)
        self.assertFalse(self.make_order(self.shop, {"soap": 1}).channel_pay_to)
        self.sub_a.channel_pay_to = "dealer"
        self.assertEqual(self.order.channel_pay_to, "company")
        self.assertEqual(self.order.copy().channel_pay_to, "dealer")

    def test_habit_belongs_to_sub_distributors(self):
        self.assertEqual(self.sub_b.channel_pay_to, "dealer")
        self.assertFalse(self.dealer_a.channel_pay_to)
        self.assertFalse(self.shop.channel_pay_to)
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub_a.id})
        self.assertEqual(contact.channel_pay_to, "company")
        self.sub_a.channel_pay_to = "dealer"
        self.assertEqual(contact.channel_pay_to, "dealer")
        self.sub_a.write({"channel_role": False, "channel_dealer_id": False})
        self.assertFalse(self.sub_a.channel_pay_to)

    def test_only_sell_out_orders_say_whom(self):
        order = self.make_order(self.shop, {"soap": 1})
        with self.refused(f"{order.name} is no sell-out order: its customer pays us"):
            order.channel_pay_to = "company"

    def test_register_in_two_parts(self):
        order = self.as_role("accountant", self.order)
        total = 2 * PRICES["soap"]
        with self.register(self.order) as form:
            self.assertEqual((form.amount, form.memo), (total, order.name))
            form.amount = 200
        first = form.record
        self.assertEqual((first.partner_id, first.channel_payer_id), (self.dealer_a, self.sub_a))
        self.assertEqual((order.channel_paid_amount, order.channel_payment_count), (0, 1))
        first.action_post()
        order.invalidate_recordset()
        self.assertEqual(order.channel_paid_amount, 200)
        with self.register(self.order) as form:
            self.assertEqual(form.amount, total - 200)
        form.record.action_post()
        order.invalidate_recordset()
        self.assertEqual((order.channel_paid_amount, order.channel_payment_count), (total, 2))
        with self.refused(f"There is nothing left to pay on {order.name}"):
            order.action_register_channel_payment()
        self.assertEqual(
            self.env["account.payment"].search(order.action_open_channel_payments()["domain"]),
            first | form.record,
        )

    def test_canceled_payments_do_not_count(self):
        payment = self.make_payment(channel_order_id=self.order.id)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.as_role("accountant", self.order).channel_paid_amount, 0)

    def test_amounts_in_the_currency_of_the_order(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2025-01-01", "rate": 0.5}
        )
        self.make_payment(channel_order_id=self.order.id, currency_id=euro.id, amount=50)
        self.make_payment(channel_order_id=self.order.id, amount=10)
        self.assertEqual(self.as_role("accountant", self.order).channel_paid_amount, 110)

    def test_register_needs_a_confirmed_order_that_pays_us(self):
        quotation = self.make_order(self.sub_a, {"soap": 1}, confirm=False)
        elsewhere = self.make_order(self.sub_b, {"soap": 1})
        ordinary = self.make_order(self.shop, {"soap": 1})
        empty = self.make_order(self.sub_a, {})
        for order, text in (
            (quotation, f"Confirm {quotation.name} before"),
            (elsewhere, f"Sub B pays {elsewhere.name} to Dealer B"),
            (ordinary, f"{ordinary.name} is no sell-out order"),
            (empty, f"nothing left to pay on {empty.name}"),
        ):
            with self.subTest(text), self.refused(text):
                self.as_role("accountant", order).action_register_channel_payment()

    def test_amounts_are_for_readers_of_payments(self):
        self.make_payment(channel_order_id=self.order.id)
        for role in ("accountant", "keeper", "officer"):
            with self.subTest(role):
                self.assertEqual(self.as_role(role, self.order).channel_paid_amount, 100)
                self.assertEqual(self.as_role(role, self.sub_a).channel_payment_count, 1)
        for role in ("salesperson", "sales_manager"):
            order = self.as_role(role, self.order)
            for name in ("channel_paid_amount", "channel_payment_count"):
                with self.subTest(role), self.refused("access"):
                    order.read([name])
            with self.subTest(role), self.refused("access"):
                order.action_register_channel_payment()
            self.assertNotIn("channel_paid_amount", order.get_view(view_type="form")["arch"])

    def test_button_is_the_invoicing_groups(self):
        for role, shown in (("accountant", True), ("salesperson", False), ("keeper", False)):
            arch = self.model(role, "sale.order").get_view(view_type="form")["arch"]
            with self.subTest(role):
                self.assertEqual("action_register_channel_payment" in arch, shown)

    def test_partners_lead_to_their_payments(self):
        mine = self.make_payment()
        self.make_payment(partner_id=self.dealer_a.id)
        theirs = self.make_payment(channel_payer_id=self.sub_b.id)
        for partner, payment in (
            (self.sub_a, mine),
            (self.dealer_a, mine),
            (self.sub_b, theirs),
            (self.dealer_b, theirs),
        ):
            partner = self.as_role("accountant", partner)
            action = partner.action_open_channel_payments()
            with self.subTest(partner.name):
                self.assertEqual(partner.channel_payment_count, 1)
                self.assertEqual(self.env["account.payment"].search(action["domain"]), payment)
        self.assertEqual(self.as_role("accountant", self.shop).channel_payment_count, 0)


@tagged("post_install", "-at_install")
class TestSellOutAmounts(ChannelPaymentCase):
    """A sell-out order is no claim of ours."""

    def test_nothing_to_invoice(self):
        ordinary = self.make_order(self.shop, {"soap": 2})
        for order, amount in ((self.order, 0), (ordinary, 2 * PRICES["soap"])):
            line = order.order_line
            line.qty_delivered = 2
            with self.subTest(order.name):
                self.assertEqual(line.untaxed_amount_to_invoice, amount)
                self.assertEqual(line.amount_to_invoice, amount)
                self.assertEqual(order.amount_to_invoice, amount)
                self.assertEqual(line.amount_to_invoice_at_date, amount)
                self.assertEqual((line.amount_invoiced, order.amount_invoiced), (0, 0))
        self.order._force_lines_to_invoice_policy_order()
        self.assertEqual(self.order.order_line.qty_to_invoice, 0)

    def test_credit_limits_do_not_count_them(self):
        self.company.account_use_credit_limit = True
        (self.sub_a | self.shop).credit_limit = 1
        for partner, counted in ((self.sub_a, False), (self.shop, True)):
            self.make_order(partner, {"soap": 2})
            quotation = self.make_order(partner, {"soap": 2}, confirm=False)
            with self.subTest(partner.name):
                self.assertEqual(bool(partner.credit_to_invoice), counted)
                self.assertEqual(bool(quotation.partner_credit_warning), counted)

    def test_no_revenue_is_accrued(self):
        account = self.env["account.account"].search([("account_type", "=", "asset_current")])[0]
        for partner, accrued in ((self.sub_a, False), (self.shop, True)):
            order = self.make_order(partner, {"soap": 2})
            order.order_line.qty_delivered = 2
            wizard = (
                self.env["account.accrued.orders.wizard"]
                .with_context(active_model="sale.order", active_ids=order.ids)
                .create({"date": "2030-12-31", "account_id": account.id})
            )
            with self.subTest(partner.name):
                self.assertEqual("506.00" in wizard.preview_data, accrued)

    def test_lines_added_later(self):
        self.order.write(
            {
                "order_line": [
                    Command.create({"product_id": self.products["shampoo"].id, "price_unit": 9})
                ]
            }
        )
        self.assertEqual(self.order.amount_to_invoice, 0)
        self.assertEqual(sum(self.order.order_line.mapped("untaxed_amount_to_invoice")), 0)
