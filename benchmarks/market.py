"""A company with products, dealers and rates, without any add-on for rebates.

What this makes is the same in any database, so that different add-ons can be measured on it.
"""

from decimal import Decimal

from copies import TAX_PERCENT
from odoo.fields import Command

PRODUCTS = 50
# Lowest and highest rate of a dealer, in hundredths of a percent.
DEALER_RATES = (300, 600)


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


def find_products(env):
    """Return the products that are in the database already."""
    return env["product.product"].search([("name", "=like", "Product __")], order="id")


def make_dealers(env, count, **values):
    return env["res.partner"].create(
        [
            {"name": f"Dealer {number:04}", "is_company": True, **values}
            for number in range(1, count + 1)
        ]
    )


def find_dealers(env):
    """Return the dealers that are in the database already."""
    return env["res.partner"].search([("name", "=like", "Dealer ____")], order="id")


def draw_rates(random, count, basis_points=DEALER_RATES):
    """Return so many percentages; a generator of the same seed gives the same.

    :param tuple basis_points: lowest and highest, in hundredths of a percent
    """
    return [Decimal(random.randint(*basis_points)) / 100 for _number in range(count)]
