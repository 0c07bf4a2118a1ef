"""Beside the other add-ons: a sell-out order is never ours to invoice."""

from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import PRICES, ChannelCase
from .test_stock import StockCase


@tagged("post_install", "-at_install")
class TestNothingToInvoice(StockCase):
    def assertNothingToInvoice(self, order):
        self.assertEqual((order.invoice_status, order.amount_to_invoice), ("no", 0))
        for line in order.order_line:
            self.assertEqual((line.invoice_status, line.qty_to_invoice), ("no", 0))
            self.assertEqual((line.untaxed_amount_to_invoice, line.amount_to_invoice), (0, 0))
        self.assertFalse(order.activity_ids)

    def test_status_of_both_policies(self):
        order = self.make_order(self.sub, {"crate": 7, "on delivery": 9})
        self.assertNothingToInvoice(order)
        order.order_line[0].product_uom_qty = 20
        order.order_line = [Command.create({"product_id": self.products["soap"].id})]
        self.assertNothingToInvoice(order)
        sell_in = self.make_order(self.dealer, {"crate": 7})
        self.assertEqual((sell_in.invoice_status, sell_in.amount_to_invoice), ("to invoice", 350))

    def test_more_delivered_than_ordered_is_no_upselling(self):
        for partner, status in ((self.sub, "no"), (self.dealer, "upselling")):
            order = self.make_order(partner, {"crate": 7})
            if status == "upselling":
                order._create_invoices().action_post()
            order.order_line.qty_delivered = 9
            self.assertEqual(order.invoice_status, status)
            self.assertEqual(bool(order.activity_ids), status == "upselling")

    def test_mass_invoicing_names_the_sell_out_order(self):
        sell_in = self.make_order(self.dealer, {"crate": 7})
        sell_out = self.make_order(self.sub, {"crate": 7})
        wizard = self.env["sale.advance.payment.inv"]
        with self.refused(f"{sell_out.name} is a sell-out order"):
            wizard.create({"sale_order_ids": (sell_in | sell_out).ids}).create_invoices()
        self.assertFalse((sell_in | sell_out).invoice_ids)
        wizard.create({"sale_order_ids": sell_in.ids}).create_invoices()
        self.assertEqual(sell_in.invoice_ids.amount_untaxed, 350)

    def test_credit_limit_is_not_used_up(self):
        self.company.account_use_credit_limit = True
        for partner in (self.sub, self.dealer):
            self.make_order(partner, {"crate": 7})
        self.assertEqual((self.sub.credit_to_invoice, self.dealer.credit_to_invoice), (0, 350))

    def test_no_accrued_revenue(self):
        """An accountant accrues the whole list of orders: ours are in it, the dealer's are not."""
        orders = self.make_order(self.sub, {"crate": 7}) | self.make_order(self.dealer, {"soap": 7})
        orders.order_line.qty_delivered = 7
        account = self.env["account.account"].search(
            [("account_type", "=", "liability_current")], limit=1
        )
        wizard = self.env["account.accrued.orders.wizard"].with_context(
            active_model="sale.order", active_ids=orders.ids
        )
        values, _orders = wizard.create(
            {"account_id": account.id, "date": fields.Date.today()}
        )._compute_move_vals()
        labels = [line[2]["name"] for line in values["line_ids"]]
        self.assertEqual(len(labels), 2)
        self.assertEqual(values["line_ids"][1][2]["debit"], 7 * PRICES["soap"])
        self.assertNotIn(orders[0].name, str(labels))


@tagged("post_install", "-at_install")
class TestMerge(StockCase):
    """Merged contacts: orders stay what they are, whoever the customer is afterwards."""

    def merge(self, partners, into):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": into.id}
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def change_and_check(self, orders, partner):
        self.assertEqual(orders.partner_id, partner)
        self.assertEqual(orders.channel_partner_id, partner)
        self.assertEqual(set(orders.mapped("channel_tier")), {"sell_out"})
        self.assertEqual(orders.channel_dealer_id, self.dealer)
        with self.no_procurement():
            for order in orders:
                order.order_line[0].product_uom_qty += 5
        self.assertNothingMoves(orders)
        self.assertEqual(set(orders.mapped("invoice_status")), {"no"})

    def test_two_sub_distributors(self):
        other = self.make_sub("Other", self.dealer)
        orders = self.make_order(self.sub, ALL) | self.make_order(other, ALL)
        self.merge(self.sub | other, into=self.sub)
        self.assertFalse(other.exists())
        self.change_and_check(orders, self.sub)

    def test_contact_into_its_sub_distributor(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.sub.id})
        orders = self.make_order(self.sub, ALL) | self.make_order(contact, ALL)
        # Odoo merges no partner with his own parent.
        contact.parent_id = False
        self.merge(self.sub | contact, into=self.sub)
        self.change_and_check(orders, self.sub)

    def test_ordinary_customer_keeps_his_deliveries(self):
        shop = self.env["res.partner"].create({"name": "Shop"})
        ordinary, sell_out = self.make_order(shop, ALL), self.make_order(self.sub, ALL)
        self.merge(self.sub | shop, into=self.sub)
        self.assertFalse(ordinary.channel_tier)
        self.assertEqual(self.demand(ordinary), ALL)
        self.assertEqual(sell_out.channel_tier, "sell_out")
        self.assertFalse(sell_out.picking_ids)
        ordinary.order_line[0].product_uom_qty = 20
        self.assertEqual(self.demand(ordinary)["crate"], 20)


ALL = {"crate": 7, "soap": 5}


@tagged("post_install", "-at_install")
class TestQuotationTemplate(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.products["help"] = cls.make_product("help", 10, type="service")
        cls.users["salesperson"].group_ids |= cls.env.ref(
            "sale_management.group_sale_order_template"
        )

    def make_template(self, *names, **values):
        products = [self.products[name].id for name in names]
        return self.env["sale.order.template"].create(
            {
                "name": "Template",
                "require_payment": True,
                "prepayment_percent": 0.5,
                "sale_order_template_line_ids": [
                    Command.create({"product_id": product}) for product in products
                ],
                **values,
            }
        )

    def quote(self, partner, template):
        with Form(self.model("salesperson", "sale.order")) as form:
            form.partner_id = partner
            form.sale_order_template_id = template
        return form.save()

    def test_goods_are_confirmed(self):
        template = self.make_template("soap", "shampoo")
        section = {"name": "Options", "display_type": "line_section", "is_optional": True}
        option = {
            "product_id": self.products["toothpaste"].id,
            "product_uom_qty": 0,
            "sequence": 90,
        }
        template.sale_order_template_line_ids = [
            Command.create({**section, "sequence": 80}),
            Command.create(option),
        ]
        order = self.quote(self.sub, template)
        order.order_line[-1].product_uom_qty = 3
        order.action_confirm()
        self.assertEqual((order.state, order.invoice_status), ("sale", "no"))
        self.assertEqual(sum(order.order_line.mapped("product_uom_qty")), 5)
        self.assertFalse(self.env["stock.move"].search([("origin", "=", order.name)]))

    def test_service_is_refused(self):
        template = self.make_template("soap", "help")
        self.quote(self.dealer, template).action_confirm()
        with self.refused("carries goods only.* Help", ValidationError):
            self.quote(self.sub, template).action_confirm()

    def test_online_payment_is_not_asked_for(self):
        template = self.make_template("soap")
        self.assertTrue(self.quote(self.dealer, template)._has_to_be_paid())
        self.assertFalse(self.quote(self.sub, template)._has_to_be_paid())

    def test_mail_of_the_template(self):
        self.sub.email = "sub@example.com"
        mail = self.env.ref("sale.mail_template_sale_confirmation")
        order = self.quote(self.sub, self.make_template("soap", mail_template_id=mail.id))
        order.action_confirm()
        self.assertIn(self.sub, order.message_ids.sudo().notified_partner_ids)
        self.assertEqual((order.state, order.invoice_status), ("sale", "no"))


@tagged("post_install", "-at_install")
class TestMarchOrder(StockCase):
    def test_march_order_typed_in_april(self):
        order = self.make_order(self.sub, {"crate": 7}, day=date(2025, 3, 31), confirm=False)
        self.as_role("salesperson", order).action_confirm()
        self.assertEqual(order.channel_order_date, date(2025, 3, 31))
