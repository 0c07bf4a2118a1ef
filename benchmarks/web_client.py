"""Asks the server for what a screen shows, by the same calls as Odoo's web client.

Views are read beforehand, as the web client keeps them. What it asks for follows from the view: all
of its fields, those of the lists in a form up to their limit, and of a group the sums.
"""

import json
import re
from functools import cached_property

from lxml import etree
from odoo.tools import json_default

LIST_LIMIT, X2MANY_LIMIT, COUNT_LIMIT = 80, 40, 10001
ALWAYS = ("1", "True")
NUMBERS = ("float", "integer", "monetary")
VIEW_REF = re.compile(r"""['"](\w+_view_ref)['"]\s*:\s*['"]([\w.]+)['"]""")


class View:
    """A view of a model as a user gets it, and the calls that fill it.

    :param records: an empty recordset in the environment of the user
    :param str ref: XML id of the view, if it is not the default one
    """

    def __init__(self, records, kind, ref=None):
        self.records, self.kind = records, kind
        view_id = records.env.ref(ref).id if ref else False
        got = records.get_views([(view_id, kind)])
        self.arch = etree.fromstring(got["views"][kind]["arch"])
        # A pivot offers all fields, whatever its view says.
        self.fields = records.fields_get() | got["models"][records._name]["fields"]

    def ask(self, method, *args, **kwargs):
        """Call a method as a request does, up to the text that is sent."""
        result = getattr(self.records, method)(*args, **kwargs)
        return json.loads(json.dumps(result, default=json_default))

    # === What the view shows === #

    @cached_property
    def names(self):
        """Fields of the view with their nodes, without those of lists inside."""
        path = ".//field[not(ancestor::field)][not(ancestor::groupby)]"
        return {node.get("name"): node for node in self.arch.xpath(path)}

    @cached_property
    def specification(self):
        return {
            name: self._get_field_specification(name, node) for name, node in self.names.items()
        }

    def _get_field_specification(self, name, node):
        field = self.fields[name]
        shown = not {node.get("invisible"), node.get("column_invisible")} & set(ALWAYS)
        if field["type"] == "many2one":
            return {"fields": {"display_name": {}} if shown else {}}
        if field["type"] not in ("one2many", "many2many") or not shown or self.kind == "list":
            return {}
        if node.get("widget") == "many2many_tags":
            return {"fields": {"display_name": {}}, "limit": X2MANY_LIMIT}
        return self._get_list_specification(field, node)

    def _get_list_specification(self, field, node):
        """Ask for a list in a form: written into it, or a view of its own."""
        inside = View.__new__(View)
        inside.kind, inside.records = "list", self.records.env[field["relation"]]
        views = inside.records.with_context(**get_view_refs(node.get("context", "")))
        inside.arch = node.find("list")
        if inside.arch is None:
            inside.arch = etree.fromstring(views.get_view(None, "list")["arch"])
        inside.fields = inside.records.fields_get()
        specification = {
            "fields": inside.specification,
            "limit": int(inside.arch.get("limit", X2MANY_LIMIT)),
        }
        if order := inside.arch.get("default_order"):
            specification["order"] = order
        return specification

    @cached_property
    def sums(self):
        """Return what is added up for each group of a list."""
        return self._get_aggregates(self.names)

    def _get_aggregates(self, names):
        aggregates = {"__count": None}
        for name in names:
            field = self.fields[name]
            if field["type"] in NUMBERS and field.get("aggregator"):
                aggregates[f"{name}:{field['aggregator']}"] = None
                if currency := field.get("currency_field"):
                    aggregates[f"{currency}:array_agg_distinct"] = None
                    aggregates[f"{name}:sum_currency"] = None
        return list(aggregates)

    # === What the web client asks for === #

    def page(self, domain=(), page=1):
        """Read a page of a list."""
        return self.ask(
            "web_search_read",
            list(domain),
            self.specification,
            offset=(page - 1) * LIST_LIMIT,
            limit=LIST_LIMIT,
            order=self.arch.get("default_order", ""),
            count_limit=max(COUNT_LIMIT, page * LIST_LIMIT + 1),
        )

    def groups(self, groupby, domain=(), opened=()):
        """Read the groups of a list.

        :param list groupby: fields; the list shows the first level
        :param list opened: what the user has opened, as ``opening_info``
        """
        return self.ask(
            "web_read_group",
            list(domain),
            list(groupby),
            self.sums,
            limit=LIST_LIMIT,
            order=self.arch.get("default_order", ""),
            unfold_read_specification=self.specification,
            unfold_read_default_limit=LIST_LIMIT,
            opening_info=list(opened) or None,
        )

    def form(self, record_id):
        """Read a record with the first lines of its lists."""
        self.records, none = self.records.browse(record_id), self.records
        try:
            return self.ask("web_read", self.specification)
        finally:
            self.records = none

    def pivot(self, domain=(), rows=None):
        """Read a pivot table: the total, and a row for each of a group.

        :param list rows: fields to group by instead of those of the view
        """
        axes = self.arch.findall("field")
        if rows is None:
            rows = [node.get("name") for node in axes if node.get("type") == "row"]
        columns = [node.get("name") for node in axes if node.get("type") == "col"]
        sets = [[], rows, columns, rows + columns] if columns else [[], rows]
        measures = self._get_aggregates(
            node.get("name") for node in axes if node.get("type") == "measure"
        )
        return self.ask("formatted_read_grouping_sets", list(domain), sets, measures)

    def graph(self, domain=()):
        """Read the bars of a graph."""
        axes = [node for node in self.arch.findall("field") if node.get("type") != "measure"]
        groupby = [
            ":".join(filter(None, (node.get("name"), node.get("interval")))) for node in axes
        ]
        measures = self._get_aggregates(
            node.get("name") for node in self.arch.findall("field[@type='measure']")
        )
        return self.ask("formatted_read_group", list(domain), groupby, measures)


def get_view_refs(context):
    """Return which views the context of a field in a view asks for."""
    return dict(VIEW_REF.findall(context))
