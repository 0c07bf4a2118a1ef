"""What a sub-distributor does with his orders in the portal: he reads and signs, he never pays."""

from lxml import html
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChannelHttpCase

# A transparent picture of one pixel.
SIGNATURE = "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="
REFUSED = "can't be paid online"


@tagged("post_install", "-at_install")
class TestPortalOrders(ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.make_provider()
        cls.sub = cls.make_sub("Sub", cls.make_dealer("Dealer"), email="sub@example.com")
        cls.shop = cls.env["res.partner"].create({"name": "Shop", "email": "shop@example.com"})
        cls.logins = {
            partner: cls.make_portal_user(partner).login for partner in (cls.sub, cls.shop)
        }
        cls.quotations = {partner: cls.make_quotation(partner) for partner in (cls.sub, cls.shop)}

    @classmethod
    def make_provider(cls):
        """Return a provider that the payment form offers, without an add-on of its own."""
        method = cls.env.ref("payment.payment_method_unknown")
        form = cls.env["ir.ui.view"].create(
            {"name": "Redirect", "type": "qweb", "arch": "<form action='shop' method='post'/>"}
        )
        provider = cls.env["payment.provider"].create(
            {
                "name": "Test Provider",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
                "redirect_form_view_id": form.id,
            }
        )
        method.active = True
        return provider

    @classmethod
    def make_quotation(cls, partner, **values):
        values = {"require_signature": False, "require_payment": True, **values}
        order = cls.make_order(partner, {"soap": 2}, confirm=False, **values)
        order.action_quotation_sent()
        return order

    def open_order(self, order, query="", *, token=False):
        """Return the page of an order as its customer sees it."""
        self.authenticate(None, None)
        if not token:
            login = self.logins[order.partner_id]
            self.authenticate(login, login)
        url = order.get_portal_url(query_string=query)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        self.assertIn(order.name, " ".join(page.itertext()))
        return page

    def payment_parts(self, page):
        """Return what on the page leads to a payment: forms, buttons, words on buttons."""
        parts = page.xpath("//form[@id='o_payment_form']|//*[@id='o_sale_portal_paynow']")
        words = [" ".join(node.itertext()) for node in page.xpath("//a[@role='button']|//button")]
        return parts + [text for text in words if "Pay" in text]

    def transaction_parameters(self, order):
        return {
            "access_token": order._portal_ensure_token(),
            "provider_id": self.provider.id,
            "payment_method_id": self.provider.payment_method_ids.id,
            "token_id": None,
            "amount": order.amount_total,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": order.get_portal_url(),
        }

    def pay(self, order):
        """Return the server's answer to the payment form: its result or its error."""
        response = self.url_open(
            f"/my/orders/{order.id}/transaction",
            json={"jsonrpc": "2.0", "params": self.transaction_parameters(order)},
        )
        return response.json()

    # === The page === #

    def test_no_pay_on_a_sell_out_quotation(self):
        for partner, payable in ((self.sub, False), (self.shop, True)):
            for token in (False, True):
                page = self.open_order(self.quotations[partner], token=token)
                with self.subTest(partner=partner.name, token=token):
                    self.assertEqual(bool(self.payment_parts(page)), payable)

    def test_no_pay_on_a_confirmed_sell_out_order(self):
        for partner, payable in ((self.sub, False), (self.shop, True)):
            order = self.quotations[partner]
            order.action_confirm()
            for query in ("&payment_amount=10", "&payment_amount=506&amount_selection=full_amount"):
                page = self.open_order(order, query)
                with self.subTest(partner=partner.name, query=query):
                    self.assertEqual(bool(self.payment_parts(page)), payable)

    def test_link_with_an_amount_shows_no_form(self):
        """Neither does it complain that less than the prepayment is asked."""
        for partner, payable in ((self.sub, False), (self.shop, True)):
            for query in (
                "&payment_amount=506",
                "&payment_amount=506&amount_selection=down_payment",
            ):
                page = self.open_order(self.quotations[partner], query)
                with self.subTest(partner=partner.name, query=query):
                    self.assertEqual(bool(self.payment_parts(page)), payable)
        self.open_order(self.quotations[self.sub], "&payment_amount=1")

    def test_others_do_not_get_in(self):
        self.authenticate(*[self.logins[self.shop]] * 2)
        for query in ("", "?payment_amount=5", "?access_token=wrong&payment_amount=5"):
            response = self.url_open(f"/my/orders/{self.quotations[self.sub].id}{query}")
            self.assertTrue(response.url.endswith("/my"), response.url)

    # === Signing === #

    def test_signing_confirms_without_paying(self):
        for partner, state in ((self.sub, "sale"), (self.shop, "sent")):
            order = self.make_quotation(partner, require_signature=True)
            with self.subTest(partner=partner.name):
                page = self.open_order(order)
                words = " ".join(" ".join(page.itertext()).split())
                self.assertEqual("Accept & Sign" in words, partner == self.sub)
                self.assertEqual("Sign & Pay" in words, partner == self.shop)
                result = self.make_jsonrpc_request(
                    f"/my/orders/{order.id}/accept",
                    {
                        "access_token": order._portal_ensure_token(),
                        "name": "Signatory",
                        "signature": SIGNATURE,
                    },
                )
                self.assertEqual("allow_payment" in result["redirect_url"], partner == self.shop)
                self.assertEqual((order.state, order.signed_by), (state, "Signatory"))

    def test_mails_do_not_ask_for_payment(self):
        for partner, asked in ((self.sub, False), (self.shop, True)):
            order = self.quotations[partner]
            groups = order._notify_get_recipients_groups(self.env["mail.message"], "Quotation")
            button = next(group[2] for group in groups if group[0] == "portal_customer")
            with self.subTest(partner=partner.name):
                self.assertEqual("Pay" in button["button_access"]["title"], asked)
        order = self.quotations[self.sub]
        order.with_context(send_email=True).action_confirm()
        mail = self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id), ("subject", "!=", False)],
            limit=1,
        )
        self.assertIn("The dealer delivers and invoices the goods", mail.body)
        for words in ("payment_amount", "Pay", "pay now"):
            self.assertNotIn(words, mail.body)

    # === Other ways to a payment === #

    @mute_logger("odoo.http")
    def test_transaction_is_refused(self):
        confirmed = self.make_order(self.sub, {"soap": 1})
        for order in (self.quotations[self.sub], confirmed):
            for login in (self.logins[self.sub], None):
                self.authenticate(login, login)
                with self.subTest(state=order.state, login=login):
                    message = self.pay(order)["error"]["data"]["message"]
                    self.assertIn(f"{order.name} {REFUSED}", message)
                    self.assertFalse(order.transaction_ids)

    def test_ordinary_orders_are_paid_as_before(self):
        order = self.quotations[self.shop]
        self.authenticate(*[self.logins[self.shop]] * 2)
        self.assertEqual(self.pay(order)["result"]["amount"], order.amount_total)
        self.assertEqual(len(order.transaction_ids), 1)

    def test_no_transaction_by_another_way(self):
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.provider.payment_method_ids.id,
            "reference": "by hand",
            "amount": 5,
            "currency_id": self.company.currency_id.id,
            "partner_id": self.sub.id,
        }
        orders = self.quotations[self.sub] | self.quotations[self.shop]
        with self.refused(f"{self.quotations[self.sub].name} {REFUSED}"):
            self.env["payment.transaction"].create(
                {**values, "sale_order_ids": [Command.set(orders.ids)]}
            )
        transaction = self.env["payment.transaction"].create(values)
        with self.refused(REFUSED):
            transaction.sale_order_ids = orders

    def test_payment_links_are_refused(self):
        Wizard = self.model("salesperson", "payment.link.wizard")
        for order in (self.quotations[self.sub], self.make_order(self.sub, {"soap": 1})):
            values = {"res_model": "sale.order", "res_id": order.id, "amount": 5}
            with self.refused(f"{order.name} {REFUSED}"):
                Wizard.with_context(active_model="sale.order", active_id=order.id).create({})
            with self.refused(f"{order.name} {REFUSED}"):
                Wizard.create(values)
        order = self.quotations[self.shop]
        link = Wizard.with_context(active_model="sale.order", active_id=order.id).create({}).link
        self.assertIn("payment_amount", link)

    def test_money_for_what_became_a_sell_out_order_is_kept(self):
        """The salesperson changed the customer while the payment was on its way."""
        order = self.quotations[self.shop]
        self.authenticate(*[self.logins[self.shop]] * 2)
        self.pay(order)
        order.partner_id = self.sub
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        self.assertEqual(order.channel_tier, "sell_out")
        order.action_confirm()
        order.transaction_ids._invoice_sale_orders()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
