from odoo.tests import tagged

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestOwnSales(ChannelCase):
    """What we only record is in none of our own figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.shop = cls.env["res.partner"].create({"name": "Shop"})
        cls.team = cls.env["crm.team"].create({"name": "Team"})
        cls.campaign = cls.env["utm.campaign"].create({"name": "Spring"})

    def order(self, partner, quantities):
        return self.make_order(
            partner, quantities, team_id=self.team.id, campaign_id=self.campaign.id
        )

    def analysis(self, *groups):
        self.env.flush_all()
        return self.model("sales_manager", "sale.report")._read_group(
            [], groups, ["price_subtotal:sum", "product_uom_qty:sum", "__count"]
        )

    def figures(self):
        self.env.invalidate_all()
        return [
            self.analysis(),
            self.analysis("user_id"),
            self.analysis("partner_id"),
            self.analysis("team_id"),
            self.analysis("product_id"),
            self.team.sale_order_count,
            self.campaign.quotation_count,
            self.as_role("sales_manager", self.sub).sale_order_count,
            self.as_role("sales_manager", self.dealer).sale_order_count,
            self.as_role("sales_manager", self.products["soap"]).sales_count,
        ]

    def test_sell_out_changes_no_figure(self):
        self.order(self.dealer, {"soap": 7})
        self.order(self.shop, {"shampoo": 3})
        before = self.figures()
        for quantity in (5, 6):
            order = self.order(self.sub, {"soap": quantity, "shampoo": 1})
        self.order(self.sub, {"soap": 1}).order_line.product_uom_qty = 2
        order.action_channel_return()
        order.channel_return_ids.action_confirm()
        self.assertEqual(self.figures(), before)

    def test_our_own_sales_count_as_ever(self):
        before = self.analysis()[0][0]
        self.order(self.dealer, {"soap": 7})
        self.order(self.shop, {"soap": 1})
        self.assertEqual(self.analysis()[0][0] - before, 8 * 253)
        self.env.invalidate_all()
        self.assertEqual(self.team.sale_order_count, 2)
        self.assertEqual(self.campaign.quotation_count, 2)
        self.assertEqual(self.as_role("sales_manager", self.dealer).sale_order_count, 1)
