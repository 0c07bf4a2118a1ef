"""The quarter as its people live it: typed, sealed, settled and posted in a browser.

The rates have digits that nothing else has, so that a page can be searched for them; the steps are
in ``static/tests/tours``, one file for each role, and the figures in ``flow_figures.js``. The
amounts below are computed by hand: 16,500, 25,300 and 32,000 of sales for each dealer, half of it
for the sub-distributor.
"""

from datetime import date

from odoo.tests import tagged

from .common import PRICES, ChannelHttpCase

#: Gross, passed on and net.
AMOUNTS = {
    "Dealer A": (3321.15, 676.09, 2645.06),
    "Dealer B": (3361.78, 0.00, 3361.78),
    "Sub S": (676.09, 0.00, 676.09),
}


@tagged("post_install", "-at_install")
class TestBrowserFlow(ChannelHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a = cls.make_dealer("Dealer A")
        # Somebody else's dealer, whose statement the salesperson never sees.
        cls.dealer_b = cls.make_dealer("Dealer B", user_id=cls.users["sales_manager"].id)
        cls.sub_s = cls.make_sub("Sub S", cls.dealer_a)
        partners = (cls.dealer_a, cls.dealer_b, cls.sub_s)
        cls.agreements = cls.env["channel.agreement"].union(
            *(cls.make_agreement(partner, dict.fromkeys(PRICES)) for partner in partners)
        )
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.sell(dealer)
        cls.make_order(cls.sub_s, dict.fromkeys(PRICES, 50))

    @classmethod
    def sell(cls, dealer):
        """Order and invoice a hundred boxes of each product."""
        order = cls.make_order(dealer, dict.fromkeys(PRICES, 100))
        invoice = order._create_invoices()
        invoice.invoice_date = date(2025, 2, 1)
        invoice.action_post()

    def act(self, role, what=""):
        """Let a role do its part, in a browser with a session of its own."""
        tour = "_".join(filter(None, ["channel_flow", role, what]))
        self.start_tour("/odoo", tour, login=f"test_{role}", timeout=180)
        self.env.invalidate_all()

    def settled(self):
        """Return gross, passed on and net by partner."""
        names = ("gross_amount", "passed_on_amount", "net_amount")
        return {
            statement.partner_id.name: tuple(statement[name] for name in names)
            for statement in self.settlement.statement_ids
        }

    def test_from_typed_rates_to_the_known_rebate(self):
        self.act("keeper")
        self.assertEqual(self.agreements.mapped("state"), ["signed"] * 3)
        self.act("salesperson")
        self.act("officer")
        self.settlement = self.env["channel.settlement"].search(
            [("period_id", "=", self.period.id)]
        )
        self.assertEqual(self.settlement.state, "computed")
        self.assertEqual(set(self.settled().values()), {(0, 0, 0)})
        self.act("salesperson")
        self.act("keeper", "approves")
        self.assertEqual(self.settled(), AMOUNTS)
        self.assertEqual(self.settlement.state, "approved")
        self.act("accountant")
        self.assertEqual(self.settlement.state, "done")
        self.act("salesperson", "learns")
