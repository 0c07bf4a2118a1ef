from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

# What a preview adds up; passed on is the dealers' part of the sub-distributors' gross.
SUMS = (
    "base",
    "gross",
    "passed_on",
    "penalty",
    "compensation",
    "carried_in",
    "carried_out",
    "net",
)


class ChannelSettlement(models.Model):
    """Preview: what a settlement would give today, to a holder, without making one.

    It is computed by the very code that settles, inside of a savepoint that is always rolled
    back: nothing of it stays in the database, and amounts never get there at all.
    """

    _inherit = "channel.settlement"

    @api.model
    def get_preview(self, period_id=False):
        """Return what a settlement of all that is signed and not approved yet would give.

        :param period_id: an open period; none, or one that can't be seen, takes the first that
            is not settled, else the latest
        :return: dictionary of ``periods``, ``period_id``, ``rows``, ``totals`` (amounts in the
            currency of each row, see :meth:`_prepare_preview_row`), ``not_signed`` (number of
            agreements that are left out) and ``settled`` (number of partners that are)
        :raise AccessError: the caller is no holder
        """
        self._check_holder()
        periods = self.env["channel.period"].search(
            [("company_id", "in", self.env.companies.ids), ("state", "=", "open")]
        )
        period = (periods & periods.browse(period_id)) or self._get_preview_period(periods)
        rows = self._compute_preview(period) if period else []
        return {
            "periods": [self._prepare_preview_period(record) for record in periods],
            "period_id": period.id,
            **self._prepare_preview_amounts(rows),
            **self._count_left_out(period),
        }

    @api.model
    def _get_preview_period(self, periods):
        """Return the earliest period in which something is left to settle, else the latest."""
        due = self.env["channel.agreement"].search(
            [("period_id", "in", periods.ids), ("state", "=", "signed")]
        )
        own = due.period_id.filtered(lambda period: period.company_id == self.env.company)
        return (own or due.period_id).sorted("date_from")[:1] or periods[:1]

    @api.model
    def _compute_preview(self, period):
        with self.env["channel.rate.look"]._rolled_back():
            self._put_unapproved_aside(period)
            # Elevated: keepers look as well, but make no settlements. Named, so that no number of
            # the sequence is used up; trusted, since only our own code may name one.
            run_sudo = (
                self.sudo()
                ._trusted()
                .with_context(tracking_disable=True, mail_create_nosubscribe=True)
                .create({"name": period.name, "period_id": period.id})
            )
            run = self.browse(run_sudo.id)
            if not run._get_agreements():
                return []
            run._compute_statements()
            return run.statement_ids._prepare_preview_rows()

    @api.model
    def _put_unapproved_aside(self, period):
        """Take the runs that are not approved out of the way, until the savepoint is rolled back.

        In SQL: nobody is told of it, and no state changes by any rule.
        """
        for table in ("channel_settlement", "channel_statement"):
            self.env.execute_query(
                SQL(
                    """UPDATE %s SET state = 'cancelled'
                        WHERE period_id = %s AND state IN ('draft', 'computed')
                    RETURNING id""",
                    SQL.identifier(table),
                    period.id,
                )
            )
        self.env.invalidate_all()

    @api.model
    def _prepare_preview_period(self, period):
        several = len(self.env.companies) > 1
        return {
            "id": period.id,
            "name": f"{period.name} · {period.company_id.name}" if several else period.name,
        }

    @api.model
    def _count_left_out(self, period):
        """Return how many agreements and partners of the period a preview leaves out, and why."""
        counts = dict(
            self.env["channel.agreement"]._read_group(
                [("period_id", "=", period.id)], ["state"], ["__count"]
            )
        )
        # Partners, of whom those that were corrected have several statements.
        ((settled,),) = self.env["channel.statement"]._read_group(
            [("period_id", "=", period.id), ("state", "in", ("approved", "done"))],
            aggregates=["partner_id:count_distinct"],
        )
        return {
            "not_signed": counts.get("draft", 0) + counts.get("sealed", 0),
            "settled": settled,
        }

    @api.model
    def _sum_preview(self, rows):
        """Return sums by currency and role, as exact as amounts are written."""
        sums = defaultdict(lambda: dict.fromkeys(SUMS, Decimal(0)))
        for row in rows:
            total = sums[row["currency_id"], row["role"]]
            for name in SUMS:
                total[name] += Decimal(repr(row[name]))
        return [
            {
                "currency_id": currency_id,
                "role": role,
                **{name: float(amount) for name, amount in total.items()},
            }
            for (currency_id, role), total in sorted(sums.items())
        ]
