"""What counts in a settlement, said again in plain Python over raw rows.

Independent of the add-on: nothing of it is imported, and rows are taken one by one where it takes
sets in SQL. Sums are exact fractions.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

GOODS = "consu"


def round_to(amount, coin):
    """Return a number as a decimal multiple of a coin, halves away from zero."""
    coins = int(abs(Fraction(amount)) / Fraction(coin) + Fraction(1, 2))
    return Decimal(coins if amount > 0 else -coins) * Decimal(str(coin))


@dataclass(frozen=True)
class Sale:
    """A line of a document, or the part of a returned line that belongs to one sale.

    ``day`` is that of the sale, whenever it came back. ``amount`` is net of tax in the currency of
    the document, ``company_amount`` in the company's; ``doubt`` is why it does not count for sure.
    """

    partner_id: int
    dealer_id: int | None
    day: str
    product_id: int
    tax_key: str
    quantity: Fraction
    amount: Fraction
    company_amount: Fraction
    currency_id: int
    invoice_id: int | None = None
    doubt: str | None = None

    def part(self, share, **changes):
        """Return a part of this sale; ``changes`` may say that it is on another day."""
        changed = replace(self, **changes)
        return replace(
            changed,
            quantity=changed.quantity * share,
            amount=changed.amount * share,
            company_amount=changed.company_amount * share,
        )


class PlainSales:
    """The sales of one company.

    :param dict rows: what ``raw_rows.read_rows`` returns
    """

    def __init__(self, rows):
        self.rows = rows
        [company] = rows["company"]
        self.currency_id = company["currency_id"]
        self.coins = {row["id"]: row["rounding"] for row in rows["currencies"]}
        self.periods = {row["id"]: row for row in rows["periods"]}
        self.products = {row["id"]: row for row in rows["products"]}
        self.templates = {row["id"]: row for row in rows["templates"]}
        self.units = {row["id"]: Fraction(row["factor"]) for row in rows["units"]}
        self.moves = {row["id"]: row for row in rows["moves"]}
        self.orders = {row["id"]: row for row in rows["orders"]}
        self.sell_in = self.find_sell_in()
        self.sell_out = self.find_sell_out()

    # === What both have in common === #

    def template_of(self, line):
        return self.templates[self.products[line["product_id"]]["product_tmpl_id"]]

    def is_goods(self, line):
        return (
            line["display_type"] in (None, "product")
            and line["product_id"]
            and not line["is_downpayment"]
            and self.template_of(line)["type"] == GOODS
        )

    def in_product_unit(self, line, quantity):
        unit = self.product_unit(line)
        factor = self.units[line["product_uom_id"]] if line["product_uom_id"] else unit
        return Fraction(quantity) * factor / unit

    def product_unit(self, line):
        return self.units[self.template_of(line)["uom_id"]]

    def tax_keys(self, name):
        """Return ``{line id: sorted tax ids separated by commas}``."""
        taxes = defaultdict(list)
        for row in self.rows[name]:
            taxes[row["line_id"]].append(row["tax_id"])
        return {line_id: ",".join(map(str, sorted(ids))) for line_id, ids in taxes.items()}

    def rate(self, currency_id, day):
        """Return how much of a currency a unit buys: own rates first, then those of all."""
        rates = [row for row in self.rows["rates"] if row["currency_id"] == currency_id]
        own = [row for row in rates if row["company_id"]]
        shared = [row for row in rates if not row["company_id"]]
        for group in (own, shared):
            if past := [row for row in group if row["day"] <= day]:
                return Fraction(max(past, key=lambda row: row["day"])["rate"])
        for group in (own, shared):
            if group:
                return Fraction(min(group, key=lambda row: row["day"])["rate"])
        return Fraction(1)

    def in_currency(self, sale, currency_id):
        """Return the amount of a sale in a currency, at the rate of its day; not rounded."""
        if sale.currency_id == currency_id:
            return sale.amount
        if self.currency_id == currency_id:
            return sale.company_amount
        rate = self.rate(currency_id, sale.day) / self.rate(self.currency_id, sale.day)
        return sale.company_amount * rate

    # === Company to dealer === #

    def find_sell_in(self):
        """Return the sales of invoices and credit notes; a return is on the day of its sale."""
        keys = self.tax_keys("move_line_taxes")
        lines = [
            (line, self.read_invoice_line(line, keys))
            for line in self.rows["move_lines"]
            if self.is_invoice(self.moves[line["move_id"]]) and self.is_goods(line)
        ]
        lines.sort(key=lambda pair: (pair[1].day, pair[1].quantity < 0, pair[0]["id"]))
        self.own_days = [sale for _line, sale in lines]
        reversals = self.sum_reversals(lines)
        order_lines = self.first_order_lines()
        sales, piles = [], defaultdict(list)
        for line, sale in lines:
            pile = piles[order_lines.get(line["id"]), sale.partner_id, sale.product_id]
            origin = self.origin_of(self.moves[line["move_id"]])
            if origin:
                sales.append(self.as_return(sale, origin, Fraction(1)))
            elif sale.quantity >= 0:
                sales.append(sale)
                left = sale.quantity - self.taken_by_name(line, sale, lines, reversals)
                if line["id"] in order_lines:
                    pile.append([line["move_id"], left])
            else:
                sales += self.take_from(pile, sale)
        return sales

    def is_invoice(self, move):
        return (
            move["state"] == "posted"
            and move["move_type"] in ("out_invoice", "out_refund")
            and not move["channel_statement_id"]
        )

    def read_invoice_line(self, line, keys):
        """Return the sale that an invoice line is, on the day of its own document."""
        move = self.moves[line["move_id"]]
        sign = -1 if move["move_type"] == "out_refund" else 1
        return Sale(
            partner_id=move["partner_id"],
            dealer_id=None,
            day=move["day"],
            product_id=line["product_id"],
            tax_key=keys.get(line["id"], ""),
            quantity=sign * self.in_product_unit(line, line["quantity"]),
            amount=-Fraction(line["amount_currency"]),
            company_amount=-Fraction(line["balance"]),
            currency_id=line["currency_id"],
            invoice_id=move["id"],
        )

    def first_order_lines(self):
        """Return ``{invoice line id: order line id}``, the lowest of several."""
        found = {}
        for row in self.rows["invoiced_orders"]:
            line_id, order_line_id = row["invoice_line_id"], row["order_line_id"]
            found[line_id] = min(order_line_id, found.get(line_id, order_line_id))
        return found

    def origin_of(self, move):
        """Return the invoice that a credit note reverses by name, if it is still there."""
        origin = self.moves.get(move["reversed_entry_id"])
        is_sale = (
            origin
            and move["move_type"] == "out_refund"
            and origin["move_type"] == "out_invoice"
            and origin["state"] == "posted"
            and origin["partner_id"] == move["partner_id"]
        )
        return origin if is_sale else None

    def as_return(self, sale, origin, share):
        """Return a part of a return as it counts: on the day and at the rate of its sale."""
        company_amount = sale.company_amount
        if origin["currency_id"] == sale.currency_id:
            rate, coin = Fraction(origin["invoice_currency_rate"]), self.coins[self.currency_id]
            company_amount = Fraction(round_to(sale.amount / rate, coin))
        return sale.part(
            share, day=origin["day"], company_amount=company_amount, invoice_id=origin["id"]
        )

    def sum_reversals(self, lines):
        """Return ``{(invoice id, product id): quantity}`` that credit notes reverse by name."""
        sums = defaultdict(Fraction)
        for line, sale in lines:
            if origin := self.origin_of(self.moves[line["move_id"]]):
                sums[origin["id"], sale.product_id] -= sale.quantity
        return sums

    def taken_by_name(self, line, sale, lines, reversals):
        """Return what of a sold line was reversed by name, shared over its like on the invoice."""
        back = reversals.get((line["move_id"], sale.product_id))
        if not back:
            return 0
        whole = sum(
            other.quantity
            for twin, other in lines
            if twin["move_id"] == line["move_id"]
            and other.product_id == sale.product_id
            and other.quantity > 0
        )
        return min(back * sale.quantity / whole, sale.quantity)

    def take_from(self, pile, sale):
        """Yield the parts of a return of an order line: what was invoiced last goes first."""
        wanted = -sale.quantity
        while pile and wanted:
            invoice_id, there = pile.pop()
            taken = min(there, wanted)
            if there > taken:
                pile.append([invoice_id, there - taken])
            wanted -= taken
            if taken:
                yield self.as_return(sale, self.moves[invoice_id], taken / -sale.quantity)
        if wanted:
            yield sale.part(wanted / -sale.quantity, doubt="no_sale")

    # === Dealer to sub-distributor === #

    def find_sell_out(self):
        """Return the sales of confirmed orders, as far as their dealer can have had the goods."""
        keys = self.tax_keys("order_line_taxes")
        sales = [
            self.read_order_line(line, keys)
            for line in self.rows["order_lines"]
            if self.is_sell_out(self.orders[line["order_id"]]) and self.is_goods(line)
        ]
        shares = self.get_shares(sales)
        return [
            sale.part(share, doubt="unavailable" if share < 1 else None)
            for sale in sales
            for share in [shares.get(self.shelf_of(sale), Fraction(1))]
        ]

    def is_sell_out(self, order):
        return order["state"] == "sale" and order["channel_tier"] == "sell_out"

    def read_order_line(self, line, keys):
        """Return the sale that an order line is: no price above the floor counts."""
        order = self.orders[line["order_id"]]
        day = self.orders.get(order["channel_origin_order_id"], order)["day"]
        quantity, amount = Fraction(line["product_uom_qty"]), Fraction(line["price_subtotal"])
        coin = self.coins[order["currency_id"]]
        if floor := line["channel_floor_unit_price"]:
            at_floor = Fraction(round_to(Fraction(floor) * abs(quantity), coin))
            amount = min(amount, at_floor) if quantity >= 0 else -min(-amount, at_floor)
        rate = self.rate(order["currency_id"], day) / self.rate(self.currency_id, day)
        return Sale(
            partner_id=order["channel_partner_id"],
            dealer_id=order["channel_dealer_id"],
            day=day,
            product_id=line["product_id"],
            tax_key=keys.get(line["id"], ""),
            quantity=self.in_product_unit(line, quantity),
            amount=amount,
            company_amount=amount / rate,
            currency_id=order["currency_id"],
        )

    def period_of(self, day):
        """Return the id of the period of a day, or nothing."""
        return next(
            (key for key, row in self.periods.items() if row["date_from"] <= day <= row["date_to"]),
            None,
        )

    def counted_on(self, dealer_id, product_id, day):
        """Return the day of the last count of a dealer's stock by a day, if there was one."""
        days = [
            row["day"]
            for row in self.rows["openings"]
            if (row["dealer_id"], row["product_id"]) == (dealer_id, product_id)
            and row["day"] <= day
        ]
        return max(days, default=None)

    def shelf_of(self, sale):
        """Return the key of the stock that a sell-out is taken from, in its period."""
        counted_on = self.counted_on(sale.dealer_id, sale.product_id, sale.day)
        return sale.dealer_id, sale.product_id, counted_on, self.period_of(sale.day)

    def get_shares(self, sales):
        """Return ``{shelf: share}`` of what was sold out; each period takes what is left."""
        sold = defaultdict(Fraction)
        for sale in sales:
            sold[self.shelf_of(sale)] += sale.quantity
        periods = sorted(self.periods.values(), key=lambda row: row["date_to"])
        shares, taken = {}, defaultdict(Fraction)
        for period in periods:
            for *account, period_id in list(sold):
                key = (*account, period["id"])
                if period_id == period["id"]:
                    there = self.supplied(*account, period["date_to"]) - taken[tuple(account)]
                    counted = min(sold[key], max(there, 0))
                    taken[tuple(account)] += counted
                    shares[key] = counted / sold[key] if sold[key] > counted else Fraction(1)
        return shares

    def supplied(self, dealer_id, product_id, counted_on, until):
        """Return what a dealer had since a count: what was counted, and what he bought since."""
        counted = [
            Fraction(row["quantity"])
            for row in self.rows["openings"]
            if (row["dealer_id"], row["product_id"], row["day"])
            == (dealer_id, product_id, counted_on)
        ]
        bought = [
            sale.quantity
            for sale in self.own_days
            if (sale.partner_id, sale.product_id) == (dealer_id, product_id)
            and sale.day <= until
            and self.counted_on(dealer_id, product_id, sale.day) == counted_on
        ]
        return sum(counted) + sum(bought)
