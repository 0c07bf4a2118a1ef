"""A company with dealers, sub-distributors, products and sealed agreements, made by Odoo itself."""

import random
from datetime import date

from market import (
    DEALER_RATES,
    PRODUCTS,
    draw_rates,
    find_dealers,
    find_products,
    make_dealers,
    make_products,
    prepare_company,
)
from odoo.fields import Command
from odoo.tests import new_test_user
from sales import FIRST, LAST

from odoo.addons.channel_rebate.tools.signed_paper import Paper

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


class World:
    """What a settlement needs before there are sales. Found again in a copy of its database."""

    def __init__(self, env, seed=1):
        self.env = prepare_company(env)
        self.random = random.Random(seed)

    def make(self, dealers, subs_a_dealer=SUBS_A_DEALER):
        """Make everything for so many dealers."""
        env = self.env
        for role, groups in ROLES.items():
            new_test_user(env, login=role, groups=groups)
        self.products = make_products(env)
        salesperson = env["res.users"].search([("login", "=", "salesperson")])
        self.dealers = make_dealers(env, dealers, channel_role="dealer", user_id=salesperson.id)
        self.subs = env["res.partner"].create(
            [
                {
                    "name": f"{dealer.name} shop {number}",
                    "is_company": True,
                    "channel_role": "sub_distributor",
                    "channel_dealer_id": dealer.id,
                }
                for dealer in self.dealers
                for number in range(1, subs_a_dealer + 1)
            ]
        )
        self.period = env["channel.period"].create({"date_from": FIRST, "date_to": LAST})
        self._make_agreements(self.dealers, [range(PRODUCTS)] * dealers, DEALER_RATES)
        self._make_agreements(self.subs, self.get_covered(), (50, 250))
        return self

    def find(self):
        """Return the world that is in the database already."""
        env = self.env
        self.products, self.dealers = find_products(env), find_dealers(env)
        self.subs = env["res.partner"].search(
            [("channel_role", "=", "sub_distributor")], order="id"
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
        """Return records as somebody sees them over the web client, with all messages written."""
        user = self.env["res.users"].search([("login", "=", role)])
        return records.with_user(user).with_context({"lang": "en_US"})

    def _make_agreements(self, partners, covered, basis_points):
        """Make, seal and sign an agreement for each partner, with a rate for each product.

        :param list covered: numbers of the products, by partner
        :param tuple basis_points: lowest and highest rate in hundredths of a percent
        """
        env = self.env
        agreements = self.as_role("keeper", env["channel.agreement"])
        # Nobody reads the history of so many.
        agreements = agreements.with_context(tracking_disable=True).create(
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
            dict(zip(rates, draw_rates(self.random, len(rates), basis_points), strict=True))
        )
        agreements.action_seal()
        agreements._mark_signed(date(2025, 1, 2), False, dict.fromkeys(agreements, PAPER))
