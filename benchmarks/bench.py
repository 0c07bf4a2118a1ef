"""Settles a quarter of some size step by step, and measures the floors beside it.

Run by ``scripts/bench``, each size in a process and a database of its own.
"""

import json
from pathlib import Path

import psycopg2
from floors import DocumentFloors
from meter import Meter
from odoo.exceptions import UserError
from odoo.tools import SQL
from quarter import get_machine
from sales import FIRST, LAST, Sales
from screens import measure_screens
from wholesaler import Wholesaler
from world import World

from odoo.addons.channel_rebate.gate import by_hand

SELL_OUT_SHARE = 5
# As many documents are made by Odoo's plain batch, to compare with; all take too long.
PLAIN_DOCUMENTS = 1000
CHUNK = 100
VACUUMED = (
    "account_move",
    "account_move_line",
    "channel_agreement",
    "channel_agreement_line",
    "channel_sales_mark",
    "channel_sales_total",
    "channel_sales_total_partner",
    "channel_sales_total_year",
    "channel_statement",
    "channel_statement_agreement_rel",
    "channel_statement_line",
    "channel_statement_pack",
)


def make_world(env, dealers):
    """Make and keep everything that does not hang on the number of sales."""
    with by_hand():
        Wholesaler(World(env).make(dealers)).make()
    env.cr.commit()


def make_sales(env, lines):
    """Write invoices with so many lines and sell-out orders with a fifth of it, and keep them."""
    world = World(env).find()
    sales = Sales(world.env, world.products)
    sales.make_invoices(world.dealers, lines)
    sales.make_orders(world.subs, world.get_covered(), lines // SELL_OUT_SHARE)
    Wholesaler(world).buy()
    # What a scheduled action does every few minutes.
    env["channel.sales.total"]._recount_all()
    env.cr.commit()


def settle(env, path, lines, plan):
    """Take a settlement through all its steps, and write what they took to a file.

    :param str plan: ``documents``: all steps; ``screens``: the main screens as well; ``untaxed``:
        these, and documents without taxes after that
    """
    bench = Bench(env)
    with by_hand():
        bench.settle(plan)
    result = {
        "dealers": len(bench.world.dealers),
        "partners": len(bench.world.dealers) + len(bench.world.subs),
        "lines": lines,
        "statement_lines": bench.statement_lines,
        "documents": bench.document_counts,
        "machine": get_machine(env),
        "idle_megabytes": round(bench.meter.idle / 2**20, 1),
        "steps": bench.meter.steps,
        "screens": bench.screens,
    }
    Path(path).write_text(json.dumps(result))


def vacuum(cr):
    """Do what autovacuum does within a minute, over a connection of its own."""
    connection = psycopg2.connect(cr._cnx.dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {', '.join(VACUUMED)}")
    finally:
        connection.close()


class Bench:
    """One settlement. Every step is committed, like that of a user, and vacuumed after it."""

    def __init__(self, env):
        self.world = World(env).find()
        self.env = self.world.env
        self.meter = Meter(self.env)
        self.document_counts = {}
        self.screens = {}
        company = self.env.company
        # Documents are a step of their own here.
        company.channel_document_batch_from = 0
        company.channel_rebate_post_documents = False
        self.keeper = self.env["res.users"].search([("login", "=", "keeper")])
        self.commit()

    def commit(self):
        self.env.cr.commit()
        self.env.invalidate_all()
        vacuum(self.env.cr)

    def settle(self, plan):
        self.measure_sums()
        settlement = self.run("periodic")
        self.measure_insert()
        self.approve(settlement)
        self.correct_nothing()
        self.make_documents(settlement, "documents")
        if plan != "documents":
            self.look()
        self.reverse(settlement)
        if plan == "untaxed":
            self.settle_untaxed()

    def settle_untaxed(self):
        """Once more without taxes, for the documents; the number of lines does not matter."""
        Sales(self.env, self.world.products).untax()
        self.commit()
        steps = self.meter.steps
        self.meter.steps = {}
        settlement = self.run("periodic")
        self.approve(settlement)
        self.meter.steps = steps
        self.make_documents(settlement, "untaxed documents")

    # === Floors === #

    def measure_sums(self):
        """Group the same lines with plain SQL, twice: the first time warms the caches up."""
        for name in ("", "floor: sums"):
            with self.meter.measure(name):
                self.env.cr.execute(
                    SQL(
                        """
                        SELECT move.commercial_partner_id, line.product_id,
                               SUM(-line.balance), SUM(line.quantity)
                          FROM account_move AS move
                          JOIN account_move_line AS line ON line.move_id = move.id
                         WHERE move.state = 'posted'
                           AND move.move_type IN ('out_invoice', 'out_refund')
                           AND move.invoice_date BETWEEN %s AND %s
                           AND line.display_type = 'product'
                      GROUP BY 1, 2
                        """,
                        FIRST,
                        LAST,
                    )
                )
                self.env.cr.execute(
                    SQL(
                        """
                        SELECT sale.channel_partner_id, line.product_id,
                               SUM(line.price_subtotal), SUM(line.product_uom_qty)
                          FROM sale_order AS sale
                          JOIN sale_order_line AS line ON line.order_id = sale.id
                         WHERE sale.state = 'sale' AND sale.channel_tier = 'sell_out'
                           AND sale.channel_order_date BETWEEN %s AND %s
                      GROUP BY 1, 2
                        """,
                        FIRST,
                        LAST,
                    )
                )
        del self.meter.steps[""]

    def measure_insert(self):
        """Insert as many statement lines as there are, ready-made, and take them back."""
        cr = self.env.cr
        cr.execute("CREATE TEMP TABLE ready AS SELECT * FROM channel_statement_line")
        cr.execute(
            """SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                WHERE attrelid = 'channel_statement_line'::regclass AND attnum > 0
                  AND NOT attisdropped AND attname != 'id'"""
        )
        columns = cr.fetchone()[0]
        with self.meter.measure("floor: insert"):
            cr.execute(
                f"INSERT INTO channel_statement_line ({columns}) SELECT {columns} FROM ready"
            )
        self.statement_lines = cr.rowcount
        cr.rollback()
        self.commit()

    # === Steps === #

    def run(self, kind):
        settlement = self.world.as_role("officer", self.env["channel.settlement"]).create(
            {"period_id": self.world.period.id, "kind": kind}
        )
        self.env.cr.commit()
        with self.meter.measure("compute"):
            settlement.action_compute()
            self.env.cr.commit()
        self.commit()
        return settlement

    def approve(self, settlement):
        with self.meter.measure("approve without documents"):
            self.world.as_role("keeper", settlement).action_approve()
            self.env.cr.commit()
        # No worker of a server is there: they are made here.
        settlement.with_env(self.env).sudo()._leave_document_queue()
        self.commit()

    def make_documents(self, settlement, name):
        """Create and post all documents, and some of them as Odoo's plain batch does."""
        due = settlement.statement_ids.with_user(self.keeper).sudo()._get_due()
        with self.meter.measure(f"{name}: create"):
            for start in range(0, len(due), CHUNK):
                due[start : start + CHUNK]._create_documents(responsible=self.keeper)
                self.env.cr.commit()
        moves = self.world.as_role(
            "accountant", settlement.with_env(self.env).statement_ids.move_id
        )
        self.document_counts[name] = len(moves)
        self.measure_plain(moves[:PLAIN_DOCUMENTS].with_env(self.env), name)
        with self.meter.measure(f"{name}: post"):
            for start in range(0, len(moves), CHUNK):
                moves[start : start + CHUNK].action_post()
                self.env.cr.commit()
        self.commit()

    def measure_plain(self, moves, name):
        self.document_counts[f"floor: {name}"] = len(moves)
        for step, cost in zip(("create", "post"), DocumentFloors(moves).find(), strict=True):
            self.meter.steps[f"floor: {name}: {step}"] = {
                "seconds": round(cost.seconds, 3),
                "queries": cost.queries,
            }

    def correct_nothing(self):
        settlement = self.world.as_role("officer", self.env["channel.settlement"]).create(
            {"period_id": self.world.period.id, "kind": "supplementary"}
        )
        self.env.cr.commit()
        with self.meter.measure("nothing changed"):
            try:
                settlement.action_compute()
            except UserError as nothing:
                print(nothing)
            else:
                raise AssertionError("a correction of nothing")
        self.env.cr.rollback()

    def look(self):
        """Open the main screens."""
        self.screens = measure_screens(self.world, self.meter)

    def reverse(self, settlement):
        with self.meter.measure("reverse"):
            self.world.as_role("keeper", settlement).action_reverse()
            self.env.cr.commit()
        self.commit()
