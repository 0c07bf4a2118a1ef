from datetime import date, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# In the context: nobody outside can put it there.
BY_MONTHS = object()
# What sums are kept by, or what follows from that.
DIMENSIONS = frozenset(
    {
        "tier",
        "dealer_id",
        "sub_distributor_id",
        "territory_id",
        "user_id",
        "company_id",
        "product_id",
        "product_tmpl_id",
        "categ_id",
        "product_uom_id",
        "currency_id",
    }
)
MEASURES = frozenset(
    f"{tier}{measure}"
    for tier in ("", "sell_in_", "sell_out_")
    for measure in ("quantity", "amount")
)
PARTS_OF_DATE = frozenset(
    {"month", "quarter", "year", "month_number", "quarter_number", "year_number"}
)
DISTINCT = frozenset({"array_agg_distinct", "count_distinct"})
SUMS = frozenset({"sum", "sum_currency"})


class ChannelAnalysis(models.Model):
    """Groups that need no single document are answered from sums by months.

    Whether they can be is a matter of what is asked for, of the record rules as well: nothing of a
    document but its month. What comes out is the same.
    """

    _inherit = "channel.analysis"

    @property
    def _table_query(self):
        if self._is_by_months():
            return self.env["channel.ledger"]._monthly_sales_query()
        return super()._table_query

    @api.model
    def _is_by_months(self):
        return self.env.context.get("channel_sales") is BY_MONTHS

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        source = self._get_source(domain, groupby, aggregates, having, order)
        rows = super(ChannelAnalysis, source)._read_group(
            domain, groupby, aggregates, having, offset=offset, limit=limit, order=order
        )
        return self._take_back(rows)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        groupby = {spec for specs in grouping_sets for spec in specs}
        source = self._get_source(domain, groupby, aggregates, (), order)
        groups = super(ChannelAnalysis, source)._read_grouping_sets(
            domain, grouping_sets, aggregates, order
        )
        return [self._take_back(rows) for rows in groups]

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "__count" and self._is_by_months():
            return SQL("COALESCE(SUM(%s), 0)::int8", SQL.identifier(self._table, "lines"))
        return super()._read_group_select(aggregate_spec, query)

    def _take_back(self, rows):
        """Return the rows with records as in the environment of whoever asks."""
        return [
            tuple(
                value.with_env(self.env) if isinstance(value, models.BaseModel) else value
                for value in row
            )
            for row in rows
        ]

    # === Which source === #

    @api.model
    def _get_source(self, domain, groupby, aggregates, having, order):
        """Return this model over sums by months if they can tell, else over the documents."""
        asked = [*aggregates, *(leaf[0] for leaf in having if not isinstance(leaf, str))]
        ordered = [term.split()[0] for term in (order or "").split(",") if term.strip()]
        if (
            all(map(self._is_group_of_months, groupby))
            and all(map(self._is_sum_of_months, asked))
            and all(
                self._is_group_of_months(term) or self._is_sum_of_months(term) for term in ordered
            )
            and self._is_about_months(domain)
            and self._is_about_months(self._get_rules())
        ):
            return self.with_context(channel_sales=BY_MONTHS)
        return self

    @api.model
    def _get_rules(self):
        if self.env.su:
            return Domain.TRUE
        return self.env["ir.rule"]._compute_domain(self._name, "read")

    @api.model
    def _is_group_of_months(self, spec):
        path, _colon, part = spec.partition(":")
        if path == "date":
            return part in PARTS_OF_DATE
        return path.split(".")[0] in DIMENSIONS

    @api.model
    def _is_sum_of_months(self, spec):
        name, _colon, function = spec.partition(":")
        return (
            spec == "__count"
            or (name in MEASURES and function in SUMS)
            or (name in DIMENSIONS and function in DISTINCT)
        )

    @api.model
    def _is_about_months(self, domain):
        """Tell whether a condition holds for all days of a month or for none of them."""
        for part in Domain(domain).optimize(self):
            if isinstance(part, str):  # an operator
                continue
            if not isinstance(part, tuple | list):  # an SQL condition
                return False
            path, operator, value = part
            if path == "date":
                if not self._is_between_months(operator, value):
                    return False
            elif not isinstance(path, int) and path.split(".")[0] not in DIMENSIONS:
                return False
        return True

    @api.model
    def _is_between_months(self, operator, value):
        """Tell whether a condition on the date compares it with a turn of the month."""
        if type(value) is not date:
            return False
        if operator in (">", "<="):
            value += timedelta(days=1)
        elif operator not in (">=", "<"):
            return False
        return value.day == 1
