"""Opens the main screens as their users do, and tells what the server takes for each.

A screen is what the web client asks for when somebody opens, pages, groups or searches it. Views
are read beforehand: the web client keeps them.
"""

import time

from odoo import sql_db
from web_client import LIST_LIMIT, View
from wholesaler import LINES, Wholesaler

FIRST, LAST = "2025-01-01", "2025-12-31"
# Each screen is opened so often, with empty caches of records; the best time counts.
REPEATS = 3
FAR_PAGE = 40
OPEN_PERIODS = [("period_id.state", "=", "open")]
IN_YEAR = [("date", ">=", FIRST), ("date", "<=", LAST)]


def measure_screens(world, meter):
    """Return what opening each main screen takes: ``{name: {"seconds", "queries"}}``.

    :param meter: its environment is the one whose caches are emptied
    """
    return Screens(world, meter.env).measure_all()


class Screens:
    """The main screens of a world whose quarter was computed, or settled."""

    def __init__(self, world, env):
        self.world, self.env = world, env
        self.settlement = env["channel.settlement"].search(
            [("kind", "=", "periodic"), ("statement_ids", "!=", False)], limit=1
        )
        self.of_run = [("settlement_id", "=", self.settlement.id)]
        self.results = {}

    def measure_all(self):
        for role in self._get_readers():
            self._measure_settlement(role)
            self._measure_statements(role)
            self._measure_lines(role)
        for role in ("keeper", "accountant", "manager", "salesperson"):
            self._measure_agreements(role)
        for role in ("officer", "manager", "salesperson"):
            self._measure_analyses(role)
            self._measure_partners(role)
        return self.results

    def _get_readers(self):
        """Return who sees statements now: before the reveal holders only."""
        holders = ("officer", "keeper")
        if self.settlement.state in ("draft", "computed"):
            return holders
        return (*holders, "accountant", "manager", "salesperson")

    # === Measuring === #

    def view(self, role, model, kind="list", ref=None):
        records = self.world.as_role(role, self.env[model])
        return View(records, kind, ref and f"channel_rebate.{ref}")

    def measure(self, name, role, call):
        times = [self._measure_once(call) for _time in range(REPEATS)]
        self.results[f"{name} ({role})"] = min(times, key=lambda taken: taken["seconds"])

    def _measure_once(self, call):
        self.env.flush_all()
        self.env.transaction.clear()
        queries, start = sql_db.sql_counter, time.perf_counter()
        call()
        return {
            "seconds": round(time.perf_counter() - start, 3),
            "queries": sql_db.sql_counter - queries,
        }

    # === Settlement === #

    def _get_biggest(self):
        """Return the statement with most lines, the wholesaler's left out."""
        dealers = [("partner_id", "in", self.world.dealers.ids)]
        [(statement, _count)] = self.env["channel.statement.line"]._read_group(
            self.of_run + dealers,
            ["statement_id"],
            ["__count"],
            order="__count DESC, statement_id",
            limit=1,
        )
        return statement

    def _search_name(self):
        """Return what the search field for partners makes of a dealer's name."""
        name = self.world.dealers[-1].name
        return ["|", ("partner_id", "child_of", name), ("partner_id.ref", "ilike", name)]

    def _measure_settlement(self, role):
        if role not in ("manager", "salesperson"):
            form = self.view(role, "channel.settlement", "form")
            self.measure("settlement", role, lambda: form.form(self.settlement.id))

    def _measure_statements(self, role):
        pages = self.view(role, "channel.statement")
        form = self.view(role, "channel.statement", "form")
        biggest = self._get_biggest()
        far = min(FAR_PAGE, -(-len(self.settlement.statement_ids) // LIST_LIMIT))
        self.measure("statements", role, pages.page)
        self.measure("statements, far page", role, lambda: pages.page(self.of_run, far))
        for field in ("dealer_id", "role"):
            name = f"statements by {field.removesuffix('_id')}"
            self.measure(name, role, lambda field=field: pages.groups([field], self.of_run))
        self.measure("statements, searched", role, lambda: pages.page(self._search_name()))
        self.measure("statement", role, lambda: form.form(biggest.id))
        wholesalers = self.env["channel.statement"].search(
            [*self.of_run, ("partner_id", "=", Wholesaler(self.world).find().id)]
        )
        name = f"statement of {LINES} lines"
        self.measure(name, role, lambda: form.form(wholesalers.id))

    def _measure_lines(self, role):
        biggest = self._get_biggest()
        lines = self.view(role, "channel.statement.line")
        sales = self.view(role, "channel.statement.sale")
        counted = [("statement_id", "in", biggest.ids), ("is_counted", "=", True)]
        of_line = biggest.line_ids[:1].action_open_sales()["domain"]
        of_all = [("statement_id", "in", self.settlement.statement_ids.ids)]
        exceptions = [*of_all, ("reason", "!=", False)]
        self.measure("statement lines", role, lines.page)
        by_dealer = ["dealer_id", "partner_id"]
        self.measure("lines by dealer", role, lambda: lines.groups(by_dealer, self.of_run))
        self.measure("sales of a statement", role, lambda: sales.page(counted))
        self.measure("sales of a line", role, lambda: sales.page(of_line))
        self.measure("exceptions by reason", role, lambda: sales.groups(["reason"], exceptions))

    # === The rest === #

    def _measure_agreements(self, role):
        pages = self.view(role, "channel.agreement")
        form = self.view(role, "channel.agreement", "form")
        dealers = self.env["channel.agreement"].search([("role", "=", "dealer")], limit=1)
        partners = len(self.world.dealers) + len(self.world.subs)
        far = min(FAR_PAGE, -(-partners // LIST_LIMIT))
        self.measure("agreements", role, pages.page)
        self.measure("agreements, far page", role, lambda: pages.page(OPEN_PERIODS, far))
        for field in ("period_id", "state", "role"):
            name = f"agreements by {field.removesuffix('_id')}"
            self.measure(name, role, lambda field=field: pages.groups([field], OPEN_PERIODS))
        self.measure("agreements, searched", role, lambda: pages.page(self._search_name()))
        self.measure("agreement", role, lambda: form.form(dealers.id))

    def _measure_analyses(self, role):
        pivot = self.view(role, "channel.analysis", "pivot")
        graph = self.view(role, "channel.analysis", "graph")
        rebates = self.view(role, "channel.rebate.report", "pivot")
        incidents = self.view(role, "channel.incident", ref="channel_incident_view_list")
        stock = self.view(role, "channel.dealer.stock")
        own = [*IN_YEAR, ("dealer_id", "=", self.world.dealers[0].id)]
        self.measure("analysis of a dealer", role, lambda: pivot.pivot(own, ["product_id"]))
        self.measure("channel analysis", role, lambda: pivot.pivot(IN_YEAR))
        for field in ("territory_id", "product_tmpl_id"):
            name = f"analysis by {field.split('_')[0]}"
            self.measure(name, role, lambda field=field: pivot.pivot(IN_YEAR, [field]))
        self.measure("analysis by month", role, lambda: graph.graph(IN_YEAR))
        self.measure("rebate analysis", role, rebates.pivot)
        self.measure("incidents", role, incidents.page)
        self.measure("dealers' stock", role, stock.page)
        self.measure("dealers' stock, grouped", role, lambda: stock.groups(["dealer_id"]))

    def _measure_partners(self, role):
        dealer = self.world.dealers[0]
        dealers = self.view(role, "res.partner", ref="res_partner_view_list_channel")
        form = self.view(role, "res.partner", "form")
        agreements = self.view(role, "channel.agreement")
        orders = self.view(role, "sale.order")
        of_channel = [("channel_tier", "!=", False)]
        self.measure("dealers", role, lambda: dealers.page([("channel_role", "=", "dealer")]))
        self.measure("dealer", role, lambda: form.form(dealer.id))
        for name, view in (("partners", form), ("agreements", agreements)):
            self.measure(
                f"{name} by name",
                role,
                lambda view=view: view.ask("name_search", dealer.name, limit=8),
            )
        self.measure("orders by tier", role, lambda: orders.groups(["channel_tier"], of_channel))
