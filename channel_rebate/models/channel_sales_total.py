from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .channel_ledger_totals import DIMENSIONS, KEYS

TOTAL, MARK = "channel_sales_total", "channel_sales_mark"


class ChannelSalesTotal(models.AbstractModel):
    """Sales of the channel summed up by months, so that an analysis need not read every line.

    There are two tables, and no model for them: nobody reads them but the ledger, for an analysis
    and under its rules. ``channel_sales_total`` has the sums. ``channel_sales_mark`` has the months
    in which documents of a partner have changed since: for these the documents are read, so that
    an analysis is always right. The scheduled action counts them again and takes the marks away.

    Marks are only added and removed, never changed, so that people who post at the same time
    neither wait for each other nor stop each other. PostgreSQL itself makes them
    (``channel_sales_total_marking``). One that is made while a count goes on stays: the count
    removes the marks that it sees, and with them whatever they stand for was in its sight too.
    """

    _name = "channel.sales.total"
    _description = "Sales Summed up by Months"

    def init(self):
        """Make the tables; when all columns are there, the triggers, and count what there is."""
        is_new = not table_exists(self.env.cr, TOTAL)
        if is_new:
            self._create_tables()
        self.pool.post_init(self._create_triggers)
        if is_new:
            self.pool.post_init(self._recount_all)
        return super().init()

    @api.model
    def _create_tables(self):
        dimensions = [
            SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in DIMENSIONS.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                CREATE TABLE channel_sales_total (
                    %s, date date NOT NULL, quantity numeric, amount numeric, lines int8 NOT NULL);
                CREATE INDEX channel_sales_total_partner_idx
                    ON channel_sales_total (COALESCE(sub_distributor_id, dealer_id), date);
                CREATE INDEX channel_sales_total_dealer_idx
                    ON channel_sales_total (dealer_id, date);
                CREATE INDEX channel_sales_total_date_idx ON channel_sales_total (date);
                CREATE TABLE channel_sales_mark (
                    tier varchar NOT NULL, partner_id int4 NOT NULL,
                    date_from date NOT NULL, date_to date NOT NULL);
                """,
                SQL(", ").join(dimensions),
            )
        )

    @api.model
    def _drop_tables(self):
        """Leave nothing behind; see uninstall_hook."""
        self._drop_triggers()
        self.env.cr.execute("DROP TABLE IF EXISTS channel_sales_total, channel_sales_mark")

    # === Counting === #

    @api.model
    def _cron_recount(self):
        """Count again what has changed."""
        cron = self.env["ir.cron"]
        marks = self._count_marks()
        cron._commit_progress(remaining=marks)
        if marks:
            done = self._recount()
            cron._commit_progress(done, remaining=0)

    @api.model
    def _count_marks(self):
        [(count,)] = self.env.execute_query(SQL("SELECT COUNT(*) FROM channel_sales_mark"))
        return count

    @api.model
    def _recount(self):
        """Count again what is marked; return how many marks there were.

        In one statement, which sees the documents as they were when it saw the marks. Of two
        counts at the same time the later one fails: it removes the marks of the other.
        """
        ledger = self.env["channel.ledger"]
        [(count,)] = self.env.execute_query(
            SQL(
                """
                WITH taken AS (DELETE FROM channel_sales_mark RETURNING *),
                     marks AS (SELECT DISTINCT * FROM taken),
                     gone AS (
                         DELETE FROM channel_sales_total AS total USING marks AS mark
                          WHERE total.tier = mark.tier
                            AND COALESCE(total.sub_distributor_id, total.dealer_id)
                                = mark.partner_id
                            AND total.date BETWEEN mark.date_from AND mark.date_to),
                     counted AS (
                         INSERT INTO channel_sales_total
                                     (%(keys)s, date, quantity, amount, lines) %(sums)s)
                SELECT COUNT(*) FROM taken
                """,
                keys=KEYS,
                sums=ledger._summed_by_months(*ledger._marked_months_queries(SQL("marks"))),
            )
        )
        return count

    @api.model
    def _recount_all(self):
        """Count everything, also what was written where no trigger could see it."""
        ledger = self.env["channel.ledger"]
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM channel_sales_mark; DELETE FROM channel_sales_total")
        self.env.cr.execute(
            SQL(
                "INSERT INTO channel_sales_total (%s, date, quantity, amount, lines) %s",
                KEYS,
                ledger._summed_by_months(ledger._all_sell_in_query(), ledger._all_sell_out_query()),
            )
        )
