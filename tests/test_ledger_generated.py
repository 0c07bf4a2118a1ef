"""Statements of a generated ledger equal sums in plain Python over rows read from the database."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from odoo.tests import tagged
from odoo.tools import SQL

from .ledger import LedgerCase

PRODUCTS = ("soap", "toothpaste")
CENT = Decimal("0.01")
INVOICE_LINES = SQL(
    """SELECT line.id, move.id AS move_id, move.reversed_entry_id AS origin_id,
              move.commercial_partner_id AS partner_id, move.invoice_date AS day, line.product_id,
              (CASE move.move_type WHEN 'out_refund' THEN -line.quantity
                    ELSE line.quantity END)::text AS quantity,
              (-line.balance)::text AS amount, rel.order_line_id
         FROM account_move_line AS line
         JOIN account_move AS move ON move.id = line.move_id
    LEFT JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = line.id
        WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
          AND line.display_type = 'product'
     ORDER BY move.invoice_date, line.id"""
)
ORDER_LINES = SQL(
    """SELECT sale.channel_partner_id AS partner_id, sale.channel_dealer_id AS dealer_id,
              COALESCE(origin.channel_order_date, sale.channel_order_date) AS day,
              line.product_id, line.product_uom_qty::text AS quantity,
              line.price_subtotal::text AS amount
         FROM sale_order_line AS line
         JOIN sale_order AS sale ON sale.id = line.order_id
    LEFT JOIN sale_order AS origin ON origin.id = sale.channel_origin_order_id
        WHERE sale.state = 'sale' AND sale.channel_tier = 'sell_out'"""
)


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

    # === In plain Python === #

    def place_returns(self, rows):
        """Return ``[(row, day, part)]`` of invoice lines, returns on the days of their sales."""
        moves = {row["move_id"]: row["day"] for row in rows}
        reversed_by_name = defaultdict(Decimal)
        for row in rows:
            if row["origin_id"]:
                reversed_by_name[row["origin_id"], row["product_id"]] -= row["quantity"]
        placed, piles = [], defaultdict(list)
        for row in sorted(rows, key=lambda row: (row["day"], row["quantity"] < 0, row["id"])):
            if row["origin_id"]:
                placed.append((row, moves[row["origin_id"]], Decimal(1)))
            elif row["quantity"] > 0:
                placed.append((row, row["day"], Decimal(1)))
                left = row["quantity"] - reversed_by_name[row["move_id"], row["product_id"]]
                piles[row["order_line_id"]].append([row["day"], left])
            else:
                placed += self.take(piles[row["order_line_id"]], row)
        return placed

    def take(self, pile, row):
        wanted = -row["quantity"]
        while wanted and pile:
            day, there = pile.pop()
            part = min(there, wanted)
            if there > part:
                pile.append([day, there - part])
            wanted -= part
            if part:
                yield row, day, part / -row["quantity"]
        if wanted:
            yield row, row["day"], wanted / -row["quantity"]

    def period_of(self, day):
        return next((p for p in self.periods() if p.date_from <= day <= p.date_to), None)

    def periods(self):
        return self.period | self.next_period

    def get_available(self, invoiced, ordered):
        """Return ``{(dealer, product, period): share}`` of what was sold out."""
        sold = defaultdict(Decimal)
        for row in ordered:
            sold[row["dealer_id"], row["product_id"], self.period_of(row["day"])] += row["quantity"]
        shares, counted = {}, defaultdict(Decimal)
        for period in self.periods():
            for dealer, product in {key[:2] for key in sold}:
                there = sum(
                    row["quantity"]
                    for row in invoiced
                    if (row["partner_id"], row["product_id"]) == (dealer, product)
                    and row["day"] <= period.date_to
                )
                wanted = sold[dealer, product, period]
                given = min(wanted, max(there - counted[dealer, product], 0))
                counted[dealer, product] += given
                shares[dealer, product, period] = given / wanted if wanted else Decimal(1)
        return shares

    def read_rows(self, query):
        numbers = ("quantity", "amount")
        return [
            {key: Decimal(value) if key in numbers else value for key, value in row.items()}
            for row in self.env.execute_query_dict(query)
        ]

    def expected_bases(self):
        """Return ``{(period, partner id, product id): (quantity, base)}``."""
        invoiced = [
            row for row in self.read_rows(INVOICE_LINES) if row["partner_id"] in self.dealers.ids
        ]
        ordered = self.read_rows(ORDER_LINES)
        shares = self.get_available(invoiced, ordered)
        sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
        sales = self.place_returns(invoiced) + [
            (
                row,
                row["day"],
                shares[row["dealer_id"], row["product_id"], self.period_of(row["day"])],
            )
            for row in ordered
        ]
        for row, day, part in sales:
            total = sums[self.period_of(day), row["partner_id"], row["product_id"]]
            total[0] += row["quantity"] * part
            total[1] += row["amount"] * part
        return {
            key: tuple(amount.quantize(CENT, ROUND_HALF_UP) for amount in total)
            for key, total in sums.items()
        }

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
