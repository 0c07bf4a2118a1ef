from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Of groups: a sum over a sum, each in percent. Sales without a target are left out where there
# is a target to compare with.
QUOTIENTS = {
    "rebate_percent": ("rebate_amount", False),
    "target_percent": ("target_amount", True),
    "target_difference_percent": ("target_difference", True),
}
# How a dealer's rebate of a year may lie to the target, as a condition on groups.
STATUS = {"above": ">", "within": "<="}


class ChannelRebateReport(models.Model):
    """Rebates in percent of sales, against what the company wants to spend at most.

    Percents of groups are quotients of sums. Where there are no sales, as for sub-distributors
    alone, there is no percent.
    """

    _inherit = "channel.rebate.report"
    _depends = {"res.company": ["channel_rebate_target"]}

    rebate_percent = fields.Float(
        string="Rebate (%)",
        digits=(16, 2),
        aggregator="avg",
        readonly=True,
        help="Rebate in percent of sales, weighted by sales. A dealer's own row is without what "
        "his sub-distributors get; in the sum of his rows it is counted.",
    )
    target_amount = fields.Monetary(
        string="Target", readonly=True, help="What the company's target percent of sales comes to."
    )
    target_percent = fields.Float(
        string="Target (%)",
        digits=(16, 2),
        aggregator="avg",
        readonly=True,
        help="The company's target of today, from the settings.",
    )
    target_difference = fields.Monetary(
        string="Above Target", readonly=True, help="Rebate - target; below zero: less than that."
    )
    target_difference_percent = fields.Float(
        string="Above Target (%)",
        digits=(16, 2),
        aggregator="avg",
        readonly=True,
        help="Percent of sales by which rebates are above the target; below zero: under it.",
    )
    target_status = fields.Selection(
        selection=[("above", "Above Target"), ("within", "Within Target")],
        compute="_compute_target_status",
        search="_search_target_status",
        help="All rebates of the dealer and his sub-distributors in the year against the target.",
    )

    @api.model
    def _get_columns(self):
        columns = super()._get_columns()
        sales, rebate = columns["sales_amount"], columns["rebate_amount"]
        percent = SQL("NULLIF(company.channel_rebate_target, 0)::numeric")
        target = SQL("(%s) * %s / 100", sales, percent)
        difference = SQL("(%s) - %s", rebate, target)
        of_sales = "100 * (%s) / NULLIF((%s), 0)"
        return {
            **columns,
            "target_amount": target,
            "target_difference": difference,
            "rebate_percent": SQL(of_sales, rebate, sales),
            "target_percent": SQL(of_sales, target, sales),
            "target_difference_percent": SQL(of_sales, difference, sales),
        }

    def _read_group_select(self, aggregate_spec, query):
        """Weight percents of groups by sales: the mean of the rows would say something else."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in QUOTIENTS or aggregator != "avg":
            return super()._read_group_select(aggregate_spec, query)
        amount_name, needs_target = QUOTIENTS[name]
        target = self._field_to_sql(self._table, "target_amount", query)
        return SQL(
            "100 * SUM(%(amount)s) / NULLIF(SUM(%(sales)s) %(condition)s, 0)",
            amount=self._field_to_sql(self._table, amount_name, query),
            sales=self._field_to_sql(self._table, "sales_amount", query),
            condition=SQL("FILTER (WHERE %s IS NOT NULL)", target) if needs_target else SQL(),
        )

    @api.depends("company_id", "dealer_id", "year")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_target_status(self):
        of_these = Domain("dealer_id", "in", self.dealer_id.ids)
        status_of = {}
        for status in STATUS:
            for *key, _ids in self._find_by_status(status, of_these):
                status_of[tuple(key)] = status
        for row in self:
            row.target_status = status_of.get((row.company_id, row.dealer_id, row.year), False)

    def _search_target_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = [
            row_id
            for status in STATUS
            if status in value
            for *_key, ids in self._find_by_status(status)
            for row_id in ids
        ]
        found = Domain("id", "in", ids)
        if False in value:
            return found | ~self._search_target_status("in", list(STATUS))
        return found

    @api.model
    def _find_by_status(self, status, domain=Domain.TRUE):
        """Return ``[(company, dealer, year, ids of rows)]`` as far as the reader may see them.

        Dealers without sales in the year are neither above nor within.
        """
        return self._read_group(
            domain,
            ["company_id", "dealer_id", "year"],
            ["id:array_agg"],
            having=[
                ("sales_amount:sum", "!=", 0),
                ("target_difference:sum", STATUS[status], 0),
            ],
        )
