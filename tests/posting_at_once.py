"""Two accountants who post late invoices at the same moment, and a comparison in between.

Run in a process of its own on a throw-away database; see test_supplementary_needed_events.py.
"""

import json
import sys
from datetime import date

from .common import PRICES
from .two_at_once import Company, both

LATE = date(2025, 3, 20)


def post_of(name):
    def post(env):
        domain = [("partner_id.name", "=", name), ("state", "=", "draft")]
        domain.append(("move_type", "=", "out_invoice"))
        env["account.move"].search(domain).action_post()

    return post


def compare(env):
    env["channel.period"].sudo().search([])._check_corrections()


def main(env):
    Company.env = env
    Company.setUpClass()
    Company.sign(Company.agreements)
    Company.settle()
    env["channel.period.check"].search([]).unlink()
    told = {}

    def draft(*dealers):
        for dealer in dealers:
            Company.make_invoice(dealer, dict.fromkeys(PRICES, 1), day=LATE, post=False)
        env.cr.commit()

    def note(name, met):
        env.cr.rollback()
        told[name] = [met, env["channel.period.check"].search_count([])]

    draft(Company.dealer_a, Company.dealer_b)
    note("two accountants", both(env, "accountant", post_of("Dealer A"), post_of("Dealer B")))
    # The second posts after the comparison, which could not see him: his mark stays.
    draft(Company.dealer_a)
    note("posting while it is compared", both(env, "accountant", compare, post_of("Dealer A")))
    period = env["channel.period"].search([])
    told["changed"] = sorted(period.changed_partner_ids.mapped("name"))
    note("comparing twice", both(env, "officer", compare, compare))
    sys.stdout.write(json.dumps(told) + "\n")
