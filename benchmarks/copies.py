"""Sales as copies: Odoo makes and posts one document of each kind, SQL makes thousands of it.

All others are copies of its rows in which what differs is put in by one INSERT a table. So they
have whatever columns the installed add-ons have, are balanced, and read like Odoo's own. All that
varies comes from hashes of the row's number and the seed: the same size and seed give the same
sales, in any database and whatever the plan.
"""

from datetime import date

from odoo.tools import SQL

FIRST, LAST = date(2025, 1, 1), date(2025, 3, 31)
TAX_PERCENT = 13
LINES_A_DOCUMENT = 10


class Copies:
    """Rows copied from those of one document.

    :param env: elevated environment of the company
    :param products: variants, each with a list price and one tax
    :param int seed: another one gives other sales of the same size
    """

    def __init__(self, env, products, seed=1):
        self.env, self.products, self.seed = env, products, seed
        self.company = env.company
        self._make_product_table()

    def execute(self, query, **values):
        self.env.cr.execute(SQL(query, **values) if values else SQL(query))

    def chance(self, number, below, salt):
        """Return SQL for a whole number from 0 to ``below`` − 1 that hangs on ``number`` only."""
        return SQL(
            "mod(hashint8extended((%s)::bigint, %s) & 1048575, %s)::int",
            SQL(number),
            self.seed * 1000 + salt,
            below,
        )

    def _make_product_table(self):
        """Number the products from 0, with what their lines need."""
        self.execute(
            """CREATE TEMP TABLE IF NOT EXISTS bench_product (
                   number int PRIMARY KEY, id int, name text, uom_id int, price numeric)"""
        )
        self.execute("TRUNCATE bench_product")
        for number, product in enumerate(self.products):
            self.execute(
                "INSERT INTO bench_product VALUES (%(row)s)",
                row=SQL(
                    "%s, %s, %s, %s, %s::numeric",
                    number,
                    product.id,
                    product.display_name,
                    product.uom_id.id,
                    product.list_price,
                ),
            )

    def _next_id(self, table):
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT nextval(pg_get_serial_sequence(%s, 'id')) + 1", table),
        )
        return self.env.cr.fetchone()[0]

    def _set_sequence(self, table):
        self.env.cr.execute(
            SQL(
                """SELECT setval(pg_get_serial_sequence(%s, 'id'),
                                 GREATEST((SELECT MAX(id) FROM %s), %s))""",
                table,
                SQL.identifier(table),
                self._last_planned_id(table),
            )
        )

    def _last_planned_id(self, table):
        plan = {"account_move_line": "bench_line"}.get(table)
        if not plan:
            return 1
        self.env.cr.execute(SQL("SELECT COALESCE(MAX(id), 1) FROM %s", SQL.identifier(plan)))
        return self.env.cr.fetchone()[0]

    def _copy(self, table, source_id, changes, planned):
        """Insert a copy of one row for each row of ``planned``.

        :param dict changes: SQL expression by column; columns that the table lacks are left out
        :param SQL planned: what stands after FROM
        """
        self.env.cr.execute(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_schema = 'public' AND table_name = %s
                      AND is_generated = 'NEVER'""",
                table,
            )
        )
        columns = [name for (name,) in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(columns)s)
                   SELECT %(values)s FROM %(planned)s CROSS JOIN %(table)s AS source
                    WHERE source.id = %(source_id)s""",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(
                    SQL(changes[name]) if name in changes else SQL.identifier("source", name)
                    for name in columns
                ),
                planned=planned,
                source_id=source_id,
            )
        )
