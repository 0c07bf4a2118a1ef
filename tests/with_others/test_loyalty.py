"""Beside sale_loyalty: our promotions, coupons and cards are not for what a dealer sells."""

from lxml import etree
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import ChannelCase

REFUSAL = "%s is a sell-out order: our coupons, promotions and gift cards do not apply"


@tagged("post_install", "-at_install")
class TestLoyalty(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.shop = cls.env["res.partner"].create({"name": "Shop"})

    @classmethod
    def make_program(cls, program_type, *, rule=None, reward=None, **values):
        ten_percent = {"reward_type": "discount", "discount": 10, "discount_applicability": "order"}
        return cls.env["loyalty.program"].create(
            {
                "name": program_type,
                "program_type": program_type,
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create(rule or {})],
                "reward_ids": [Command.create({**ten_percent, **(reward or {})})],
                **values,
            }
        )

    def make_card(self, program, partner=None, points=100):
        values = {"program_id": program.id, "points": points}
        return self.env["loyalty.card"].create({**values, "partner_id": partner and partner.id})

    def make_orders(self):
        """Return drafts of a sub-distributor, a dealer and an ordinary customer."""
        partners = (self.sub, self.dealer, self.shop)
        orders = [self.make_order(partner, {"soap": 10}, confirm=False) for partner in partners]
        return [self.as_role("salesperson", order) for order in orders]

    def claim(self, order):
        """Press the button "Reward", which takes the only reward at once."""
        return order.action_open_reward_wizard()

    def enter_code(self, order, code):
        wizard = order.env["sale.loyalty.coupon.wizard"]
        return wizard.create({"order_id": order.id, "coupon_code": code}).action_apply()

    def test_promotion(self):
        self.make_program("promotion")
        sell_out, *own_orders = self.make_orders()
        for order in own_orders:
            self.claim(order)
            order.action_confirm()
            self.assertEqual(order.reward_amount, -253, order.partner_id.name)
        self.assertTrue(self.claim(sell_out))
        sell_out.action_confirm()
        self.assertEqual((len(sell_out.order_line), sell_out.amount_untaxed), (1, 2530))
        self.assertFalse(sell_out.coupon_point_ids)

    def test_coupon(self):
        program = self.make_program("coupons", trigger="with_code")
        sell_out, *own_orders = self.make_orders()
        for order in own_orders:
            self.enter_code(order, self.make_card(program).code)
            self.assertTrue(order._get_claimable_rewards(), order.partner_id.name)
        coupon = self.make_card(program)
        with self.refused(REFUSAL % sell_out.name, ValidationError):
            self.enter_code(sell_out, coupon.code)
        self.assertFalse(sell_out.applied_coupon_ids)
        self.assertEqual(coupon.points, 100)

    def test_promo_code(self):
        self.make_program(
            "promo_code", trigger="with_code", rule={"mode": "with_code", "code": "X"}
        )
        sell_out, *own_orders = self.make_orders()
        with self.refused(REFUSAL % sell_out.name, ValidationError):
            self.enter_code(sell_out, "X")
        for order in own_orders:
            self.enter_code(order, "X")
            self.assertTrue(order._get_claimable_rewards(), order.partner_id.name)

    def test_reward_is_not_applied_directly(self):
        program = self.make_program("coupons", trigger="with_code")
        sell_out, sell_in, _order = self.make_orders()
        for order, refused in ((sell_out, True), (sell_in, False)):
            answer = order._apply_program_reward(program.reward_ids, self.make_card(program))
            self.assertEqual("error" in answer, refused, order.partner_id.name)
            self.assertEqual(order.reward_amount, 0 if refused else -253)

    def test_points(self):
        program = self.make_program(
            "loyalty", applies_on="both", rule={"reward_point_mode": "money"}
        )
        orders = self.make_orders()
        # The sub-distributor collects nothing even if he has a card from former days.
        card = self.make_card(program, self.sub, points=7)
        for order in orders:
            order.action_confirm()
        cards = self.env["loyalty.card"].search([("program_id", "=", program.id)])
        points = {each.partner_id: each.points for each in cards}
        self.assertEqual(points, {self.sub: 7, self.dealer: 2530, self.shop: 2530})
        self.assertFalse(card.history_ids)
        orders[0]._action_cancel()
        self.assertEqual(card.points, 7)

    def test_wallet_is_not_opened(self):
        program = self.make_program(
            "ewallet",
            applies_on="future",
            reward={"discount_mode": "per_point", "discount": 1},
        )
        sell_out, sell_in, _order = self.make_orders()
        cards = [self.make_card(program, partner) for partner in (self.sub, self.dealer)]
        for order in (sell_out, sell_in):
            order._update_programs_and_rewards()
        self.assertFalse(sell_out.applied_coupon_ids)
        self.assertEqual(sell_in.applied_coupon_ids, cards[1])
        self.assertFalse(sell_out._get_claimable_rewards())

    def test_discount_stays_behind_when_the_customer_changes(self):
        """Odoo's discounts are services: one has to be taken out first."""
        self.make_program("promotion")
        _sell_out, _sell_in, order = self.make_orders()
        self.claim(order)
        with self.refused("carries goods only.* 10% on your order", ValidationError):
            order.partner_id = self.sub
            self.env.flush_all()
        order.order_line.filtered("reward_id").unlink()
        order.partner_id = self.sub
        order.action_confirm()
        self.assertEqual((order.channel_tier, order.amount_untaxed), ("sell_out", 2530))

    def test_free_goods_go_when_the_customer_changes(self):
        free = self.products["shampoo"].id
        reward = {"reward_type": "product", "reward_product_id": free, "required_points": 1}
        self.make_program("promotion", reward=reward)
        _sell_out, _sell_in, order = self.make_orders()
        self.claim(order)
        self.assertEqual(order.order_line.product_id.ids, [self.products["soap"].id, free])
        order.partner_id = self.sub
        order.action_confirm()
        self.assertEqual(order.channel_tier, "sell_out")
        self.assertEqual(order.order_line.product_id, self.products["soap"])
        self.assertFalse(order.coupon_point_ids)

    def test_buttons_are_hidden(self):
        arch = etree.fromstring(self.model("salesperson", "sale.order").get_view()["arch"])
        action = self.env.ref("sale_loyalty.sale_loyalty_coupon_wizard_action").id
        for name in (str(action), "action_open_reward_wizard"):
            buttons = arch.xpath(f"//button[@name='{name}']")
            self.assertEqual(len(buttons), 2)
            for button in buttons:
                self.assertIn("or (channel_tier == 'sell_out')", button.get("invisible"))
