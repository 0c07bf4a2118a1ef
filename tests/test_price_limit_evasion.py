"""Ways round the floor that look harmless: lines of nothing, and goods that come back too dear."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_price_limits import PriceLimitCase


class EvasionCase(PriceLimitCase):
    """Soap has a floor of 253, its list price; shampoo has none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_rule(253)
        cls.shampoo = cls.products["shampoo"]

    def sell(self, *lines, **values):
        """Return a quotation to the dealer by the salesperson, of (price, quantity[, product])."""
        order = self.make_order(
            self.dealer,
            {},
            confirm=False,
            order_line=[self.make_line(*line) for line in lines],
            **values,
        )
        return self.as_role("salesperson", order)

    def assertSold(self, *lines, **values):
        order = self.sell(*lines, **values)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        return order


@tagged("post_install", "-at_install")
class TestLineOfNothing(EvasionCase):
    """More than was ordered may be delivered and invoiced, at the price of the line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.soap.invoice_policy = "delivery"

    def test_is_held_as_one_unit(self):
        order = self.sell((1, 0))
        self.assertTrue(order.channel_price_blocked)
        self.assertBlocked(order, "Net price 1.00 .* below the floor of 253.00")
        order.order_line.price_unit = 253
        order.action_confirm()
        order.order_line.qty_delivered = 100
        self.assertEqual(order._create_invoices().amount_untaxed, 25300)

    def test_floor_of_one_unit_applies(self):
        """Also if the rule begins with one."""
        self.floor.item_ids.min_quantity = 1
        self.add_rule(240, min_quantity=100)
        self.assertBlocked(self.sell((240, 0)))

    def test_quantity_taken_away_afterwards(self):
        self.add_rule(240, min_quantity=100)
        order = self.assertSold((240, 100))
        with self.refused("below the floor of 253.00", ValidationError):
            order.order_line.write({"product_uom_qty": 0, "price_unit": 240})

    def test_a_mark_on_the_line_is_no_way_out(self):
        order = self.sell((253, 1))
        order.order_line = [self.make_line(1, 0, is_downpayment=True)]
        self.assertBlocked(order)

    def test_an_approver_passes_it(self):
        order = self.sell((1, 0))
        order.with_user(self.approver)._pass_price_limits("Samples")
        order.action_confirm()
        with self.refused("below the floor", ValidationError):
            order.order_line.write({"product_uom_qty": 100, "price_unit": 1})

    def test_on_sell_out_it_is_nothing(self):
        """We deliver and invoice nothing there; a quantity is looked at when it comes."""
        self.add_rule(300, self.ceiling)
        order = self.assertPasses(1000, 0)
        with self.refused("above the ceiling of 300.00", ValidationError):
            order.order_line.write({"product_uom_qty": 1, "price_unit": 1000})

    def test_discount_with_nothing_to_bear_it(self):
        service = self.make_product("discount", 0, type="service")
        self.assertBlocked(self.sell((300, 0), (-100, 1, service)), "Net price 0.00")

    def test_return_that_is_delivered(self):
        order = self.assertSold((253, 1), (1, -1))
        with self.refused("Net price 1.00", ValidationError):
            order.order_line[1].qty_delivered = 100
        order.order_line[1].price_unit = 253
        order.order_line[1].qty_delivered = 100

    def test_two_orders_at_once(self):
        good, bad = self.assertSold((253, 1), (253, -1)), self.assertSold((253, 1), (1, -1))
        lines = good.order_line[1] | bad.order_line[1]
        with self.assertRaises(ValidationError) as caught:
            lines.write({"qty_delivered": 100})
        self.assertIn(bad.name, str(caught.exception))
        self.assertNotIn(good.name, str(caught.exception))


@tagged("post_install", "-at_install")
class TestGoodsTakenBackTooDear(EvasionCase):
    def test_same_goods(self):
        self.assertBlocked(self.sell((253, 100), (20000, -1)), "Net price 55.53")
        self.assertSold((253, 100), (253, -1))

    def test_other_goods_without_a_floor(self):
        self.assertBlocked(self.sell((253, 100), (20000, -1, self.shampoo)), "below the floor")
        self.assertSold((253, 100), (320, -1, self.shampoo))

    def test_what_the_order_sells_them_for_is_the_most(self):
        order = self.sell((253, 100), (300, 10, self.shampoo), (320, -10, self.shampoo))
        self.assertBlocked(order, "below the floor")
        self.assertSold((253, 100), (300, 10, self.shampoo), (300, -10, self.shampoo))

    def test_one_sold_as_dear(self):
        """One box at a fancy price does not make fifty worth it."""
        self.assertBlocked(self.sell((253, 100), (20000, 1), (20000, -50)))

    def test_sold_dearer_than_the_floor_leaves_room(self):
        self.assertSold((300, 100), (300, -10))

    def test_floor_above_the_list_price(self):
        self.soap.list_price = 1
        self.assertSold((165, 1, self.products["toothpaste"]), (253, -10))

    def test_price_of_the_pricelist(self):
        pricelist = self.env["product.pricelist"].create({"name": "Dealers"})
        self.add_rule(500, pricelist, product_id=self.shampoo.id)
        lines = (253, 100), (500, -1, self.shampoo)
        self.assertSold(*lines, pricelist_id=pricelist.id)
        self.assertBlocked(self.sell(*lines))

    def test_units(self):
        order = self.sell((253, 100))
        dozen = {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}
        order.order_line = [self.make_line(253 * 12, -1, **dozen)]
        order.action_confirm()
        with self.refused("below the floor", ValidationError):
            order.order_line[1].price_unit = 253 * 12 + 0.5

    def test_discounts_and_included_taxes(self):
        tax = self.env["account.tax"].create(
            {"name": "Included", "amount": 25, "price_include_override": "tax_included"}
        )
        self.soap.taxes_id = tax  # so that the floor is 202.40
        order = self.assertSold((253, 100), (253, -1))
        lines = order.order_line
        lines[0].write({"price_unit": 202.40, "tax_ids": [Command.clear()]})
        lines[1].write({"price_unit": 506, "discount": 50})
        with self.refused("below the floor", ValidationError):
            lines[1].discount = 49

    def test_confirmed_order(self):
        order = self.assertSold((253, 100), (253, -1))
        for values in ({"price_unit": 20000}, {"discount": -100}):
            with self.subTest(values), self.refused("below the floor", ValidationError):
                order.order_line[1].write(values)
        with self.refused("below the floor", ValidationError):
            order.order_line = [self.make_line(20000, -1)]

    def test_more_taken_back_than_ordered(self):
        order = self.assertSold((300, 100), (20000, 0))
        with self.refused("below the floor", ValidationError):
            order.order_line[1].qty_delivered = -50

    def test_line_without_product(self):
        order = self.sell((253, 100))
        values = {"name": "Advance", "is_downpayment": True, "price_unit": 20000}
        order.order_line = [Command.create({**values, "product_uom_qty": -1})]
        self.assertBlocked(order)

    def test_old_lines_stay_when_what_comes_back_is_worth_it(self):
        """Only what is changed has to keep to limits that came later."""
        self.set_policies("off")
        order = self.assertSold((100, 10), (253, -1, self.shampoo))
        self.set_policies("block")
        order.order_line[1].price_unit = 320
        with self.refused("below the floor", ValidationError):
            order.order_line[1].price_unit = 321

    def test_returns_of_sell_out_keep_their_price(self):
        order = self.assertPasses(300, 10)
        back = self.make_return(order, {"soap": 5})
        self.assertEqual(back.order_line.price_unit, 300)
        self.assertEqual(back.state, "sale")
