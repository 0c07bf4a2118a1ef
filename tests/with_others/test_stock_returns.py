"""A return of the stock finds its sale: the credit note is made from the sales order."""

from datetime import date

from odoo.tests import tagged

from ..common import ChannelCase

SOLD, CAME_BACK = date(2025, 2, 1), date(2025, 5, 20)


@tagged("post_install", "-at_install")
class TestStockReturns(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products["crate"] = cls.make_product(
            "crate", 50, is_storable=True, invoice_policy="delivery"
        )
        cls.next_period = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))
        cls.dealers = cls.make_dealer("Dealer A") | cls.make_dealer("Dealer B")
        for dealer in cls.dealers:
            for period, rate in ((cls.period, "10"), (cls.next_period, "1")):
                cls.sign(cls.make_agreement(dealer, {"crate": rate}, period=period))

    def deliver(self, picking):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def sell(self, dealer):
        order = self.make_order(dealer, {"crate": 20}, day=SOLD)
        self.deliver(order.picking_ids)
        self.invoice(order, SOLD)
        return order

    def invoice(self, order, day):
        move = order._create_invoices(final=True)
        move.invoice_date = day
        move.action_post()
        return move

    def send_back(self, order, quantity):
        wizard = self.env["stock.return.picking"].with_context(
            active_id=order.picking_ids.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": order.picking_ids.id})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        self.deliver(self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"]))

    def test_counts_on_the_day_of_its_sale(self):
        orders = {dealer: self.sell(dealer) for dealer in self.dealers}
        self.settle()
        order = orders[self.dealers[0]]
        self.send_back(order, 5)
        refund = self.invoice(order, CAME_BACK)
        self.assertEqual(refund.move_type, "out_refund")
        correction = self.settle(kind="supplementary")
        self.assertEqual(correction.statement_ids.partner_id, self.dealers[0])
        self.assertEqual(correction.statement_ids.base_amount, -250)
        self.assertEqual(correction.statement_ids.gross_amount, -25)
        self.assertEqual(correction.statement_ids.change_ids.document, refund.name)
        later = self.settle(self.next_period)
        self.assertEqual(set(later.statement_ids.mapped("base_amount")), {0})
