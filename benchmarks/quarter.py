"""The quarter on which two add-ons are compared: the same sales in two databases.

Needs none of the add-ons: what is expected is worked out here, with plain SQL and decimals.
"""

import json
import os
import platform
import random
from decimal import ROUND_HALF_UP, Decimal
from itertools import product as pairs
from pathlib import Path

from market import PRODUCTS, draw_rates, find_dealers, find_products
from odoo import release
from odoo.tools import SQL
from sales import FIRST, LAST, Sales

DEALERS = 200
LINES = 10_000
SEED = 1
CENT = Decimal("0.01")


def make_sales(env, dealers, products):
    """Write the invoices, and keep them."""
    sales = Sales(env, products, SEED)
    sales.make_invoices(dealers, LINES)
    sales.analyze()
    env.cr.commit()


def get_rates():
    """Return the percentage for each dealer and product, both numbered from 0."""
    drawn = draw_rates(random.Random(SEED), DEALERS * PRODUCTS)
    return dict(zip(pairs(range(DEALERS), range(PRODUCTS)), drawn, strict=True))


def number_rows(env, rows):
    """Return ``{(dealer, product): (base, amount)}`` with numbers from 0 in place of ids.

    :param rows: iterable of partner id, product id, base and amount
    """
    dealers, items = (
        {record.id: number for number, record in enumerate(records)}
        for records in (find_dealers(env), find_products(env))
    )
    numbered = {}
    for partner_id, product_id, base, amount in rows:
        key = dealers[partner_id], items[product_id]
        if key in numbered:
            raise ValueError(f"two results for dealer and product {key}")
        numbered[key] = to_cents(base), to_cents(amount)
    return numbered


def to_cents(amount):
    return Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)


def get_expected(env):
    """Return what rows of accounting and rates come to, like :func:`number_rows`."""
    env.cr.execute(
        SQL(
            """
            SELECT move.commercial_partner_id, line.product_id, -SUM(line.balance)
              FROM account_move_line AS line
              JOIN account_move AS move ON move.id = line.move_id
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.invoice_date BETWEEN %s AND %s AND line.display_type = 'product'
             GROUP BY move.commercial_partner_id, line.product_id
            """,
            FIRST,
            LAST,
        )
    )
    sums = number_rows(env, [(*row, 0) for row in env.cr.fetchall()])
    rates = get_rates()
    return {key: (base, to_cents(base * rates[key] / 100)) for key, (base, _) in sums.items()}


def write_result(path, env, addon, meter, expected, rows, documents):
    """Write what an add-on took and found, for ``compare``.

    :param dict expected: what it should find, of :func:`get_expected`
    :param rows: what it found, for :func:`number_rows`
    :param documents: the credit notes that it made
    """
    product_lines = documents.invoice_line_ids
    module = env.ref(f"base.module_{addon}")
    result = {
        "addon": addon,
        "version": module.installed_version,
        "sales": {"dealers": DEALERS, "products": PRODUCTS, "lines": LINES},
        "machine": get_machine(env),
        "idle_megabytes": round(meter.idle / 2**20, 1),
        "steps": meter.steps,
        "documents": len(documents),
        "document_lines": len(product_lines),
        "documents_untaxed": str(to_cents(sum(documents.mapped("amount_untaxed")))),
        "posted": sorted(set(documents.mapped("state"))) == ["posted"],
        "settled": flatten(number_rows(env, rows)),
        "expected": flatten(expected),
    }
    Path(path).write_text(json.dumps(result))


def get_machine(env):
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "odoo": release.version,
        "postgresql": env.cr._cnx.info.parameter_status("server_version").split()[0],
    }


def flatten(rows):
    """Return rows that JSON can hold, in their order."""
    return [[*key, *map(str, values)] for key, values in sorted(rows.items())]
