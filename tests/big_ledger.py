"""A large ledger of one company, made through Odoo's own API from a seed: who, and on what terms.

What they buy and sell is in ``big_ledger_sales``.
"""

from datetime import date
from decimal import Decimal
from random import Random

from odoo.fields import Command

from odoo.addons.channel_rebate.const import TRUSTED

PRICES = {
    "paste": "165.00",
    "floss": "19.99",
    "soap": "253.37",
    "shampoo": "320.05",
    "wipes": "7.77",
    "tea": "48.25",
    "gift": "1.35",
}
CATEGORIES = {"paste": "mouth", "floss": "mouth", "tea": "food", "gift": "food"}
FIRST, SECOND = date(2025, 1, 1), date(2025, 4, 1)
CHANGE = date(2025, 2, 15)
# Terms of dealers, in turn: scope, its target, measure, tiers.
PERCENT, A_UNIT = "amount", "quantity"
TERMS = (
    [("product", name, PERCENT, "none") for name in PRICES if name != "gift"],
    [
        ("all", None, PERCENT, "none"),
        ("product", "soap", A_UNIT, "none"),
        ("product", "tea", PERCENT, "none"),
    ],
    [("category", "care", PERCENT, "whole"), ("category", "food", PERCENT, "none")],
    [("all", None, PERCENT, "marginal"), ("template", "wipes", PERCENT, "none")],
    [
        ("category", "care", PERCENT, "marginal"),
        ("category", "mouth", A_UNIT, "whole"),
        ("product", "tea", PERCENT, "whole"),
    ],
)
# Edges of tiers: amounts, quantities.
EDGES = {PERCENT: (0, 2500, 8000), A_UNIT: (0, 25, 60)}
# Which dealers are special, by their number.
EURO, YEN = (1, 7, 13, 19, 25), (3,)
PAID = (2, 6, 10, 14, 22, 26)
NEW_VERSION = (2, 13, 16, 20)
OLD_STOCK = (0, 4, 14, 24)  # sold before the period, so that more is passed on than earned
SHORT = (8, 18, 27)  # sub-distributors order more than there is
UNSIGNED_SUB = 5


class Network:
    """Dealers, sub-distributors and products, which companies share.

    :param case: a test case class with the factories of ``ChannelSetup``
    """

    def __init__(self, case, dealer_count):
        self.case = case
        self.categories = self.make_categories()
        self.products = {
            name: case.make_product(
                name,
                float(price),
                categ_id=self.categories[CATEGORIES.get(name, "care")].id,
            )
            for name, price in PRICES.items()
        }
        self.freight = case.make_product("freight", 40, type="service")
        self.dealers = self.make_partners(
            [(f"Dealer {number:02}", "dealer", None) for number in range(dealer_count)]
        )
        self.subs = self.make_partners(
            [
                (f"{dealer.name} Sub {rank}", "sub_distributor", dealer.id)
                for number, dealer in enumerate(self.dealers)
                for rank in range(1 + number % 5)
            ]
        )
        self.shops = case.env["res.partner"].create(
            [{"name": "Shop", "parent_id": dealer.id, "type": "other"} for dealer in self.dealers]
        )

    def make_categories(self):
        Category = self.case.env["product.category"]
        care, food = Category.create([{"name": "Care"}, {"name": "Food"}])
        mouth = Category.create({"name": "Mouth", "parent_id": care.id})
        return {"care": care, "mouth": mouth, "food": food}

    def make_partners(self, rows):
        return self.case.env["res.partner"].create(
            [
                {
                    "name": name,
                    "ref": name.upper().replace(" ", "-"),
                    "is_company": True,
                    "channel_role": role,
                    "channel_dealer_id": dealer_id,
                    "user_id": self.case.users["salesperson"].id,
                }
                for name, role, dealer_id in rows
            ]
        )

    def subs_of(self, dealer):
        return self.subs.filtered(lambda sub: sub.channel_dealer_id == dealer)


class BigLedger:
    """One company's settings and agreements; ``brackets`` are its rates as they were entered.

    :param case: a test case class with the factories of ``ChannelSetup``
    :param network: the :class:`Network`; of its dealers the first ``dealer_count`` take part
    """

    def __init__(self, case, company, network, *, seed, dealer_count):
        self.case, self.company, self.network = case, company, network
        self.env = case.env(context={**case.env.context, "allowed_company_ids": company.ids})
        self.random = Random(seed)
        self.dealers = network.dealers[:dealer_count].with_env(self.env)
        self.subs = network.subs.filtered(
            lambda sub: sub.channel_dealer_id.id in self.dealers.ids
        ).with_env(self.env)
        self.products = {name: item.with_env(self.env) for name, item in network.products.items()}
        self.brackets = {}
        self.set_up_company()
        self.periods = case.env["channel.period"].create(
            [
                {"date_from": first, "date_to": last, "company_id": company.id}
                for first, last in ((FIRST, date(2025, 3, 31)), (SECOND, date(2025, 6, 30)))
            ]
        )
        for period in self.periods:
            self.make_agreements(period)

    def number_of(self, dealer):
        return self.dealers.ids.index(dealer.id)

    def terms_of(self, dealer):
        return TERMS[self.number_of(dealer) % len(TERMS)]

    def covers_all(self, dealer):
        return any(scope == "all" for scope, *_rest in self.terms_of(dealer))

    def pick(self, *choices):
        return self.random.choice(choices)

    # === Company === #

    def set_up_company(self):
        """Give the company a rebate account of its own, taxes and floor prices."""
        account = self.env["account.account"].create(
            {"name": "Rebates", "code": "487650", "account_type": "expense"}
        )
        prices = [
            Command.create(
                {
                    "applied_on": "0_product_variant",
                    "product_id": product.id,
                    "fixed_price": float(PRICES[name]),
                }
            )
            for name, product in self.products.items()
            if name != "wipes"  # has no floor
        ]
        floor = self.env["product.pricelist"].create(
            {"name": "Ex-factory", "company_id": self.company.id, "item_ids": prices}
        )
        self.company.write(
            {
                "channel_rebate_account_id": account.id,
                "channel_rebate_post_documents": True,
                "channel_floor_pricelist_id": floor.id,
            }
        )
        self.rebate_account = account
        self.tax_sets = self.make_tax_sets()
        self.pricelists = self.env["product.pricelist"].create(
            [
                {"name": name, "currency_id": self.currency(name).id, "company_id": self.company.id}
                for name in ("USD", "EUR", "JPY")
            ]
        )

    def make_tax_sets(self):
        """Return no tax, one of 13 %, two on one line, and another rate."""
        common = {"company_id": self.company.id, "type_tax_use": "sale", "amount_type": "percent"}
        thirteen, one, nine = self.env["account.tax"].create(
            [{"name": f"Channel {rate} %", "amount": rate, **common} for rate in (13, 1, 9)]
        )
        return [thirteen.browse(), thirteen, thirteen | one, nine]

    def currency(self, name):
        return self.env.ref(f"base.{name}")

    def currency_of(self, dealer):
        """Return the currency of a dealer's agreement."""
        number = self.number_of(dealer)
        if number in YEN:
            return self.currency("JPY")
        if number not in EURO:
            return self.company.currency_id
        return self.currency("USD" if self.company.currency_id.name == "EUR" else "EUR")

    # === Agreements === #

    def make_agreements(self, period):
        """Make and sign all agreements of a period, and a second version of some."""
        dealers = self.create_agreements(period, self.dealers)
        self.enter_rates(dealers)
        subs = self.create_agreements(period, self.subs)
        self.enter_rates(subs)
        unsigned = self.network.subs_of(self.dealers[UNSIGNED_SUB])[:1]
        self.sign(dealers, subs.filtered(lambda record: record.partner_id.id not in unsigned.ids))
        self.case.seal(subs.filtered(lambda record: record.partner_id.id in unsigned.ids))
        if period == self.periods[0]:
            self.make_versions(dealers, subs)

    def make_versions(self, dealers, subs):
        """A second version from the middle of the period for some dealers and half their subs."""
        changed = dealers.filtered(lambda record: self.number_of(record.partner_id) in NEW_VERSION)
        partners = changed.partner_id
        versions = self.create_agreements(changed.period_id, partners, version=2, date_from=CHANGE)
        self.enter_rates(versions)
        below = subs.filtered(lambda record: record.dealer_agreement_id in changed)[::2]
        sub_versions = self.create_agreements(
            changed.period_id, below.partner_id, version=2, date_from=CHANGE
        )
        self.enter_rates(sub_versions)
        self.sign(versions, sub_versions)

    def sign(self, *groups):
        for agreements in groups:
            self.case.sign(agreements.with_env(self.case.env))

    def create_agreements(self, period, partners, **values):
        """Return draft agreements of partners, all made at once."""
        Agreement = self.case.model("keeper", "channel.agreement")
        vals_list = []
        for partner in partners:
            dealer = partner.channel_dealer_id or partner
            vals = {
                "partner_id": partner.id,
                "period_id": period.id,
                "line_ids": [
                    Command.create({"sequence": 10 * rank, **line})
                    for rank, line in enumerate(self.prepare_lines(partner, dealer), 1)
                ],
                **values,
            }
            if partner == dealer:
                is_paid = self.number_of(dealer) in PAID
                vals["basis"] = "paid" if is_paid else "invoiced"
                vals["currency_id"] = self.currency_of(dealer).id
            vals_list.append(vals)
        trusted = Agreement.with_context(channel_trusted=TRUSTED)  # a second version is one
        return trusted.create(vals_list).with_env(self.env)

    def prepare_lines(self, partner, dealer):
        """Return values of agreement lines: a sub-distributor's may have other tiers."""
        for scope, target, measure, tiers in self.terms_of(dealer):
            if partner != dealer and self.random.random() < 0.3:
                tiers = self.pick("none", "whole", "marginal")
            values = {"applied_on": scope, "measure": measure, "tier_mode": tiers}
            if scope == "product":
                values["product_id"] = self.products[target].id
            elif scope == "template":
                values["product_tmpl_id"] = self.products[target].product_tmpl_id.id
            elif scope == "category":
                values["categ_id"] = self.network.categories[target].id
            yield values

    def enter_rates(self, agreements):
        """Enter rates between 3 and 9 for dealers, below 3 for sub-distributors."""
        Rate = self.case.model("keeper", "channel.rate")
        brackets = {}
        for rate in Rate.search([("agreement_id", "in", agreements.ids)], order="line_id"):
            line = rate.line_id
            edges = EDGES[line.measure] if line.tier_mode != "none" else (0,)
            lowest, highest = (300, 900) if line.agreement_id.role == "dealer" else (40, 299)
            numbers = sorted(self.random.randint(lowest, highest) for _edge in edges)
            brackets[rate] = tuple(
                (Decimal(edge), Decimal(number) / 100)
                for edge, number in zip(edges, numbers, strict=True)
            )
            self.brackets[line.id] = brackets[rate]
        Rate._store_brackets(brackets)
