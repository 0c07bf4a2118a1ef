"""Merging contacts writes by SQL; the channel's rules hold all the same."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import RATES_A, RATES_S, ChannelCase
from .incident_common import BREACH, DIVERSION


@tagged("post_install", "-at_install")
class TestPartnerMerge(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.twin = cls.make_sub("Twin", cls.dealer)
        cls.shop = cls.env["res.partner"].create({"name": "Shop"})

    def merge(self, *sources, into):
        self.env.flush_all()
        partners = into.concat(*sources)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)], "dst_partner_id": into.id}
        )
        wizard.action_merge()
        self.env.invalidate_all()

    def test_two_sub_distributors(self):
        orders = [self.make_order(partner, {"soap": 1}) for partner in (self.sub, self.twin)]
        self.merge(self.twin, into=self.sub)
        for order in orders:
            self.assertEqual(order.channel_partner_id, self.sub)
            self.assertEqual(
                (order.channel_tier, order.channel_dealer_id), ("sell_out", self.dealer)
            )
        self.assertEqual(len(self.sub.channel_assignment_ids), 1)

    def test_history_of_the_destination_stands(self):
        other = self.make_dealer("Other")
        self.make_order(self.twin, {"soap": 1}, day=date(2025, 1, 15))
        self.twin._move_to_channel_dealer(other, date(2025, 2, 1))
        order = self.make_order(self.sub, {"soap": 1}, day=date(2025, 3, 1))
        self.sub._move_to_channel_dealer(other, date(2025, 4, 1))
        self.merge(self.sub, self.shop, into=self.twin)
        self.assertEqual(
            self.twin.channel_assignment_ids.mapped("date_from"), [False, date(2025, 2, 1)]
        )
        self.assertEqual(order.channel_dealer_id, self.dealer)

    def test_history_goes_along_into_an_ordinary_customer(self):
        order = self.make_order(self.sub, {"soap": 1})
        ordinary = self.make_order(self.shop, {"soap": 1})
        self.merge(self.sub, into=self.shop)
        self.assertEqual(self.shop.channel_role, "sub_distributor")
        self.assertEqual(self.shop.channel_assignment_ids.dealer_id, self.dealer)
        self.assertEqual((order.channel_tier, ordinary.channel_tier), ("sell_out", False))

    def test_two_dealers_join_their_sub_distributors(self):
        other = self.make_dealer("Other")
        sub = self.make_sub("Other's sub", other)
        self.merge(other, into=self.dealer)
        self.assertEqual(self.dealer.channel_sub_distributor_ids, self.sub | self.twin | sub)
        self.assertEqual(sub._get_channel_dealer(date(2025, 1, 1)), self.dealer)

    def test_roles_and_dealers_have_to_be_alike(self):
        stranger = self.make_sub("Stranger", self.make_dealer("Other"))
        with self.refused("Dealer.* have different roles in the channel"):
            self.merge(self.sub, into=self.dealer)
        with self.refused("Stranger.* buy from different dealers"):
            self.merge(stranger, into=self.sub)
        self.assertTrue(self.sub.exists() and stranger.exists())

    def test_sealed_partner_is_the_destination(self):
        dealer_agreement = self.make_agreement(self.dealer, RATES_A)
        agreement = self.make_agreement(self.sub, RATES_S)
        self.sign(dealer_agreement | agreement)
        with self.refused("Sub has rebate agreements, .*choose him as the destination"):
            self.merge(self.sub, into=self.twin)
        self.make_order(self.twin, {"soap": 50})
        self.make_invoice(self.dealer, {"soap": 100})
        self.merge(self.twin, into=self.sub)
        settlement = self.settle()
        self.assertEqual(self.statement_of(settlement, self.sub).base_amount, 50 * 253)

    def test_who_is_harmed_and_by_whom_stay_apart(self):
        other = self.make_dealer("Other")
        values = {"partner_id": self.dealer.id, "harmed_dealer_id": other.id, "date": BREACH}
        kind = {"type_id": self.env.ref(DIVERSION).id, "description": "Seen in his shop"}
        incident = self.env["channel.incident"].create({**values, **kind})
        for state in ("reported", "confirmed", "appealed", "penalised"):
            incident._trusted().state = state
            with self.subTest(state), self.refused("Dealer is said to have harmed Other"):
                self.merge(self.dealer, into=other)
        incident._trusted().state = "dismissed"
        penalty = self.env["channel.penalty"].create({**values, "reason": "x", "amount": 5})
        for state in ("draft", "confirmed"):
            penalty._trusted().state = state
            with self.subTest(state), self.refused("Dealer is said to have harmed Other"):
                self.merge(other, into=self.dealer)
        penalty._trusted().state = "lifted"
        self.merge(other, into=self.dealer)
        self.assertFalse(other.exists())
