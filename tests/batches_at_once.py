"""Two workers at once, and a worker beside an accountant or a keeper, in transactions of their own.

Run in a process of its own on a throw-away database; see test_document_batches_at_once.py.
"""

import json
import sys
from contextlib import contextmanager
from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .two_at_once import Company


def work(env):
    """Do one batch of one statement; return how much was done."""
    return env["channel.settlement"]._work_at_documents(1)[0]


def find_run(env):
    return env["channel.settlement"].search([], order="id desc", limit=1)


def claim(env):
    return env["channel.statement"]._claim(find_run(env), "create", None, 2).ids


def post(env):
    moves = find_run(env).statement_ids.move_id
    moves.filtered(lambda move: move.state == "draft").action_post()


def pause(env):
    find_run(env).action_pause_documents()


def reverse(env):
    find_run(env).action_reverse()


@contextmanager
def two(env, *roles):
    """Begin a transaction for each, a worker if it is no role; both see what is there now."""
    registry = Registry(env.cr.dbname)
    uids = [Company.users[role].id if role else SUPERUSER_ID for role in roles]
    with registry.cursor() as early, registry.cursor() as late:
        pair = [api.Environment(cr, uid, {}) for cr, uid in zip((early, late), uids, strict=True)]
        for each in pair:
            each["res.users"].browse(each.uid).name  # noqa: B018
        yield pair
        early.rollback()
        late.rollback()
    env.invalidate_all()
    env.cr.rollback()


def met(step, env):
    """Return what somebody meets in his step: the name of an error, or an empty text."""
    try:
        step(env)
        env.cr.commit()
    except Exception as error:
        env.cr.rollback()
        return type(error).__name__
    return ""


def one_after_the_other(env, roles, first, second):
    """Return what the second meets, who began before the first was ready."""
    with two(env, *roles) as (early, late):
        return met(first, early) + met(second, late)


def side_by_side(env):
    """Return the states of documents after two workers did a batch each at the same time."""
    with two(env, None, None) as pair:
        done = [work(each) for each in pair]
        for each in pair:
            each.cr.commit()
    statements = find_run(env).statement_ids
    return done, sorted((one.move_id.state or "", one.document_step or "") for one in statements)


def state_of_run(env):
    env.cr.rollback()
    work(env)
    env.cr.commit()
    return find_run(env).state


def tell_workers(env, told):
    with two(env, None, None) as pair:
        told["claims"] = [len(claim(each)) for each in pair]
    told["both make"] = side_by_side(env)
    told["one posts, one makes"] = side_by_side(env)
    told["one posts, one has nothing to do"] = side_by_side(env)
    told["an accountant posts the last"] = one_after_the_other(
        env, ("accountant", None), post, work
    )
    told["then"] = state_of_run(env)


def correct(env, number):
    Company.make_invoice(Company.dealer_a, {"soap": number}, day=date(2025, 3, number))
    Company.settle(kind="supplementary")
    env.cr.commit()


def tell_reversal(env, told):
    correct(env, 1)
    with two(env, None, "keeper") as (worker, keeper):
        work(worker)
        met(pause, api.Environment(env.cr, keeper.uid, {}))
        keeper.cr.rollback()
        find_run(keeper).name  # noqa: B018
        worker.cr.commit()
        told["a worker was at it"] = met(reverse, keeper)
        met(lambda env: find_run(env).action_resume_documents(), keeper)

    def pause_and_reverse(env):
        pause(env)
        reverse(env)

    told["a worker comes too late"] = one_after_the_other(
        env, ("keeper", None), pause_and_reverse, work
    )


def tell_finish(env, told):
    Company.company.channel_rebate_post_documents = False
    correct(env, 2)
    work(env)
    env.cr.commit()
    told["posted while it is finished"] = one_after_the_other(env, (None, "accountant"), work, post)
    told["then posted"] = met(post, api.Environment(env.cr, Company.users["accountant"].id, {}))
    told["and"] = find_run(env).state


def main(env):
    Company.env = env
    Company.setUpClass()
    Company.sign(Company.agreements)
    Company.company.write({"channel_document_batch_from": 0, "channel_rebate_post_documents": True})
    Company.settle()
    env.cr.commit()
    told = {}
    for tell in (tell_workers, tell_reversal, tell_finish):
        tell(env, told)
    sys.stdout.write(json.dumps(told) + "\n")
