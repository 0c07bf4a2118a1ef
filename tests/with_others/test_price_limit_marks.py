"""Beside sale_loyalty, delivery and sale_stock: what a line says it is does not lift the floor."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..test_price_limit_evasion import EvasionCase as EvasionSetup


class EvasionCase(EvasionSetup):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False

    @classmethod
    def make_program(cls, **reward):
        ten_percent = {"reward_type": "discount", "discount": 10, "discount_applicability": "order"}
        return cls.env["loyalty.program"].create(
            {
                "name": "Promotion",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create(reward or ten_percent)],
            }
        )

    def make_card(self, program):
        return self.env["loyalty.card"].create({"program_id": program.id, "points": 100})

    def add_line(self, order, *line, **values):
        order.order_line = [self.make_line(*line, name="Promotion", **values)]
        return order.order_line[-1]


@tagged("post_install", "-at_install")
class TestForgedReward(EvasionCase):
    """The reward of a line is a field that any client of the server can send."""

    def test_reward_without_card(self):
        reward = self.make_program().reward_ids
        order = self.sell((253, 1))
        self.add_line(order, 1, 100, reward_id=reward.id, reward_identifier_code="x")
        self.assertBlocked(order, "Net price 1.00 .* below the floor")
        with self.refused("below the floor", ValidationError):
            order.state = "sale"

    def test_reward_of_another_product(self):
        program = self.make_program()
        order = self.sell((253, 1))
        values = {"reward_id": program.reward_ids.id, "coupon_id": self.make_card(program).id}
        self.add_line(order, 1, 100, **values)
        with self.refused("below the floor", ValidationError):
            order.state = "sale"

    def test_card_of_another_program(self):
        free = {"reward_type": "product", "reward_product_id": self.soap.id}
        reward = self.make_program(**free).reward_ids
        order = self.sell((253, 1))
        values = {"reward_id": reward.id, "coupon_id": self.make_card(self.make_program()).id}
        self.add_line(order, 1, 100, **values)
        with self.refused("below the floor", ValidationError):
            order.state = "sale"

    def test_discount_that_says_it_is_a_reward(self):
        reward = self.make_program().reward_ids
        order = self.sell((253, 100))
        self.add_line(order, -20000, 1, reward.discount_line_product_id, reward_id=reward.id)
        self.assertBlocked(order)

    def test_confirmed_order(self):
        """The mark first, the price afterwards; or both at once; or the card taken away."""
        program = self.make_program()
        reward, card = program.reward_ids, self.make_card(program)
        program.active = False
        order = self.assertSold((253, 100))
        order.order_line.reward_id = reward
        for values in ({"price_unit": 1}, {"coupon_id": card.id, "price_unit": 1}):
            with self.subTest(values), self.refused("below the floor", ValidationError):
                order.order_line.write(values)
        values = {"reward_id": reward.id, "coupon_id": card.id, "tax_ids": [Command.clear()]}
        self.add_line(order, -500, 1, reward.discount_line_product_id, **values)
        for name in ("reward_id", "coupon_id"):
            with self.subTest(name), self.refused("below the floor", ValidationError):
                order.order_line[-1][name] = False

    def test_real_rewards_are_no_breach(self):
        free = {"reward_type": "product", "reward_product_id": self.soap.id}
        for reward, amount in ({}, 2277), (free, 2530):
            program = self.make_program(**reward)
            order = self.sell((253, 10))
            order.action_open_reward_wizard()
            self.assertEqual(order.order_line[-1].reward_id, program.reward_ids)
            order.action_confirm()
            self.assertEqual((order.state, order.amount_untaxed), ("sale", amount))
            program.active = False


@tagged("post_install", "-at_install")
class TestMarkOfADelivery(EvasionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.express = cls.make_product("express", 50, type="service")
        cls.help = cls.make_product("help", 50, type="service")
        for product in (cls.express, cls.help):
            cls.add_rule(50, product_id=product.id)
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Express", "product_id": cls.express.id, "fixed_price": 10}
        )

    def test_delivery_by_the_carrier(self):
        order = self.sell((253, 1))
        order.set_delivery_line(self.carrier, 10)
        order.action_confirm()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 263))

    def test_another_service(self):
        order = self.sell((253, 1))
        line = self.add_line(order, 10, 1, self.help, is_delivery=True)
        self.assertBlocked(order, "Net price 10.00 .* below the floor of 50.00")
        order.carrier_id = self.carrier
        self.assertBlocked(order, "below the floor of 50.00")
        line.product_id, line.price_unit = self.express, 10
        order.action_confirm()
        with self.refused("below the floor of 50.00", ValidationError):
            line.is_delivery = False

    def test_negative_delivery_is_a_discount(self):
        order = self.sell((253, 100))
        order.set_delivery_line(self.carrier, -20000)
        self.assertBlocked(order)


@tagged("post_install", "-at_install")
class TestMoreDeliveredThanOrdered(EvasionCase):
    def test_move_for_a_line_of_nothing(self):
        self.soap.invoice_policy = "delivery"
        order = self.assertSold((253, 0), (165, 1, self.products["toothpaste"]))
        picking = order.sudo().picking_ids
        values = {"sale_line_id": order.order_line[0].id, "product_id": self.soap.id}
        moves = picking.move_ids | picking.move_ids.copy({**values, "product_uom_qty": 50})
        moves.write({"quantity": 50, "picked": True})
        picking.button_validate()
        invoice = order.sudo()._create_invoices()
        line = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.soap)
        self.assertEqual((line.quantity, line.price_unit), (50, 253))
        with self.refused("below the floor", ValidationError):
            order.order_line[0].price_unit = 1

    def test_move_for_a_return(self):
        order = self.assertSold((253, 1), (1, -1))
        picking = order.sudo().picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        back = order.order_line[1]
        picking.move_ids.copy({"sale_line_id": back.id, "product_uom_qty": 50})
        picking.move_ids.write({"quantity": 50, "picked": True})
        with self.refused("Net price 1.00", ValidationError):
            picking.button_validate()
