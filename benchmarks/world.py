"""A company with dealers, sub-distributors, products and sealed agreements, made by Odoo itself."""

import random
from datetime import date
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.channel_rebate.tools.signed_paper import Paper
from sales import FIRST, LAST, TAX_PERCENT

PRODUCTS = 50
SUBS_A_DEALER = 4
RATES_A_SUB = 20
PAPER = Paper(b"%PDF-1.4\n%%EOF\n", "signed.pdf")
ROLES = {
    "keeper": "channel_rebate.group_rate_keeper",
    "officer": "channel_rebate.group_settlement_officer",
    "accountant": "account.group_account_user,account.group_account_invoice",
    "manager": "sales_team.group_sale_manager",
    "salesperson": "sales_team.group_sale_salesman",
}


def prepare_company(env):
    """Give the company a chart of accounts and one sales tax; return an environment for it."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    return env(context={**env.context, "tracking_disable": True, "lang": "en_US"})


def make_products(env):
    """Return products with list prices, all with the same tax."""
    tax = env["account.tax"].create(
        {
            "name": f"Sales tax {TAX_PERCENT}%",
            "amount": TAX_PERCENT,
            "type_tax_use": "sale",
        }
    )
    return env["product.product"].create(
        [
            {
                "name": f"Product {number:02}",
                "type": "consu",
                "list_price": 100 + 7 * number,
                "invoice_policy": "order",
                "taxes_id": [Command.set(tax.ids)],
            }
            for number in range(1, PRODUCTS + 1)
        ]
    )


def make_dealers(env, count, **values):
    return env["res.partner"].create(
        [
            {"name": f"Dealer {number:04}", "is_company": True, **values}
            for number in range(1, count + 1)
        ]
    )


class World:
    """What a settlement needs before there are sales. Found again in a copy of its database."""

    def __init__(self, env, seed=1):
        self.env = prepare_company(env)
        self.random = random.Random(seed)

    def make(self, dealers):
        """Make everything for so many dealers."""
        env = self.env
        for role, groups in ROLES.items():
            new_test_user(env, login=role, groups=groups)
        self.products = make_products(env)
        salesperson = env["res.users"].search([("login", "=", "salesperson")])
        self.dealers = make_dealers(
            env, dealers, channel_role="dealer", user_id=salesperson.id
        )
        self.subs = env["res.partner"].create(
            [
                {
                    "name": f"{dealer.name} shop {number}",
                    "is_company": True,
                    "channel_role": "sub_distributor",
                    "channel_dealer_id": dealer.id,
                }
                for dealer in self.dealers
                for number in range(1, SUBS_A_DEALER + 1)
            ]
        )
        self.period = env["channel.period"].create({"date_from": FIRST, "date_to": LAST})
        self._make_agreements(self.dealers, [range(PRODUCTS)] * dealers, (300, 600))
        self._make_agreements(self.subs, self.get_covered(), (50, 250))
        return self

    def find(self):
        """Return the world that is in the database already."""
        env = self.env
        self.products = env["product.product"].search([("name", "=like", "Product __")], order="id")
        self.dealers, self.subs = (
            env["res.partner"].search([("channel_role", "=", role)], order="id")
            for role in ("dealer", "sub_distributor")
        )
        self.period = env["channel.period"].search([])
        return self

    def get_covered(self):
        """Return for each sub-distributor the numbers of the products that he sells."""
        return [
            [(position * 7 + number) % PRODUCTS for number in range(RATES_A_SUB)]
            for position in range(len(self.subs))
        ]

    def as_role(self, role, records):
        user = self.env["res.users"].search([("login", "=", role)])
        return records.with_user(user).with_context(lang="en_US")

    def _make_agreements(self, partners, covered, basis_points):
        """Make, seal and sign an agreement for each partner, with a rate for each product.

        :param list covered: numbers of the products, by partner
        :param tuple basis_points: lowest and highest rate in hundredths of a percent
        """
        env = self.env
        agreements = self.as_role("keeper", env["channel.agreement"]).create(
            [
                {
                    "partner_id": partner.id,
                    "period_id": self.period.id,
                    "line_ids": [
                        Command.create({"product_id": self.products[number].id})
                        for number in numbers
                    ],
                }
                for partner, numbers in zip(partners, covered, strict=True)
            ]
        )
        rates = self.as_role("keeper", env["channel.rate"]).search(
            [("agreement_id", "in", agreements.ids)], order="id"
        )
        rates._store_rates(
            {rate: Decimal(self.random.randint(*basis_points)) / 100 for rate in rates}
        )
        agreements.action_seal()
        agreements._mark_signed(date(2025, 1, 2), False, dict.fromkeys(agreements, PAPER))
