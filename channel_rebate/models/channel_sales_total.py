from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .channel_ledger_totals import (
    DIMENSIONS,
    MARKS,
    MONTHS,
    PARTNER_DIMENSIONS,
    PARTNERS,
    YEARS,
    name_columns,
)

TABLES = {MONTHS: DIMENSIONS, YEARS: DIMENSIONS, PARTNERS: PARTNER_DIMENSIONS}


class ChannelSalesTotal(models.AbstractModel):
    """Sales of the channel summed up, so that an analysis need not read every line.

    There are tables, and no models for them: nobody reads them but the ledger, for an analysis and
    under its rules. ``channel_sales_total`` has the sums by month, each with the id of its first
    line; from it follow those by year, and those of partners, without products.
    ``channel_sales_mark`` has the months in which documents of a partner have changed since: for
    these the documents are read, so that an analysis is always right. The scheduled action counts
    them again and takes the marks away.

    Marks are only added and removed, never changed, so that people who post at the same time
    neither wait for each other nor stop each other. PostgreSQL itself makes them
    (``channel_sales_total_marking``). One that is made while a count goes on stays: the count
    removes the marks that it sees, and with them whatever they stand for was in its sight too.
    """

    _name = "channel.sales.total"
    _description = "Sales Summed Up"

    def init(self):
        """Make the tables; when all columns are there, the triggers, and count what there is."""
        is_new = not table_exists(self.env.cr, MONTHS.code)
        if is_new:
            self._create_tables()
        self.pool.post_init(self._create_triggers)
        if is_new:
            self.pool.post_init(self._recount_all)
        return super().init()

    @api.model
    def _create_tables(self):
        for table, dimensions in TABLES.items():
            columns = [
                SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in dimensions.items()
            ]
            self.env.cr.execute(
                SQL(
                    """
                    CREATE TABLE %(table)s (id int8, %(columns)s, date date NOT NULL,
                                            quantity numeric, amount numeric, lines int8 NOT NULL);
                    CREATE INDEX ON %(table)s (COALESCE(sub_distributor_id, dealer_id), date);
                    CREATE INDEX ON %(table)s (dealer_id, date);
                    CREATE INDEX ON %(table)s (date);
                    """,
                    table=table,
                    columns=SQL(", ").join(columns),
                )
            )
        self.env.cr.execute(
            SQL("CREATE TABLE %s (tier varchar NOT NULL, partner_id int4, month date)", MARKS)
        )

    @api.model
    def _drop_tables(self):
        """Leave nothing behind; see uninstall_hook."""
        self._drop_triggers()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s, %s", SQL(", ").join(TABLES), MARKS))

    # === Counting === #

    @api.model
    def _cron_recount(self):
        """Count again what has changed."""
        cron = self.env["ir.cron"]
        [(marks,)] = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", MARKS))
        cron._commit_progress(remaining=marks)
        if marks:
            cron._commit_progress(self._recount(), remaining=0)

    @api.model
    def _recount(self):
        """Count again what is marked; return how many marks there were.

        All statements of a transaction see the documents as they were when it saw the marks. Of
        two counts at the same time the later one fails: it removes a mark of the other.
        """
        taken = self.env.execute_query(
            SQL("DELETE FROM %s RETURNING tier, partner_id, month", MARKS)
        )
        if marks := set(taken):
            self._count_marked(
                SQL(
                    """(SELECT * FROM unnest(%s::varchar[], %s::int[], %s::date[])
                            AS given(tier, partner_id, month))""",
                    *map(list, zip(*marks, strict=True)),
                )
            )
        if any(tier == "product" for tier, *_mark in marks):
            self._delete(PARTNERS)
            self._sum_up_partners()
        return len(taken)

    @api.model
    def _count_marked(self, marks):
        ledger = self.env["channel.ledger"]
        for table, part in ((MONTHS, "month"), (YEARS, "year"), (PARTNERS, "month")):
            self._delete(table, ledger._marked(table, part, marks))
        self._count(ledger._marked_months_queries(marks))
        self._sum_up_years(ledger._marked(MONTHS, "year", marks))
        self._sum_up_partners(ledger._marked(MONTHS, "month", marks))

    @api.model
    def _recount_all(self):
        """Count everything, also what was written where no trigger could see it."""
        ledger = self.env["channel.ledger"]
        self.env.flush_all()
        for table in (MARKS, *TABLES):
            self._delete(table)
        self._count((ledger._all_sell_in_query(), ledger._all_sell_out_query()))
        self._sum_up_years()
        self._sum_up_partners()

    @api.model
    def _delete(self, table, condition=None):
        self.env.cr.execute(
            SQL("DELETE FROM %s AS total WHERE %s", table, condition or SQL("true"))
        )

    @api.model
    def _count(self, sales):
        """Sum up sales by month.

        :param sales: SQL of rows as those of ``_all_sell_in_query``
        """
        source = SQL("(%s) AS total", SQL(" UNION ALL ").join(sales))
        self._insert(MONTHS, "month", name_columns(DIMENSIONS), source)

    @api.model
    def _sum_up_years(self, condition=None):
        """Sum up months by year; ``condition`` is on ``total``."""
        source = SQL("%s AS total WHERE %s", MONTHS, condition or SQL("true"))
        self._insert(YEARS, "year", name_columns(DIMENSIONS), source)

    @api.model
    def _sum_up_partners(self, condition=None):
        """Sum up goods of months without products; ``condition`` is on ``total``."""
        source = SQL(
            """%s AS total
               JOIN product_product AS product ON product.id = total.product_id
               JOIN product_template AS template ON template.id = product.product_tmpl_id
              WHERE %s AND %s""",
            MONTHS,
            self.env["channel.ledger"]._kind_condition(),
            condition or SQL("true"),
        )
        columns = [
            SQL("template.uom_id") if name == "product_unit_id" else SQL.identifier("total", name)
            for name in PARTNER_DIMENSIONS
        ]
        self._insert(PARTNERS, "month", SQL(", ").join(columns), source)

    @api.model
    def _insert(self, table, part, columns, source):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(table)s (id, %(names)s, date, quantity, amount, lines)
                SELECT MIN(total.id), %(columns)s,
                       date_trunc(%(part)s, total.date::timestamp)::date,
                       SUM(total.quantity), SUM(total.amount), SUM(total.lines)
                  FROM %(source)s
              GROUP BY %(columns)s, date_trunc(%(part)s, total.date::timestamp)::date
                """,
                table=table,
                names=name_columns(TABLES[table]),
                columns=columns,
                part=part,
                source=source,
            )
        )
