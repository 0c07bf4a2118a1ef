"""Statements of a generated ledger equal sums in plain Python over rows read from the database."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from odoo.tests import tagged

from .ledger import LedgerCase
from .plain_settlement import PlainSettlement
from .raw_rows import read_rows

PRODUCTS = ("soap", "toothpaste")


@tagged("post_install", "-at_install")
class TestGeneratedLedger(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealers = cls.dealer_a | cls.dealer_b | cls.make_dealer("Dealer C")
        cls.sign_all(*cls.dealers)
        cls.subs = cls.sub_a | cls.sub_b | cls.make_sub("Second sub A", cls.dealer_a)
        cls.sign_all(*cls.subs, rates=dict.fromkeys(PRODUCTS, "0.5"))
        cls.random = Random(20250101)

    def day(self, since=date(2025, 1, 1)):
        """Return a day of the half-year, not before another."""
        days = (date(2025, 6, 30) - since).days
        return since + timedelta(days=self.random.randint(0, days))

    def sell_plainly(self, dealer):
        quantities = {name: self.random.randint(1, 20) for name in PRODUCTS}
        invoice = self.make_invoice(dealer, quantities, day=self.day())
        if self.random.random() < 0.5:
            self.reverse(invoice, self.day(invoice.invoice_date), self.random.choice((1, None)))

    def sell_by_order(self, dealer):
        """Change the quantity of an order again and again: invoices and credit notes."""
        day, quantity = self.day(), self.random.randint(5, 20)
        order, _invoice = self.sell(dealer, self.random.choice(PRODUCTS), quantity, day)
        for _change in range(4):
            day = self.day(day)
            wanted = self.random.randint(0, 20)
            if wanted != quantity:
                quantity = wanted
                self.change_order(order, quantity, day)

    def sell_out(self, sub):
        quantities = {name: self.random.randint(1, 25) for name in PRODUCTS}
        order = self.make_order(sub, quantities, day=self.day(), confirm=False)
        order.order_line.discount = self.random.choice((0, 3.33, 12.5))
        order.action_confirm()
        if self.random.random() < 0.3:
            self.make_return(order, {"soap": 1}, day=self.day(order.channel_order_date))

    def expected_bases(self):
        """Return ``{(period, partner id, product id): (quantity, base)}``."""
        rows = read_rows(self.env, self.company)
        no_rates = defaultdict(lambda: ((0, 0),))
        plain = PlainSettlement(rows, no_rates)
        return {
            (period, partner_id, product_id): (line.quantity, line.base)
            for period in self.periods()
            for partner_id, statement in plain.settle(period.id, "2025-12-31").items()
            for (_scope, product_id, _taxes), line in statement.lines.items()
        }

    def periods(self):
        return self.period | self.next_period

    def settled_bases(self):
        found = {}
        for period in self.periods():
            statements = self.statements_of(period)
            self.env.cr.execute(
                """SELECT statement.partner_id, line.product_id, line.quantity::text,
                          line.base_amount::text
                     FROM channel_statement_line AS line
                     JOIN channel_statement AS statement ON statement.id = line.statement_id
                    WHERE statement.id = ANY(%s)""",
                [statements.ids],
            )
            for partner, product, quantity, base in self.env.cr.fetchall():
                found[period, partner, product] = (Decimal(quantity), Decimal(base))
            self.drop(statements)
        return found

    def test_statements_equal_sums_in_python(self):
        for dealer in self.dealers:
            for _number in range(3):
                self.sell_plainly(dealer)
                self.sell_by_order(dealer)
        for sub in self.subs:
            for _number in range(4):
                self.sell_out(sub)
        self.env.flush_all()
        expected, found = self.expected_bases(), self.settled_bases()
        self.assertEqual(found, expected)
        self.assertGreater(len(expected), 20)
        self.assertTrue(any(reason == "unavailable" for _n, _d, reason in self.reasons()))
