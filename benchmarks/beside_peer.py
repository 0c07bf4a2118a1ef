"""Our add-on on the quarter that ``peer`` settles, in a database of its own.

Run by ``scripts/bench-peer``.
"""

from contextlib import contextmanager

from meter import Meter
from quarter import DEALERS, SEED, get_expected, make_sales, write_result
from world import World

from odoo.addons.channel_rebate.gate import by_hand


def make(env):
    """Make dealers, products, sealed and signed agreements, and sales."""
    with by_hand():
        world = World(env, SEED).make(DEALERS, subs_a_dealer=0)
    make_sales(world.env, world.dealers, world.products)


def settle(env, path):
    """Settle and credit as officer, keeper and accountant do, and write what it took to a file.

    Each commits what he has done before it is the next one's turn.
    """
    world = World(env, SEED).find()
    expected = get_expected(world.env)
    meter = Meter(world.env)
    with by_hand():
        with meter.measure("compute"):
            settlement = compute(world)
            world.env.cr.commit()
        with meter.measure("approve"), documents_apart(meter):
            world.as_role("keeper", settlement).action_approve()
            world.env.cr.commit()
        take_apart(meter.steps)
        documents = settlement.statement_ids.move_id
        with meter.measure("post documents"):
            world.as_role("accountant", documents).action_post()
            world.env.cr.commit()
        rows = get_rows(settlement)
    write_result(path, world.env, "channel_rebate", meter, expected, rows, documents)


def compute(world):
    settlement = world.as_role("officer", world.env["channel.settlement"]).create(
        {"period_id": world.period.id}
    )
    settlement.action_compute()
    return settlement.with_env(world.env)


@contextmanager
def documents_apart(meter):
    """Measure the documents that approval creates as a step of their own."""
    statements = meter.env.registry["channel.statement"]
    create = statements._create_documents

    def create_measured(*args, **kwargs):
        with meter.measure("create documents"):
            return create(*args, **kwargs)

    statements._create_documents = create_measured
    try:
        yield
    finally:
        del statements._create_documents


def take_apart(steps):
    """Leave to approval only what it took without the documents."""
    documents, approval = steps.pop("create documents"), steps["approve"]
    for measure in ("seconds", "queries"):
        approval[measure] = round(approval[measure] - documents[measure], 3)
    steps["create documents"] = documents


def get_rows(settlement):
    return [
        (line.statement_id.partner_id.id, line.product_id.id, line.base_amount, line.amount)
        for line in settlement.statement_ids.line_ids
    ]
