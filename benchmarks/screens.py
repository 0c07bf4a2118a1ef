"""Opens the main screens as their users do, and tells what the server takes for each.

A screen is what the web client asks for at once when somebody opens, pages, groups or searches it.
"""

import time
from contextlib import contextmanager

from odoo import sql_db
from web_client import View

YEAR = [("date", ">=", "2025-01-01"), ("date", "<=", "2025-12-31")]
QUARTER = [("date", ">=", "2025-01-01"), ("date", "<=", "2025-03-31")]
# What screens may take, in seconds of the server's time.
GOAL = 0.5
REPEATS = 3


class Screens:
    """The main screens of a settled quarter.

    :param world: its :class:`World`
    :param settlement: the run, computed or approved
    """

    def __init__(self, world, settlement):
        self.world, self.env, self.settlement = world, world.env, settlement
        self.of_run = [("settlement_id", "=", settlement.id)]
        self.results, self._views = {}, {}

    def view(self, role, model, kind, ref=None):
        key = role, model, kind, ref
        if key not in self._views:
            records = self.world.as_role(role, self.env[model])
            self._views[key] = View(records, kind, ref and f"channel_rebate.{ref}")
        return self._views[key]

    def measure(self, name, role, call):
        """Measure a screen: the best of some times, each with empty caches of records."""
        best = None
        for _time in range(REPEATS):
            with self._counted() as taken:
                call()
            best = min(best or taken, taken, key=lambda result: result["seconds"])
        self.results[f"{name} ({role})"] = best

    @contextmanager
    def _counted(self):
        self.env.flush_all()
        self.env.transaction.clear()
        taken = {}
        queries, start = sql_db.sql_counter, time.perf_counter()
        yield taken
        taken["seconds"] = round(time.perf_counter() - start, 3)
        taken["queries"] = sql_db.sql_counter - queries

    def measure_all(self):
        """Return seconds and queries by screen."""
        self._measure_settlement()
        self._measure_statements()
        self._measure_sales()
        self._measure_agreements()
        self._measure_analyses()
        self._measure_partners()
        return self.results

    # === Settlement === #

    def _get_biggest(self):
        """Return the statement with most lines, of a dealer, and its biggest line."""
        [(statement, _count)] = self.env["channel.statement.line"]._read_group(
            self.of_run, ["statement_id"], ["__count"], order="__count DESC, statement_id", limit=1
        )
        return statement

    def _get_roles(self):
        """Return who sees statements now: before the reveal holders only."""
        holders = ("officer", "keeper")
        if self.settlement.state in ("draft", "computed"):
            return holders
        return (*holders, "accountant", "manager", "salesperson")

    def _measure_settlement(self):
        for role in ("officer", "keeper", "accountant"):
            if role in self._get_roles():
                form = self.view(role, "channel.settlement", "form")
                self.measure("settlement", role, lambda: form.form(self.settlement.id))
                runs = self.view(role, "channel.settlement", "list")
                self.measure("settlements", role, runs.page)

    def _measure_statements(self):
        statement = self._get_biggest()
        name = self.world.dealers[-1].name
        found = ["|", ("partner_id", "child_of", name), ("partner_id.ref", "ilike", name)]
        last = max(1, -(-len(self.settlement.statement_ids) // 80))
        for role in self._get_roles():
            pages = self.view(role, "channel.statement", "list")
            self.measure("statements", role, pages.page)
            self.measure("statements of the run", role, lambda: pages.page(self.of_run))
            self.measure(
                "statements, page 40", role, lambda: pages.page(self.of_run, min(40, last))
            )
            for field in ("dealer_id", "state", "role"):
                self.measure(
                    f"statements by {field}", role, lambda: pages.groups([field], self.of_run)
                )
            self.measure("statements, one dealer", role, lambda: pages.page(found))
            form = self.view(role, "channel.statement", "form")
            self.measure("statement", role, lambda: form.form(statement.id))
            lines = self.view(role, "channel.statement.line", "list")
            self.measure(
                "statement lines by dealer", role, lambda: lines.groups(["dealer_id"], self.of_run)
            )
            self.measure("statement lines", role, lines.page)

    def _measure_sales(self):
        statement = self._get_biggest()
        line = statement.line_ids[:1]
        of_line = line.action_open_sales()["domain"]
        for role in self._get_roles():
            sales = self.view(role, "channel.statement.sale", "list")
            counted = [("statement_id", "in", statement.ids), ("is_counted", "=", True)]
            self.measure("sales of a statement", role, lambda: sales.page(counted))
            self.measure("sales of a line", role, lambda: sales.page(of_line))
            exceptions = [
                ("statement_id", "in", self.settlement.statement_ids.ids),
                ("reason", "!=", False),
            ]
            self.measure(
                "exceptions by reason", role, lambda: sales.groups(["reason"], exceptions)
            )

    # === Agreements === #

    def _measure_agreements(self):
        current = [("period_id.state", "=", "open")]
        name = self.world.dealers[-1].name
        found = ["|", ("partner_id", "child_of", name), ("partner_id.ref", "ilike", name)]
        dealer = self.env["channel.agreement"].search([("role", "=", "dealer")], limit=1)
        for role in ("keeper", "accountant", "manager", "salesperson"):
            pages = self.view(role, "channel.agreement", "list")
            self.measure("agreements", role, lambda: pages.page(current))
            self.measure("agreements, page 40", role, lambda: pages.page(current, 40))
            for field in ("period_id", "state", "role"):
                self.measure(
                    f"agreements by {field}", role, lambda: pages.groups([field], current)
                )
            self.measure("agreements, one dealer", role, lambda: pages.page(found))
            form = self.view(role, "channel.agreement", "form")
            self.measure("agreement", role, lambda: form.form(dealer.id))

    # === Analyses === #

    def _measure_analyses(self):
        for role in ("officer", "manager", "salesperson"):
            pivot = self.view(role, "channel.analysis", "pivot")
            self.measure("channel analysis", role, lambda: pivot.pivot(QUARTER))
            for field in ("territory_id", "product_tmpl_id"):
                self.measure(
                    f"channel analysis by {field}", role, lambda: pivot.pivot(QUARTER, [field])
                )
            graph = self.view(role, "channel.analysis", "graph")
            self.measure("channel analysis by month", role, lambda: graph.graph(YEAR))
            rows = self.view(role, "channel.analysis", "list")
            self.measure("channel analysis, list", role, lambda: rows.page(QUARTER))
            rebates = self.view(role, "channel.rebate.report", "pivot")
            self.measure("rebate analysis", role, rebates.pivot)
            stock = self.view(role, "channel.dealer.stock", "list")
            self.measure("dealers' stock", role, stock.page)
            incidents = self.view(role, "channel.incident", "list", "channel_incident_view_list")
            self.measure("incidents", role, incidents.page)

    # === Partners and orders === #

    def _measure_partners(self):
        dealer = self.world.dealers[0]
        for role in ("officer", "manager", "salesperson", "accountant"):
            dealers = self.view(role, "res.partner", "list", "res_partner_view_list_channel")
            self.measure("dealers", role, lambda: dealers.page([("channel_role", "=", "dealer")]))
            form = self.view(role, "res.partner", "form")
            self.measure("dealer", role, lambda: form.form(dealer.id))
            agreements = self.view(role, "channel.agreement", "list")
            self.measure(
                "dealer, searched", role, lambda: form.ask("name_search", dealer.name, limit=8)
            )
            self.measure(
                "agreement, searched",
                role,
                lambda: agreements.ask("name_search", dealer.name, limit=8),
            )
            orders = self.view(role, "sale.order", "list")
            self.measure(
                "channel orders by tier",
                role,
                lambda: orders.groups(["channel_tier"], [("channel_tier", "!=", False)]),
            )
