"""Opening a screen sends the same number of statements however much there is on it."""

from datetime import date

from odoo.tests import tagged

from benchmarks.web_client import View

from .common import PRICES, RATES_A, RATES_S, ChannelCase

# Two products, so that the lines of 30 statements are on one page.
RATES = {name: RATES_S[name] for name in ("soap", "shampoo")}
# What opening each screen takes at most: before the reveal for holders, after it for others.
COMPUTED = {
    "settlement": 18,
    "statements": 17,
    "statements by dealer": 4,
    "statement": 28,
    "lines": 18,
    "lines by dealer": 4,
    "sales": 11,
    "exceptions by reason": 2,
}
APPROVED = {
    "settlement": 20,
    "statements": 7,
    "statements by dealer": 4,
    "statement": 18,
    "lines": 13,
    "lines by dealer": 4,
    "sales": 11,
    "exceptions by reason": 2,
}
OTHERS = {
    "agreements": 6,
    "agreements by state": 2,
    "agreement": 14,
    "analysis by dealer": 4,
    "analysis by month": 3,
    "analysis": 10,
    "rebates": 3,
    "dealers' stock": 9,
    "incidents": 2,
    "dealers": 6,
    # Odoo's form, with what other add-ons put into it.
    "dealer": 50,
    "orders by tier": 3,
}


@tagged("post_install", "-at_install")
class TestScreenQueries(ChannelCase):
    def view(self, role, model, kind, ref=None):
        return View(self.model(role, model), kind, ref and f"channel_rebate.{ref}")

    def make_quarter(self, month, dealers):
        """Return a computed settlement of three statements for each of some dealers."""
        period = self.make_period(date(2025, month, 1), date(2025, month + 1, 28))
        agreements = self.env["channel.agreement"]
        for number in range(dealers):
            dealer = self.make_dealer(f"Dealer {month} {number}")
            agreements |= self.make_agreement(dealer, RATES_A, period=period)
            self.make_invoice(dealer, dict.fromkeys(PRICES, 10), day=period.date_from)
            for place in "AB":
                sub = self.make_sub(f"Shop {month} {number} {place}", dealer)
                agreements |= self.make_agreement(sub, RATES, period=period)
                self.make_order(sub, dict.fromkeys(RATES, 6), day=period.date_from)
        self.sign(agreements)
        settlement = self.model("officer", "channel.settlement").create({"period_id": period.id})
        settlement.action_compute()
        return settlement

    def find_settlement_screens(self, role, settlement):
        """Return what opens the screens of a settlement, by name."""
        of_run = [("settlement_id", "=", settlement.id)]
        statements = settlement.statement_ids
        form = self.view(role, "channel.statement", "form")
        pages = self.view(role, "channel.statement", "list")
        lines = self.view(role, "channel.statement.line", "list")
        sales = self.view(role, "channel.statement.sale", "list")
        run = self.view(role, "channel.settlement", "form")
        behind = [("statement_id", "in", statements.ids)]
        return {
            "settlement": lambda: run.form(settlement.id),
            "statements": lambda: pages.page(of_run),
            "statements by dealer": lambda: pages.groups(["dealer_id"], of_run),
            "statement": lambda: form.form(statements[0].id),
            "lines": lambda: lines.page(of_run),
            "lines by dealer": lambda: lines.groups(["dealer_id"], of_run),
            "sales": lambda: sales.page(behind),
            "exceptions by reason": lambda: sales.groups(["reason"], behind),
        }

    def find_other_screens(self, settlement):
        """Return what opens the other screens with the data of one period, by name."""
        period, partners = settlement.period_id, settlement.statement_ids.partner_id
        dealers = partners.filtered(lambda partner: partner.channel_role == "dealer")
        of_dealers = [("dealer_id", "in", dealers.ids)]
        agreement = self.view("salesperson", "channel.agreement", "form")
        agreements = self.view("salesperson", "channel.agreement", "list")
        of_period = [("period_id", "=", period.id)]
        first = self.env["channel.agreement"].search(of_period, limit=1)
        return {
            "agreements": lambda: agreements.page(of_period),
            "agreements by state": lambda: agreements.groups(["state"], of_period),
            "agreement": lambda: agreement.form(first.id),
            **self.find_analyses(of_dealers),
            **self.find_partners(dealers),
        }

    def find_analyses(self, domain):
        pivot = self.view("sales_manager", "channel.analysis", "pivot")
        graph = self.view("sales_manager", "channel.analysis", "graph")
        rows = self.view("sales_manager", "channel.analysis", "list")
        rebates = self.view("sales_manager", "channel.rebate.report", "pivot")
        stock = self.view("sales_manager", "channel.dealer.stock", "list")
        return {
            "analysis by dealer": lambda: pivot.pivot(domain),
            "analysis by month": lambda: graph.graph(domain),
            "analysis": lambda: rows.page(domain),
            "rebates": lambda: rebates.pivot(domain),
            "dealers' stock": lambda: stock.page(domain),
        }

    def find_partners(self, dealers):
        incidents = self.view(
            "sales_manager", "channel.incident", "list", "channel_incident_view_list"
        )
        pages = self.view("sales_manager", "res.partner", "list", "res_partner_view_list_channel")
        form = self.view("sales_manager", "res.partner", "form")
        orders = self.view("sales_manager", "sale.order", "list")
        of_dealers = [("channel_dealer_id", "in", dealers.ids)]
        return {
            "incidents": lambda: incidents.page([("partner_id", "in", dealers.ids)]),
            "dealers": lambda: pages.page([("id", "in", dealers.ids)]),
            "dealer": lambda: form.form(dealers[0].id),
            "orders by tier": lambda: orders.groups(["channel_tier"], of_dealers),
        }

    def count(self, screens):
        times = range(3)
        return {
            name: [self.count_once(call) for _time in times][-1] for name, call in screens.items()
        }

    def count_once(self, call):
        """Count what a call sends with empty caches of records; the first ones warm up others."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def check(self, few, many, limits):
        self.assertEqual(many, few)
        beyond = {name: (few[name], limit) for name, limit in limits.items() if few[name] > limit}
        self.assertFalse(beyond, "more statements than these screens may take")

    def test_ten_times_the_records_cost_no_more_statements(self):
        runs = self.make_quarter(5, 1), self.make_quarter(7, 10)
        self.assertEqual([len(run.statement_ids) for run in runs], [3, 30])
        with self.subTest("before the reveal"):
            counts = [self.count(self.find_settlement_screens("officer", run)) for run in runs]
            self.check(*counts, COMPUTED)
        with self.subTest("agreements, analyses and partners"):
            counts = [self.count(self.find_other_screens(run)) for run in runs]
            self.check(*counts, OTHERS)
        for run in runs:
            self.as_role("keeper", run).action_approve()
        with self.subTest("after the reveal"):
            counts = [self.count(self.find_settlement_screens("accountant", run)) for run in runs]
            self.check(*counts, APPROVED)
