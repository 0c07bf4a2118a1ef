from datetime import date, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.orm.models import READ_GROUP_AGGREGATE
from odoo.tools import SQL

# In the context: nobody outside can put them there.
MONTH, YEAR, PARTNER = SIZES = (object(), object(), object())
SIZE_NAMES = dict(zip(SIZES, ("month", "year", "partner"), strict=True))
PRODUCT = frozenset({"product_id", "product_tmpl_id", "categ_id"})
# What sums are kept by, or what follows from that.
DIMENSIONS = PRODUCT | {
    "tier",
    "dealer_id",
    "sub_distributor_id",
    "territory_id",
    "user_id",
    "company_id",
    "product_uom_id",
    "currency_id",
}
MEASURES = frozenset(
    f"{tier}{measure}"
    for tier in ("", "sell_in_", "sell_out_")
    for measure in ("quantity", "amount")
)
MONTHS = frozenset({"month", "quarter", "month_number", "quarter_number"})
YEARS = frozenset({"year", "year_number"})
# Aggregates for which it matters how many lines there are, or which.
NOT_DISTINCT = frozenset(READ_GROUP_AGGREGATE) - {"array_agg_distinct", "count_distinct"}
SUMS = frozenset({"sum", "sum_currency"})


class ChannelAnalysis(models.Model):
    """Groups that need no single document are answered from sums.

    Which ones can tell is a matter of what is asked for, and of the record rules. What comes out is
    the same as from the documents.
    """

    _inherit = "channel.analysis"

    @property
    def _table_query(self):
        if size := self._get_size():
            return self.env["channel.ledger"]._summed_sales_query(size)
        return super()._table_query

    @api.model
    def _get_size(self):
        """Return which sums are read in this environment, or nothing."""
        size = self.env.context.get("channel_sales_size")
        return next((name for key, name in SIZE_NAMES.items() if key is size), None)

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
        if aggregate_spec == "__count" and self._get_size():
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
        """Return this model over the smallest sums that can tell, else over the documents."""
        needs = self._get_needs(domain, groupby, aggregates, having, order)
        if "document" in needs:
            return self
        size = MONTH if "month" in needs else YEAR
        return self.with_context(channel_sales_size=size if "product" in needs else PARTNER)

    @api.model
    def _get_needs(self, domain, groupby, aggregates, having, order):
        """Return what has to be known of sales: their product, month, or even the document."""
        ordered = [term.split()[0] for term in (order or "").split(",") if term.strip()]
        names = {*groupby, *aggregates, *ordered}
        names.update(leaf[0] for leaf in having if not isinstance(leaf, str))
        needs = {self._get_need(name) for name in names}
        needs.update(self._get_domain_needs(domain))
        if not self.env.su:
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            needs.update(self._get_domain_needs(rules))
        return needs

    @api.model
    def _get_need(self, spec):
        """Return what a group or sum needs to be known."""
        path, _colon, function = spec.partition(":")
        name = path.split(".")[0]
        if spec == "__count" or (name in MEASURES and function in SUMS):
            return None
        if path == "date":
            return "year" if function in YEARS else "month" if function in MONTHS else "document"
        if name not in DIMENSIONS or function in NOT_DISTINCT:
            return "document"
        return "product" if name in PRODUCT else None

    @api.model
    def _get_domain_needs(self, domain):
        for part in Domain(domain).optimize(self):
            if isinstance(part, str):  # an operator
                continue
            if not isinstance(part, tuple | list):  # an SQL condition
                yield "document"
                continue
            path, operator, value = part
            if path == "date":
                yield self._get_date_need(operator, value)
            elif not isinstance(path, int):
                yield self._get_need(path)

    @api.model
    def _get_date_need(self, operator, value):
        """Return what holds a condition on the date: each day of a month, or a year, alike?"""
        if type(value) is not date:
            return "document"
        if operator in (">", "<="):
            value += timedelta(days=1)
        elif operator not in (">=", "<"):
            return "document"
        if value.day > 1:
            return "document"
        return "month" if value.month > 1 else "year"
