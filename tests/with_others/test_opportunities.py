"""Beside sale_crm: an opportunity counts our own sales."""

from odoo.fields import Command
from odoo.tests import tagged

from ..common import ChannelCase


@tagged("post_install", "-at_install")
class TestOpportunities(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.sub = cls.make_sub("Sub", cls.dealer)
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": partner.name,
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "user_id": cls.users["salesperson"].id,
                }
                for partner in (cls.dealer, cls.sub)
            ]
        )

    def order(self, lead, *, confirm=True, **values):
        order = self.make_order(
            lead.partner_id, {"soap": 2}, confirm=False, opportunity_id=lead.id, **values
        )
        if confirm:
            self.as_role("salesperson", order).action_confirm()
        return order

    def figures(self):
        return [
            (lead.sale_amount_total, lead.sale_order_count, lead.quotation_count)
            for lead in self.as_role("sales_manager", self.leads)
        ]

    def test_totals(self):
        for lead in self.leads:
            self.order(lead)
            self.order(lead, confirm=False)
        self.assertEqual(self.figures(), [(506, 1, 1), (0, 0, 0)])

    def test_both_kinds_in_one_opportunity(self):
        lead = self.leads[0]
        self.order(lead)
        for confirm in (True, False):
            self.make_order(self.sub, {"soap": 5}, confirm=confirm, opportunity_id=lead.id)
        self.assertEqual(self.figures()[0], (506, 1, 0))

    def test_totals_follow_the_customer(self):
        order = self.order(self.leads[0], confirm=False)
        self.assertEqual(self.figures()[0], (0, 0, 1))
        order.partner_id = self.sub
        self.assertEqual(self.figures()[0], (0, 0, 0))

    def test_expected_revenue(self):
        for lead in self.leads:
            self.order(lead)
        self.assertEqual(self.leads.mapped("expected_revenue"), [506, 0])

    def test_expected_revenue_of_a_batch(self):
        orders = self.env["sale.order"].union(
            *(self.order(lead, confirm=False) for lead in self.leads)
        )
        orders.action_confirm()
        self.assertEqual(self.leads.mapped("expected_revenue"), [506, 0])

    def test_buttons_open_what_they_count(self):
        lead = self.leads[0]
        orders = self.order(lead) | self.order(lead, confirm=False)
        sell_out = self.make_order(self.sub, {"soap": 5}, opportunity_id=lead.id)
        sell_out |= self.make_order(self.sub, {"soap": 5}, confirm=False, opportunity_id=lead.id)
        lead = self.as_role("sales_manager", lead)
        actions = lead.action_view_sale_order(), lead.action_view_sale_quotation()
        for order, action in zip(orders, actions, strict=True):
            self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
            self.assertEqual(action["res_id"], order.id)

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids |= company
        lead = self.env["crm.lead"].create(
            {
                "name": "Any",
                "partner_id": self.sub.id,
                "company_id": False,
                "team_id": False,
                "user_id": False,
            }
        )
        for each in (self.company, company):
            self.make_order(
                self.sub,
                {},
                company_id=each.id,
                opportunity_id=lead.id,
                user_id=self.env.uid,
                order_line=[Command.create({"product_id": self.products["soap"].id})],
            )
        self.assertEqual((lead.sale_amount_total, lead.sale_order_count), (0, 0))
