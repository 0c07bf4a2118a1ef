"""The nearest open add-on for rebates, ``agreement_rebate``, settles the quarter by its wizards.

Run by ``scripts/bench-peer`` in a database that has it, and none of ours.
"""

from market import PRODUCTS, make_dealers, make_products, prepare_company
from meter import Meter
from odoo.fields import Command
from odoo.tests import new_test_user
from quarter import DEALERS, get_expected, get_rates, make_sales, write_result
from sales import FIRST, LAST

# Who settles: may use the add-on, and invoices.
USER = "settler"
GROUPS = "agreement_rebate.group_use_agreement_rebate,account.group_account_manager"
CREDITED = "Rebate"


def make(env):
    """Make dealers, products, agreements and sales."""
    env = prepare_company(env)
    new_test_user(env, login=USER, groups=GROUPS)
    products, dealers = make_products(env), make_dealers(env, DEALERS)
    make_agreements(env, dealers, products)
    env["product.product"].create(
        {"name": CREDITED, "type": "service", "taxes_id": [Command.set(products.taxes_id.ids)]}
    )
    make_sales(env, dealers, products)


def make_agreements(env, dealers, products):
    """Make an agreement for each dealer, with a rebate line for each product."""
    kind = env["agreement.type"].create({"name": "Rebate", "domain": "sale", "is_rebate": True})
    rates = get_rates()
    env["agreement"].create(
        [
            {
                "code": dealer.name,
                "name": dealer.name,
                "partner_id": dealer.id,
                "agreement_type_id": kind.id,
                "rebate_type": "line",
                "start_date": FIRST,
                "end_date": LAST,
                "rebate_line_ids": [
                    Command.create(
                        {
                            "rebate_target": "product",
                            "rebate_product_ids": [Command.set(products[number].ids)],
                            "rebate_discount": float(rates[position, number]),
                        }
                    )
                    for number in range(PRODUCTS)
                ],
            }
            for position, dealer in enumerate(dealers)
        ]
    )


def settle(env, path):
    """Settle and credit as a user does, and write what it took to a file; each step commits."""
    user = env["res.users"].search([("login", "=", USER)])
    env = prepare_company(env)(user=user)
    expected = get_expected(env)
    meter = Meter(env)
    with meter.measure("compute"):
        settlements = create_settlements(env)
        env.cr.commit()
    with meter.measure("create documents"):
        documents = create_credit_notes(env, settlements)
        env.cr.commit()
    with meter.measure("post documents"):
        documents.action_post()
        env.cr.commit()
    write_result(path, env, "agreement_rebate", meter, expected, get_rows(settlements), documents)


def create_settlements(env):
    wizard = env["agreement.settlement.create.wiz"].create(
        {"date": LAST, "date_from": FIRST, "date_to": LAST, "domain": "sale"}
    )
    action = wizard.action_create_settlement()
    return env[action["res_model"]].search(action["domain"])


def create_credit_notes(env, settlements):
    """Return a draft credit note for each settlement, with a line for each of its lines."""
    wizard = env["agreement.invoice.create.wiz"].create(
        {
            "settlements_ids": [Command.set(settlements.ids)],
            "journal_id": env["account.journal"].search([("type", "=", "sale")], limit=1).id,
            "product_id": env["product.product"].search([("name", "=", CREDITED)]).id,
            "invoice_group": "settlement",
            "invoice_type": "out_refund",
        }
    )
    return env["account.move"].search(wizard.action_create_invoice()["domain"])


def get_rows(settlements):
    return [
        (
            line.partner_id.id,
            line.rebate_line_id.rebate_product_ids.id,
            line.amount_invoiced,
            line.amount_rebate,
        )
        for line in settlements.line_ids
    ]
