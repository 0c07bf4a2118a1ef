"""Beside the other add-ons: our own figures, and the worked example."""

from odoo.tests import tagged

from ..common import PRICES, ChannelCase, WorkedExampleCase
from .running_server import GLUE

MEASURES = (
    "product_uom_qty",
    "qty_to_deliver",
    "qty_delivered",
    "qty_to_invoice",
    "qty_invoiced",
    "price_subtotal",
    "price_total",
    "untaxed_amount_to_invoice",
    "untaxed_amount_invoiced",
    "discount_amount",
    "nbr",
    "margin",  # of sale_margin
)


@tagged("post_install", "-at_install")
class TestSalesAnalysis(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.make_order(cls.dealer, {"soap": 3, "shampoo": 4})

    def figures(self, groupby):
        self.env.flush_all()
        return self.model("sales_manager", "sale.report")._read_group(
            [],
            [groupby] if groupby else [],
            [*(f"{name}:sum" for name in MEASURES), "order_reference:count_distinct"],
        )

    def test_equal_to_the_cent(self):
        # warehouse_id comes from sale_stock
        groupbys = (None, "warehouse_id", "partner_id", "user_id", "team_id", "product_id", "state")
        before = {groupby: self.figures(groupby) for groupby in groupbys}
        order = self.make_order(self.sub, dict.fromkeys(PRICES, 50))
        order.order_line[0].product_uom_qty = 70
        self.make_order(self.sub, {"soap": 1}, confirm=False)
        for groupby, figures in before.items():
            with self.subTest(groupby):
                self.assertEqual(self.figures(groupby), figures)

    def test_sell_in_counts(self):
        (before,) = self.figures(None)
        self.make_order(self.dealer, {"soap": 2})
        (after,) = self.figures(None)
        index = MEASURES.index("price_subtotal")
        self.assertEqual(after[index] - before[index], 2 * PRICES["soap"])


@tagged("post_install", "-at_install")
class TestWorkedExampleBesideOthers(WorkedExampleCase):
    def test_glue_came_by_itself(self):
        glue = self.env["ir.module.module"].search([("name", "in", list(GLUE))])
        self.assertEqual(dict.fromkeys(GLUE, "installed"), {m.name: m.state for m in glue})

    def test_published_figures(self):
        self.sign(self.agreements)
        settlement = self.settle()
        self.assertEqual(
            self.settled_amounts(settlement),
            {
                "Dealer A": (3107.00, 633.50, 2473.50),
                "Sub S": (633.50, 0, 633.50),
                "Dealer B": (3228.50, 0, 3228.50),
            },
        )
        self.assertEqual(settlement.statement_ids.move_id.mapped("move_type"), ["out_refund"] * 3)
        orders = self.env["sale.order"].search([("partner_id", "=", self.sub_s.id)])
        self.assertTrue(orders)
        self.assertFalse(orders.picking_ids)
