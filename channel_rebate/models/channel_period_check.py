from odoo import api, fields, models
from odoo.tools import SQL

CRON = "channel_rebate.ir_cron_period_check"
# In the data of the transaction: the scheduled action has been called already.
TRIGGERED = "channel_rebate.period_check"


class ChannelPeriodCheck(models.Model):
    """A settled period in which something has happened: it is to be compared again.

    Whoever posts, confirms or signs something leaves a row here, and a scheduled action compares
    right after. Rows are only added and removed, never changed, so that people who post at the
    same time neither wait for each other nor stop each other. A comparison removes the rows that
    it could see, and with them whatever they stand for was in its sight too.
    """

    _name = "channel.period.check"
    _description = "Period to Compare Again"
    _log_access = False

    period_id = fields.Many2one(
        comodel_name="channel.period", required=True, index=True, ondelete="cascade"
    )

    @api.model
    def _mark_periods(self, periods):
        """Have periods compared again."""
        if periods:
            self._mark(SQL("SELECT unnest(%s::int[])", periods.ids))

    @api.model
    def _mark_sales(self, sales, condition=None):
        """Have the settled periods compared again that changed sales may belong to.

        Those that end on the day of a sale or later: what a dealer has for his sub-distributors
        goes from one period to the next. One statement, however many sales there are; nobody
        needs a right for it.

        :param sales: a collection of ``(company id, partner id, day)``; the partner is a dealer
            or sub-distributor
        :param condition: SQL on ``statement``, the live statements of partner and period
        """
        if not sales:
            return
        companies, partners, days = zip(*sales, strict=True)
        self._mark_settled(
            SQL(
                """SELECT * FROM unnest(%s::int[], %s::int[], %s::date[])
                       AS given(company_id, partner_id, day)""",
                list(companies),
                list(partners),
                list(days),
            ),
            condition,
        )

    @api.model
    def _mark_settled(self, sales, condition=None):
        """Do so for the rows ``company_id, partner_id, day`` of an SQL query."""
        self.env["channel.statement"].flush_model(["state"])
        self._mark(
            SQL(
                """
                SELECT DISTINCT period.id
                  FROM (%(sales)s) AS sale
                  JOIN channel_statement AS statement
                    ON statement.partner_id = sale.partner_id
                   AND statement.company_id = sale.company_id
                   AND statement.state IN ('approved', 'done')
                  JOIN channel_period AS period
                    ON period.id = statement.period_id AND period.date_to >= sale.day
                 WHERE %(condition)s
                """,
                sales=sales,
                condition=condition or SQL("true"),
            )
        )

    @api.model
    def _mark(self, periods):
        marked = self.env.execute_query(
            SQL(
                "INSERT INTO %s (period_id) (%s) RETURNING period_id",
                SQL.identifier(self._table),
                periods,
            )
        )
        if marked:
            self._trigger_once()

    @api.model
    def _trigger_once(self):
        """Call the scheduled action, once for all that a transaction changes.

        A savepoint that is rolled back takes the call with it, and the note of it as well.
        """
        data = self.env.cr.precommit.data
        if data.get(TRIGGERED):
            return
        data[TRIGGERED] = True
        # Elevated: whoever posts an invoice knows nothing of scheduled actions.
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron.sudo()._trigger()
