"""A settlement said again in plain Python over raw rows: statements, and what their documents say.

Independent of the add-on, like ``plain_sales``. Every formula is that of Design, §4.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .plain_sales import PlainSales, round_to

ZERO = Decimal(0)
RATE_COIN = Decimal("0.0001")
QUANTITY_COIN = Decimal("0.01")
# Where a scope lies in the order of how much it says; categories are told apart by depth.
MOST_SPECIFIC = ("product", "template", "category", "all")
SIGNED = ("signed", "revealed")
IN_FORCE = ("sealed", *SIGNED)


@dataclass
class PlainLine:
    """A product and tax set under an agreement line, in the agreement's currency."""

    quantity: Decimal
    base: Decimal
    company_base: Decimal
    rate: Fraction = Fraction(0)
    amount: Decimal = ZERO


@dataclass
class PlainStatement:
    """What a settlement comes to for a partner; lines by agreement line, product and tax key."""

    partner_id: int
    dealer_id: int | None
    currency_id: int
    lines: dict = field(default_factory=dict)
    passed_on: Decimal = ZERO
    carried_in: Decimal = ZERO

    @property
    def base(self):
        return sum((line.base for line in self.lines.values()), ZERO)

    @property
    def company_base(self):
        return sum((line.company_base for line in self.lines.values()), ZERO)

    @property
    def gross(self):
        return sum((line.amount for line in self.lines.values()), ZERO)

    @property
    def raw(self):
        return self.gross - self.passed_on + self.carried_in

    @property
    def net(self):
        return max(self.raw, ZERO)

    @property
    def carried_out(self):
        return min(self.raw, ZERO)


class PlainSettlement:
    """Settles one company's periods, any time: rows read later give what it comes to then.

    :param dict rows: what ``raw_rows.read_rows`` returns
    :param dict brackets: ``((from, rate), …)`` by agreement line id, as they were entered
    """

    def __init__(self, rows, brackets):
        self.rows = rows
        self.brackets = brackets
        self.sales = PlainSales(rows)
        self.coins = self.sales.coins
        self.agreements = {row["id"]: row for row in rows["agreements"]}
        self.scopes = defaultdict(list)
        for row in rows["agreement_lines"]:
            self.scopes[row["agreement_id"]].append(row)
        self.terms = {row["id"]: row for row in rows["agreement_lines"]}
        self.paths = {row["id"]: row["parent_path"] for row in rows["categories"]}

    def settle(self, period_id, cutoff, carried=None):
        """Return ``{partner id: PlainStatement}`` of all who have signed.

        :param cutoff: ISO day up to which payments are looked at on paid basis
        :param dict carried: what is left to deduct by partner id, ≤ 0
        """
        statements = self.open_statements(period_id)
        for statement in statements.values():
            statement.carried_in = (carried or {}).get(statement.partner_id, ZERO)
        self.fill_in_bases(statements, period_id, cutoff)
        for statement in statements.values():
            self.fill_in_amounts(statement)
        for statement in statements.values():
            if statement.dealer_id:
                statements[statement.dealer_id].passed_on += statement.gross
        return statements

    def open_statements(self, period_id):
        statements = {}
        for row in self.agreements.values():
            dealer = self.agreements.get(row["dealer_agreement_id"])
            if (
                row["period_id"] == period_id
                and row["state"] in SIGNED
                and (row["role"] == "dealer" or dealer["state"] in SIGNED)
            ):
                statements[row["partner_id"]] = PlainStatement(
                    partner_id=row["partner_id"],
                    dealer_id=dealer["partner_id"] if dealer else None,
                    currency_id=row["currency_id"],
                )
        return statements

    # === Bases === #

    def fill_in_bases(self, statements, period_id, cutoff):
        sums = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0)])
        for sale in self.sales.sell_in + self.sales.sell_out:
            statement = statements.get(sale.partner_id)
            if statement and self.sales.period_of(sale.day) == period_id:
                scope_id = self.find_scope(statement, period_id, sale, cutoff)
                total = sums[statement.partner_id, scope_id, sale.product_id, sale.tax_key]
                amount = self.sales.in_currency(sale, statement.currency_id)
                for position, number in enumerate((sale.quantity, amount, sale.company_amount)):
                    total[position] += number
        for (partner_id, *key), (quantity, base, company_base) in sums.items():
            if key[0]:
                statement = statements[partner_id]
                statement.lines[tuple(key)] = PlainLine(
                    round_to(quantity, QUANTITY_COIN),
                    round_to(base, self.coins[statement.currency_id]),
                    round_to(company_base, self.coins[self.sales.currency_id]),
                )

    def find_scope(self, statement, period_id, sale, cutoff):
        """Return the id of the agreement line under which a sale counts, or nothing."""
        versions = [
            row
            for row in self.agreements.values()
            if (row["partner_id"], row["period_id"]) == (sale.partner_id, period_id)
            and row["state"] in IN_FORCE
            and row["date_from"] <= sale.day
        ]
        version = max(versions, key=lambda row: row["version"], default=None)
        if (
            not version
            or version["state"] not in SIGNED
            or sale.dealer_id != statement.dealer_id
            or (version["basis"] == "paid" and not self.is_paid(sale.invoice_id, cutoff))
        ):
            return None
        return self.most_specific(version["id"], sale.product_id)

    def most_specific(self, agreement_id, product_id):
        """Return the id of the line that covers a product: product, template, category, all."""
        template_id = self.sales.products[product_id]["product_tmpl_id"]
        path = self.paths.get(self.sales.templates[template_id]["categ_id"], "")
        covering = [
            row
            for row in self.scopes[agreement_id]
            if row["applied_on"] == "all"
            or (row["product_id"], row["product_tmpl_id"])
            in ((product_id, None), (None, template_id))
            or path.startswith(self.paths.get(row["categ_id"], "none"))
        ]
        covering.sort(
            key=lambda row: (
                MOST_SPECIFIC.index(row["applied_on"]),
                -len(self.paths.get(row["categ_id"], "")),
            )
        )
        return covering[0]["id"] if covering else None

    def is_paid(self, invoice_id, cutoff):
        """Tell whether what was due on an invoice had been brought to zero by a day."""
        receivable = {
            row["id"] for row in self.rows["accounts"] if row["account_type"] == "asset_receivable"
        }
        due = {
            row["id"]: row["amount_currency"]
            for row in self.rows["move_lines"]
            if row["move_id"] == invoice_id and row["account_id"] in receivable
        }
        for partial in self.rows["partials"]:
            if partial["day"] <= cutoff:
                if partial["debit_move_id"] in due:
                    due[partial["debit_move_id"]] -= partial["debit_amount_currency"]
                if partial["credit_move_id"] in due:
                    due[partial["credit_move_id"]] += partial["credit_amount_currency"]
        return not any(due.values())

    # === Amounts === #

    def fill_in_amounts(self, statement):
        """Give each line its rate and amount: compute raw, round once, share the odd coins."""
        measured = {key: self.get_measured(key, line) for key, line in statement.lines.items()}
        reached = defaultdict(Fraction)
        for (scope_id, _product, _taxes), number in measured.items():
            reached[scope_id] += number
        groups = defaultdict(dict)
        for key, line in statement.lines.items():
            terms = self.terms[key[0]]
            line.rate = self.average_rate(terms, reached[key[0]])
            percent = 100 if terms["measure"] == "amount" else 1
            group = (key[0], key[1] if terms["tier_mode"] == "none" else None)
            groups[group][key] = measured[key] * line.rate / percent
        for raw in groups.values():
            for key, amount in share_out(raw, self.coins[statement.currency_id]).items():
                statement.lines[key].amount = amount

    def get_measured(self, key, line):
        by_amount = self.terms[key[0]]["measure"] == "amount"
        return Fraction(line.base if by_amount else line.quantity)

    def average_rate(self, terms, reached):
        """Return the rate that all sales under an agreement line come to together."""
        brackets = [(Fraction(start), Fraction(rate)) for start, rate in self.brackets[terms["id"]]]
        if terms["tier_mode"] == "marginal" and reached > 0:
            total, top = Fraction(0), reached
            for start, rate in reversed(brackets):
                if top > start:
                    total += (top - start) * rate
                    top = start
            return total / reached
        passed = [rate for start, rate in brackets if start <= reached]
        return passed[-1] if passed else brackets[0][1]

    # === Documents === #

    def get_document(self, statement, by_product=False):
        """Return ``{(tax key, product id or None): untaxed amount}`` of a statement's document.

        The net amount is shared over tax sets in proportion to gross, and within them, if a
        document has a line for each product, over products.
        """
        coin = self.coins[statement.currency_id]
        sets = self.sum_gross(statement.lines, lambda key: key[2])
        lines = {}
        for tax_key, amount in in_proportion(statement.net, sets, coin).items():
            own = {key: line for key, line in statement.lines.items() if key[2] == tax_key}
            products = self.sum_gross(own, lambda key: key[1])
            shares = in_proportion(amount, products, coin) if by_product else {None: amount}
            lines |= {(tax_key, product_id): share for product_id, share in shares.items()}
        return {key: amount for key, amount in lines.items() if amount}

    @staticmethod
    def sum_gross(lines, part_of):
        """Return gross by part of the lines' keys; untaxed first, then by the ids of taxes."""
        sums = defaultdict(Decimal)
        for key, line in lines.items():
            sums[part_of(key)] += line.amount
        return dict(sorted(sums.items(), key=lambda item: as_numbers(item[0])))

    def get_tax(self, lines, currency_id, globally):
        """Return the tax of a document: percent of each untaxed amount, by line or in all.

        :param dict lines: untaxed amounts by keys that begin with the tax key
        :param globally: whether a tax is rounded once for the document, or on each line
        """
        amounts = {row["id"]: Fraction(row["amount"]) for row in self.rows["taxes"]}
        raw = defaultdict(list)
        for (tax_key, *_rest), untaxed in lines.items():
            for tax_id in as_numbers(tax_key):
                raw[tax_id].append(Fraction(untaxed) * amounts[tax_id] / 100)
        coin = self.coins[currency_id]
        parts = [[sum(own)] if globally else own for own in raw.values()]
        return sum((round_to(part, coin) for own in parts for part in own), ZERO)


def as_numbers(key):
    """Return the ids of a tax key, or of a product, as a list that can be sorted by."""
    return [int(number) for number in str(key).split(",") if number]


def share_out(raw, coin):
    """Round the sum of raw amounts once; give or take odd coins where rounding went furthest.

    Of those that it moved equally the larger amount gives way, then the lower key: product, taxes,
    agreement line.
    """
    shares = {key: round_to(amount, coin) for key, amount in raw.items()}
    missing = round_to(sum(raw.values()), coin) - sum(shares.values())
    step = Decimal(str(coin)) * (1 if missing > 0 else -1)
    while missing:
        key = min(
            shares,
            key=lambda key: (
                (Fraction(shares[key]) - raw[key]) * (1 if step > 0 else -1),
                -abs(raw[key]),
                (key[1], key[2], key[0]),
            ),
        )
        shares[key] += step
        missing -= step
    return shares


def in_proportion(total, weights, coin):
    """Share a total out by weight: down to whole coins, the rest to those that lost most.

    Of those that lost equally the larger weight comes first, then the earlier one.
    """
    whole = sum(weights.values())
    if not whole:
        return {}
    exact = {
        key: Fraction(total) * Fraction(weight) / Fraction(whole) / Fraction(coin)
        for key, weight in weights.items()
    }
    coins = {key: number.numerator // number.denominator for key, number in exact.items()}
    left = int(Fraction(total) / Fraction(coin)) - sum(coins.values())
    order = sorted(weights, key=lambda key: (coins[key] - exact[key], -abs(weights[key])))
    for key in order[:left]:
        coins[key] += 1
    return {key: number * Decimal(str(coin)) for key, number in coins.items()}
