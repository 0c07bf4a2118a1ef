"""Beside pos_sale: a till settles our own orders, never a dealer's."""

import uuid

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.channel_rebate_pos.hooks import post_init_hook

from ..common import PRICES, ChannelCase

REFUSAL = "%s is a sell-out order of Sub, who pays the dealer, not us"


@tagged("post_install", "-at_install")
class TestTill(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.soap = cls.products["soap"]
        cls.soap.available_in_pos = True
        cls.cashier = new_test_user(
            cls.env,
            login="test_cashier",
            groups="point_of_sale.group_pos_user,sales_team.group_sale_salesman_all_leads",
        )
        journal = cls.env["account.journal"].create(
            {"name": "Till", "code": "TILL", "type": "cash", "company_id": cls.company.id}
        )
        cls.cash = cls.env["pos.payment.method"].create({"name": "Cash", "journal_id": journal.id})
        cls.till = cls.env["pos.config"].create(
            {"name": "Till", "payment_method_ids": [Command.set(cls.cash.ids)]}
        )
        cls.till.open_ui()
        cls.session = cls.till.current_session_id
        cls.session.set_opening_control(0, None)

    def receipt(self, order, *, paid=True, **line):
        """Return what the till sends when a customer pays for 5 soaps."""
        amount = 5 * PRICES["soap"]
        values = {
            "product_id": self.soap.id,
            "qty": 5,
            "price_unit": PRICES["soap"],
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "tax_ids": [Command.set([])],
            "discount": 0,
            "sale_order_origin_id": order.id,
            "sale_order_line_id": order.order_line[:1].id,
            **line,
        }
        now = fields.Datetime.to_string(fields.Datetime.now())
        payment = {"amount": amount, "name": now, "payment_method_id": self.cash.id}
        return {
            "uuid": str(uuid.uuid4()),
            "name": "Order",
            "session_id": self.session.id,
            "user_id": self.cashier.id,
            "partner_id": order.partner_id.id,
            "date_order": now,
            "state": "paid" if paid else "draft",
            "amount_total": amount,
            "amount_paid": amount if paid else 0,
            "amount_tax": 0,
            "amount_return": 0,
            "to_invoice": False,
            "lines": [Command.create(values)],
            "payment_ids": [Command.create(payment)] if paid else [],
        }

    def settle(self, *receipts):
        self.env["pos.order"].with_user(self.cashier).sync_from_ui(list(receipts))
        return self.session.order_ids

    def offered(self, orders):
        """Return those of the orders that the till's list shows: what its JavaScript asks for."""
        domain = [
            ("state", "!=", "cancel"),
            ("invoice_status", "!=", "invoiced"),
            ("amount_unpaid", ">", 0),
            ("id", "in", orders.ids),
        ]
        return self.env["sale.order"].with_user(self.cashier).search(domain)

    def test_our_own_order_is_settled(self):
        order = self.make_order(self.dealer, {"soap": 5}, confirm=False)
        receipt = self.settle(self.receipt(order))
        self.assertEqual((receipt.state, order.state), ("paid", "sale"))
        self.assertEqual((order.order_line.qty_invoiced, order.amount_unpaid), (5, 0))

    def test_sell_out_order_is_refused(self):
        for confirm, paid in ((True, True), (False, True), (True, False)):
            order = self.make_order(self.sub, {"soap": 5}, confirm=confirm)
            with self.subTest(confirm=confirm, paid=paid):
                with self.refused(REFUSAL % order.name, ValidationError):
                    self.settle(self.receipt(order, paid=paid))
                self.assertEqual(order.state, "sale" if confirm else "draft")
                self.assertEqual(order.order_line.mapped("qty_delivered"), [0])
                self.assertEqual(order.order_line.mapped("qty_invoiced"), [0])
        self.assertFalse(self.session.order_ids)
        self.assertFalse(self.env["stock.move"].search([("product_id", "=", self.soap.id)]))

    def test_either_link_is_refused(self):
        order = self.make_order(self.sub, {"soap": 5})
        for name in ("sale_order_origin_id", "sale_order_line_id"):
            receipt = self.receipt(order, **{name: False})
            with self.subTest(name), self.refused(REFUSAL % order.name, ValidationError):
                self.settle(receipt)

    def test_one_of_two_receipts(self):
        sell_in, sell_out = (
            self.make_order(partner, {"soap": 5}) for partner in (self.dealer, self.sub)
        )
        with self.refused(REFUSAL % sell_out.name, ValidationError):
            self.settle(self.receipt(sell_in), self.receipt(sell_out))
        line = self.settle(self.receipt(sell_in)).lines
        with self.refused(REFUSAL % sell_out.name, ValidationError):
            line.sale_order_line_id = sell_out.order_line

    def test_list_of_the_till(self):
        orders = self.env["sale.order"].union(
            *(
                self.make_order(partner, {"soap": 5}, confirm=confirm)
                for partner in (self.sub, self.dealer)
                for confirm in (True, False)
            )
        )
        self.assertEqual(self.offered(orders), orders[2:])
        self.assertEqual(orders.mapped("amount_unpaid"), [0, 0, 1265, 1265])
        orders[3].partner_id = self.sub
        self.assertEqual(self.offered(orders), orders[2])

    def test_chosen_order_is_refused_at_once(self):
        sell_in, sell_out = (
            self.make_order(partner, {"soap": 5}).with_user(self.cashier)
            for partner in (self.dealer, self.sub)
        )
        with self.refused(REFUSAL % sell_out.name, ValidationError):
            sell_out.load_sale_order_from_pos(self.till.id)
        self.assertTrue(sell_in.load_sale_order_from_pos(self.till.id)["sale.order"])

    def test_order_in_the_till_does_not_become_sell_out(self):
        order = self.make_order(self.dealer, {"soap": 5}, confirm=False)
        self.settle(self.receipt(order, paid=False))
        with self.refused(REFUSAL % order.name, ValidationError):
            self.as_role("salesperson", order).partner_id = self.sub
            self.env.flush_all()

    def settle_as_before(self, order):
        """Return a receipt for a sell-out order as there may be from before this add-on came."""
        other = self.make_order(self.dealer, {"soap": 5})
        receipt = self.settle(self.receipt(other))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE pos_order_line SET sale_order_origin_id = %s, sale_order_line_id = %s "
            "WHERE order_id = %s",
            [order.id, order.order_line.id, receipt.id],
        )
        self.env.invalidate_all()
        return receipt

    def test_what_was_settled_before_is_not_loaded_but_refunded(self):
        order = self.make_order(self.sub, {"soap": 5})
        receipt = self.settle_as_before(order)
        refund = receipt.with_user(self.cashier)._refund()
        self.assertEqual(refund.lines.qty, -5)
        self.assertEqual(refund.state, "draft")
        domain = self.env["sale.order"]._load_pos_data_domain({}, self.till)
        self.assertFalse(self.env["sale.order"].search([*domain, ("id", "=", order.id)]))

    def test_orders_older_than_pos_sale_leave_the_list(self):
        orders = self.make_order(self.sub, {"soap": 5}) | self.make_order(self.dealer, {"soap": 5})
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET amount_unpaid = 7")
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(orders.mapped("amount_unpaid"), [0, 7])
