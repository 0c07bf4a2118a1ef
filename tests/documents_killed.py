"""A year of four quarters with the same sales, computed and approved, for test_documents_killed.py.

The documents of the first quarter are made at once: so they have to come out for the others, which
are left to the scheduled actions, and paused.
"""

from datetime import date

from odoo.fields import Command

from .common import RATES_A, RATES_S, ChannelSetup
from .throwaway import Shell

DEALERS = 8
CODE = "model._cron_create_documents(batch_size=2)"


class Company(ChannelSetup, Shell):
    pass


def make_quarters():
    ends = ((3, 31), (6, 30), (9, 30), (12, 31))
    periods = [
        Company.make_period(date(2025, month - 2, 1), date(2025, month, day))
        for month, day in ends[1:]
    ]
    return [Company.period, *periods]


def make_partners():
    pairs = []
    for number in range(DEALERS):
        dealer = Company.make_dealer(f"Dealer {number}")
        pairs.append((dealer, Company.make_sub(f"Sub {number}", dealer)))
    return pairs


def sell(period, pairs):
    agreements = Company.env["channel.agreement"]
    for number, (dealer, sub) in enumerate(pairs, start=1):
        agreements |= Company.make_agreement(dealer, RATES_A, period=period)
        agreements |= Company.make_agreement(sub, RATES_S, period=period)
        quantities = {"soap": 10 * number, "shampoo": 5}
        day = period.date_from
        Company.make_invoice(dealer, quantities, day=day)
        Company.make_order(sub, {"soap": 3 * number, "shampoo": 1}, day=day)
    Company.sign(agreements)


def main(env):
    Company.env = env
    Company.setUpClass()
    env = Company.env
    tax = Company.company.account_sale_tax_id
    Company.products["soap"].taxes_id = [Command.set(tax.ids)]
    pairs = make_partners()
    for number, period in enumerate(make_quarters()):
        sell(period, pairs)
        Company.company.write(
            {
                "channel_rebate_post_documents": True,
                "channel_document_batch_from": 0 if number else 1000,
            }
        )
        settlement = Company.settle(period)
        settlement.sudo()._trusted().documents_paused = bool(number)
    crons = env["ir.cron"].search([])
    actions = env["channel.settlement"]._find_document_actions()
    actions.code = CODE
    (crons - actions).active = False
    env.cr.commit()
