"""Two hundred orders of twenty lines, confirmed at once: sell-out costs a constant more."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import ChannelCase

#: What sell-out may cost beyond ordinary orders in one batch, however big: limits, copies, stock.
CONSTANT = 40


@tagged("post_install", "-at_install")
class TestOrderBatch(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].union(
            *(cls.make_product(f"p{number}", 10 + number) for number in range(20))
        )
        floor = cls.env["product.pricelist"].create(
            {
                "name": "Floor",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": product.id,
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "compute_price": "fixed",
                            "fixed_price": 10,
                        }
                    )
                    for product in cls.goods
                ],
            }
        )
        cls.company.write(
            {"channel_floor_pricelist_id": floor.id, "channel_floor_sell_out": "block"}
        )
        dealers = [cls.make_dealer(f"Dealer {number}") for number in range(5)]
        cls.subs = [cls.make_sub(f"Sub {number}", dealer) for number, dealer in enumerate(dealers)]
        cls.shops = [
            cls.env["res.partner"].create({"name": f"Shop {number}", "is_company": True})
            for number in range(5)
        ]

    def make_orders(self, partners, count):
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 2, "price_unit": 50})
            for product in self.goods
        ]
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": partners[number % len(partners)].id,
                    "user_id": self.users["salesperson"].id,
                    "channel_order_date": date(2025, 1, 1) + timedelta(days=number % 80),
                    "order_line": lines,
                }
                for number in range(count)
            ]
        )

    def confirm(self, orders):
        """Return how many queries the salesperson's confirmation takes."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.as_role("salesperson", orders).action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_two_hundred_orders_of_twenty_lines(self):
        for partners in (self.shops, self.subs):  # warms the caches of the registry up
            self.confirm(self.make_orders(partners, 2))
        ordinary, sell_out = (
            self.confirm(self.make_orders(partners, 200)) for partners in (self.shops, self.subs)
        )
        self.assertLessEqual(sell_out, ordinary + CONSTANT)
        few = [self.confirm(self.make_orders(partners, 2)) for partners in (self.shops, self.subs)]
        self.assertLessEqual(sell_out - ordinary, few[1] - few[0])
