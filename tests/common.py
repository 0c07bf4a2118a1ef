"""A company with its roles, and small factories for the channel.

Everything lies in 2025, a year that is over whenever the tests run.
"""

import base64
import os
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user

from odoo.addons.channel_rebate.gate import by_hand
from odoo.addons.channel_rebate.tools.signed_paper import Paper

# An empty page, as the scan of whatever was signed.
PAPER = Paper(
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n",
    "signed.pdf",
)
KEY = base64.b64encode(bytes(range(32))).decode()

ROLES = {
    "keeper": "channel_rebate.group_rate_keeper",
    "officer": "channel_rebate.group_settlement_officer",
    "accountant": "account.group_account_user,account.group_account_invoice",
    "salesperson": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "administrator": "base.group_system",
}
# Ex-factory prices of the worked example.
PRICES = {"toothpaste": 165, "soap": 253, "shampoo": 320}
# Rates of the worked example, percent of the net amount.
RATES_A = {"toothpaste": "3", "soap": "4", "shampoo": "5"}
RATES_B = {"toothpaste": "2", "soap": "4.5", "shampoo": "5.5"}
RATES_S = {"toothpaste": "1.5", "soap": "1.5", "shampoo": "2"}


class ChannelSetup:
    """Company, roles and products; mixed into a test case class of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {"CHANNEL_REBATE_KEY": KEY}))
        # Tests act for users without a session of a browser; a server's threads still need one.
        cls.enterClassContext(by_hand())
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "lang": "en_US"})
        cls.company = cls.env.company
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", cls.company, install_demo=False
            )
        cls.users = {
            role: new_test_user(cls.env, login=f"test_{role}", groups=groups)
            for role, groups in ROLES.items()
        }
        cls.products = {name: cls.make_product(name, price) for name, price in PRICES.items()}
        cls.period = cls.make_period(date(2025, 1, 1), date(2025, 3, 31))

    @contextmanager
    def refused(self, pattern, exception=UserError):
        """Check that the block fails with a text like ``pattern``, and take its changes back."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    # === Who === #

    @classmethod
    def as_role(cls, role, records):
        """Return ``records`` as the user of a role sees them."""
        return records.with_user(cls.users[role])

    @classmethod
    def model(cls, role, name):
        return cls.env[name].with_user(cls.users[role])

    # === Master data === #

    @classmethod
    def make_product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name.capitalize(),
                "default_code": name.upper(),
                "type": "consu",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def make_period(cls, date_from, date_to, **values):
        return cls.env["channel.period"].create(
            {"date_from": date_from, "date_to": date_to, **values}
        )

    @classmethod
    def make_dealer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "ref": name.upper().replace(" ", "-"),
                "is_company": True,
                "channel_role": "dealer",
                "user_id": cls.users["salesperson"].id,
                **values,
            }
        )

    @classmethod
    def make_sub(cls, name, dealer, **values):
        values = {"channel_role": "sub_distributor", "channel_dealer_id": dealer.id, **values}
        return cls.make_dealer(name, **values)

    @classmethod
    def make_portal_user(cls, partner):
        user = new_test_user(
            cls.env, login=f"portal_{partner.id}", groups="base.group_portal", name="Portal"
        )
        user.partner_id.parent_id = partner
        return user

    # === Agreements === #

    @classmethod
    def make_agreement(cls, partner, rates, *, period=None, **values):
        """Return a draft agreement that covers ``rates``: decimals (text) by product name."""
        agreement = cls.model("keeper", "channel.agreement").create(
            {
                "partner_id": partner.id,
                "period_id": (period or cls.period).id,
                "line_ids": [
                    Command.create({"product_id": cls.products[name].id, "sequence": 10 + i})
                    for i, name in enumerate(rates)
                ],
                **values,
            }
        )
        cls.enter_rates(agreement, rates.values())
        return agreement

    @classmethod
    def enter_rates(cls, agreement, rates):
        """Enter rates line by line, in the agreement's order; ``None`` leaves one out."""
        records = cls.rates_of(agreement)
        cls.model("keeper", "channel.rate")._store_rates(
            {
                record: Decimal(rate)
                for record, rate in zip(records, rates, strict=True)
                if rate is not None
            }
        )

    @classmethod
    def rates_of(cls, agreements, role="keeper"):
        """Return the rate records of agreements in the order of their lines."""
        rates = cls.model(role, "channel.rate").search([("agreement_id", "in", agreements.ids)])
        return rates.sorted(lambda rate: (rate.agreement_id.id, rate.line_id.sequence, rate.id))

    @classmethod
    def seal(cls, agreements):
        cls.as_role("keeper", agreements).action_seal()
        return agreements

    @classmethod
    def sign(cls, agreements):
        """Seal what is still draft, then mark as signed."""
        keeper_agreements = cls.as_role("keeper", agreements)
        keeper_agreements.filtered(lambda record: record.state == "draft").action_seal()
        keeper_agreements._mark_signed(date(2025, 1, 2), False, dict.fromkeys(agreements, PAPER))
        return agreements

    # === Sales === #

    @classmethod
    def make_invoice(cls, partner, quantities, *, day=date(2025, 2, 1), post=True, **values):
        """Return a customer invoice (or what ``move_type`` says) at ex-factory prices."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.products[name].id,
                            "quantity": quantity,
                            "price_unit": PRICES.get(name, cls.products[name].list_price),
                        }
                    )
                    for name, quantity in quantities.items()
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def make_order(cls, partner, quantities, *, day=date(2025, 2, 1), confirm=True, **values):
        """Return an order at ex-factory prices."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.users["salesperson"].id,
                "channel_order_date": day,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.products[name].id,
                            "product_uom_qty": quantity,
                            "price_unit": PRICES.get(name, cls.products[name].list_price),
                        }
                    )
                    for name, quantity in quantities.items()
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def make_return(cls, order, quantities, *, day=None, **values):
        """Return a confirmed return of a sell-out order; ``quantities`` are positive."""
        back = order._create_channel_return()
        for line in back.order_line:
            line.product_uom_qty = -quantities.get(line.product_id.name.lower(), 0)
        back.write({"channel_order_date": day or order.channel_order_date, **values})
        back.action_confirm()
        return back

    @classmethod
    def make_count(cls, dealer, name, quantity, *, day=date(2025, 1, 1), **values):
        """Return the count of what a dealer had of a product at the beginning of a day."""
        return cls.env["channel.opening"].create(
            {
                "dealer_id": dealer.id,
                "product_id": cls.products[name].id,
                "date": day,
                "quantity": quantity,
                **values,
            }
        )

    # === Settlement === #

    @classmethod
    def compute(cls, period=None, **values):
        """Return a settlement that the officer has computed."""
        settlement = cls.model("officer", "channel.settlement").create(
            {"period_id": (period or cls.period).id, **values}
        )
        settlement.action_compute()
        return settlement.sudo(False).with_user(cls.env.user)

    @classmethod
    def settle(cls, period=None, **values):
        """Return a settlement that was computed and approved."""
        settlement = cls.compute(period, **values)
        cls.as_role("keeper", settlement).action_approve()
        return settlement

    @classmethod
    def statement_of(cls, settlement, partner):
        return settlement.statement_ids.filtered(lambda record: record.partner_id == partner)


class WorkedExample:
    """Dealers A and B and A's sub-distributor S, with agreements in draft and their sales.

    Published results: gross 3,107.00, passed on 633.50, net 2,473.50 for A; 633.50 for S;
    3,228.50 for B.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a = cls.make_dealer("Dealer A")
        cls.dealer_b = cls.make_dealer("Dealer B")
        cls.sub_s = cls.make_sub("Sub S", cls.dealer_a)
        cls.agreement_a = cls.make_agreement(cls.dealer_a, RATES_A)
        cls.agreement_b = cls.make_agreement(cls.dealer_b, RATES_B)
        cls.agreement_s = cls.make_agreement(cls.sub_s, RATES_S)
        cls.agreements = cls.agreement_a | cls.agreement_b | cls.agreement_s
        hundred = dict.fromkeys(PRICES, 100)
        cls.make_invoice(cls.dealer_a, hundred)
        cls.make_invoice(cls.dealer_b, hundred)
        cls.make_order(cls.sub_s, dict.fromkeys(PRICES, 50))

    @classmethod
    def sell_old_stock(cls):
        """S buys 250 more of each; A had 200 before the period, and so earned nothing on them.

        S gets 3,801.00, A owes 694.00.
        """
        for name in PRICES:
            cls.make_count(cls.dealer_a, name, 200)
        cls.make_order(cls.sub_s, dict.fromkeys(PRICES, 250))

    @classmethod
    def settled_amounts(cls, settlement):
        """Return ``{partner name: (gross, passed on, net)}`` of a settlement."""
        return {
            record.partner_id.name: (
                record.gross_amount,
                record.passed_on_amount,
                record.net_amount,
            )
            for record in settlement.statement_ids
        }


class ChannelCase(ChannelSetup, TransactionCase):
    pass


class ChannelHttpCase(ChannelSetup, HttpCase):
    pass


class WorkedExampleCase(WorkedExample, ChannelCase):
    pass


class WorkedExampleHttpCase(WorkedExample, ChannelHttpCase):
    pass
