"""What Odoo itself needs for the documents of a settlement: the floors that ours are measured by.

Everything is done in a savepoint and taken back, so that all measurements see the same database.
What a commit does before it commits is done too: messages of changed fields are written there.
"""

import gc
import time
from collections import namedtuple
from contextlib import contextmanager

from odoo import sql_db
from odoo.fields import Command

CHUNK = 100

Cost = namedtuple("Cost", ["seconds", "queries"])


class Rollback(Exception):
    """Ends a measurement."""


@contextmanager
def taken_back(env):
    """Undo what is done inside, whatever it is."""
    env.cr.flush()
    try:
        with env.cr.savepoint():
            yield
            raise Rollback
    except Rollback:
        env.invalidate_all()


def measure(env, step):
    """Return what a step costs with all written that a commit would write, and its result."""
    env.cr.flush()
    env.invalidate_all()
    gc.collect()
    start, queries = time.perf_counter(), sql_db.sql_counter
    result = step()
    env.cr.flush()
    return Cost(time.perf_counter() - start, sql_db.sql_counter - queries), result


def in_chunks(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


class DocumentFloors:
    """Odoo's plain ``create`` and ``action_post`` of the documents that a settlement has made.

    :param moves: documents of a settlement; what a person would enter of them is entered again
    """

    def __init__(self, moves):
        # As who makes them, but with nothing in the context that a client would not send.
        self.env = moves.env(context={"lang": moves.env.context.get("lang")})
        self.values_list = [self._describe(move) for move in moves]

    def _describe(self, move):
        """Return the values that a person enters to get a document like this one."""
        return {
            "move_type": move.move_type,
            "partner_id": move.partner_id.id,
            "journal_id": move.journal_id.id,
            "currency_id": move.currency_id.id,
            "invoice_date": move.invoice_date,
            "ref": move.ref,
            "invoice_origin": move.invoice_origin,
            "invoice_user_id": move.invoice_user_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "name": line.name,
                        "quantity": line.quantity,
                        "price_unit": line.price_unit,
                        "account_id": line.account_id.id,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                    }
                )
                for line in move.invoice_line_ids
            ],
        }

    def find(self):
        """Return the costs of creating and of posting, in chunks or at once, whichever is less."""
        sizes = sorted({CHUNK, len(self.values_list)})
        found = [self._measure(size) for size in sizes]
        return min(found, key=lambda costs: sum(cost.seconds for cost in costs))

    def _measure(self, size):
        with taken_back(self.env):
            create, moves = measure(self.env, lambda: self._create(size))
            post, _result = measure(self.env, lambda: self._post(moves, size))
        return create, post

    def _create(self, size):
        moves = self.env["account.move"]
        for chunk in in_chunks(self.values_list, size):
            moves |= moves.create(chunk)
            self.env.cr.flush()
        return moves

    def _post(self, moves, size):
        for chunk in in_chunks(moves, size):
            chunk.action_post()
            self.env.cr.flush()
