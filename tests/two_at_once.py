"""Two people who press a button at the same moment, each in a transaction of his own.

Both transactions begin, then the first does his step and commits, then the second does his. Run
in a process of its own on a throw-away database; see test_two_at_once.py.
"""

import json
import sys
from datetime import date
from decimal import Decimal

from odoo import api
from odoo.fields import Command
from odoo.modules.registry import Registry

from .common import PRICES, ChannelSetup, WorkedExample
from .throwaway import Shell


class Company(WorkedExample, ChannelSetup, Shell):
    pass


def enter_rate(env):
    rate = env["channel.rate"].search([("partner_id.name", "=", "Dealer B")], limit=1)
    env["channel.rate"]._store_rates({rate: Decimal("2.5")})


def add_line(env):
    agreement = env["channel.agreement"].search([("partner_id.name", "=", "Dealer B")])
    env["channel.agreement.line"].create({"agreement_id": agreement.id, "applied_on": "all"})


def seal(env):
    env["channel.agreement"].search([("partner_id.name", "=", "Dealer B")]).action_seal()


def compute(env):
    period = env["channel.period"].search([])
    env["channel.settlement"].create({"period_id": period.id}).action_compute()


def approve(env):
    env["channel.settlement"].search([("state", "=", "computed")]).action_approve()


def correct(env):
    period = env["channel.period"].search([])
    values = {"period_id": period.id, "kind": "supplementary"}
    env["channel.settlement"].create(values).action_compute()


def reverse(env):
    env["channel.settlement"].search([("kind", "=", "periodic")]).action_reverse()


def post_of(name):
    def post(env):
        statement = env["channel.statement"].search([("partner_id.name", "=", name)])
        statement.move_id.action_post()

    return post


def confirm_return(number):
    def confirm(env):
        domain = [("channel_origin_order_id", "!=", False)]
        env["sale.order"].search(domain, order="id")[number].action_confirm()

    return confirm


def replenish(env):
    domain = [("channel_tier", "=", "sell_out"), ("channel_origin_order_id", "=", False)]
    env["sale.order"].search(domain).action_channel_replenish()


def draw(low, high):
    def draw_territory(env):
        area = {"country_id": env.ref("base.us").id, "zip_from": low, "zip_to": high}
        env["channel.territory"].create({"name": low, "area_ids": [Command.create(area)]})

    return draw_territory


def count_sales(env):
    env["channel.sales.total"].sudo()._recount()


def sell(env):
    move = env["account.move"].search([("move_type", "=", "out_invoice")], limit=1, order="id")
    move.copy({"invoice_date": move.invoice_date}).action_post()


def is_analysed(env):
    """Tell whether an analysis comes to what its documents come to."""
    sums, lines = (
        env["channel.analysis"]._read_group(domain, ["dealer_id"], ["__count", "amount:sum"])
        for domain in ([], [("id", "!=", 0)])
    )
    return sums == lines


def both(env, role, first, second):
    """Return what the second person meets: the name of an error, or an empty text."""
    registry, uid = Registry(env.cr.dbname), Company.users[role].id
    with registry.cursor() as early, registry.cursor() as late:
        envs = [api.Environment(cursor, uid, {}) for cursor in (early, late)]
        for each in envs:  # both take their snapshot now
            each["res.users"].browse(uid).name  # noqa: B018
        first(envs[0])
        early.commit()
        try:
            second(envs[1])
            late.commit()
        except Exception as error:
            late.rollback()
            return type(error).__name__
    return ""


def main(env):
    Company.env = env
    Company.setUpClass()
    env.cr.commit()
    told = {
        "a rate, then the seal": both(env, "keeper", enter_rate, seal),
        "a line, then the seal": both(env, "keeper", add_line, seal),
    }
    env.cr.rollback()
    env["channel.agreement.line"].search([("applied_on", "=", "all")]).unlink()
    env.cr.commit()
    told["the seal, then a rate"] = both(env, "keeper", seal, enter_rate)
    env.cr.rollback()
    Company.sign(Company.agreements)
    Company.make_invoice(Company.dealer_b, dict.fromkeys(PRICES, 1), day=date(2025, 3, 1))
    env.cr.commit()
    told["computing twice"] = both(env, "officer", compute, compute)
    told["approving twice"] = both(env, "keeper", approve, approve)
    told["the last two documents"] = both(env, "accountant", post_of("Dealer A"), post_of("Sub S"))
    Company.make_invoice(Company.dealer_a, {"soap": 1}, day=date(2025, 3, 2))
    env.cr.commit()
    told["correcting twice"] = both(env, "officer", correct, correct)
    told["reversing what is being corrected"] = both(env, "keeper", approve, reverse)
    order = Company.make_order(Company.sub_s, {"soap": 5})
    order.action_channel_return()
    order.channel_return_ids.copy({"channel_origin_order_id": order.id})
    env.cr.commit()
    told["two returns"] = both(env, "salesperson", confirm_return(0), confirm_return(1))
    told["replenishing twice"] = both(env, "salesperson", replenish, replenish)
    crossing = both(env, "sales_manager", draw("310", "319"), draw("315", "325"))
    told["territories that cross"] = crossing
    sell(env)
    env.cr.commit()
    told["selling while others count"] = both(env, "accountant", count_sales, sell)
    env.cr.rollback()
    told["the analysis after it"] = is_analysed(env)
    told["counting twice"] = both(env, "accountant", count_sales, count_sales)
    env.cr.rollback()
    told["the analysis at last"] = is_analysed(env)
    sys.stdout.write(json.dumps(told) + "\n")
