"""Rebates in percent of sales against the company's target: numbers, groups, years, filters."""

from datetime import date

from freezegun import freeze_time
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import PRICES, WorkedExampleCase
from .penalty_common import Penalties
from .test_ledger_currencies import DAY, LATER, CurrencyCase

SALES = 100 * sum(PRICES.values())


class Report:
    """Reads the report as somebody."""

    def report(self, role=None):
        self.env.flush_all()
        report = self.env["channel.rebate.report"]
        return self.as_role(role, report) if role else report

    def groups(self, groupby, *names, domain=(), role=None):
        """Return ``{name of the group: (aggregates)}``, rounded as they are shown."""
        aggregates = [f"{name}:{self.report()._fields[name].aggregator or 'sum'}" for name in names]
        rows = self.report(role)._read_group(list(domain), [groupby], aggregates)
        return {
            getattr(key, "display_name", key): tuple(
                value if value is False or value is None else round(value, 2) for value in values
            )
            for key, *values in rows
        }

    def row(self, settlement, partner):
        return self.report().browse(self.statement_of(settlement, partner).id)

    def set_target(self, percent, company=None):
        (company or self.company).channel_rebate_target = percent


@tagged("post_install", "-at_install")
class TestRebateReport(Report, Penalties, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)

    def test_worked_example(self):
        """A: 2,473.50 for himself and 633.50 for S make 3,107.00 on 73,800.00; B: 3,228.50."""
        self.settle()
        found = self.groups("dealer_id", "sales_amount", "rebate_amount", "rebate_percent")
        expected = {"Dealer A": (SALES, 3107.00, 4.21), "Dealer B": (SALES, 3228.50, 4.37)}
        self.assertEqual(found, expected)
        found = self.groups("partner_id", "sell_out_amount", "gross_amount", "passed_on_amount")
        self.assertEqual(found["Dealer A"], (0, 3107.00, 633.50))
        self.assertEqual(found["Sub S"], (SALES / 2, 633.50, 0))

    def test_a_row_says_which_statement_whose_and_when(self):
        settlement = self.settle()
        statement = self.statement_of(settlement, self.sub_s)
        self.dealer_a.user_id = self.users["sales_manager"]
        row = self.row(settlement, self.sub_s)
        expected = {
            "statement_id": statement.id,
            "display_name": statement.display_name,
            "kind": "periodic",
            "period_id": self.period.id,
            "year": "2025",
            "date": settlement.date,
            "partner_id": self.sub_s.id,
            "dealer_id": self.dealer_a.id,
            "role": "sub_distributor",
            "user_id": self.users["sales_manager"].id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
        }
        self.assertRecordValues(row, [expected])
        self.assertEqual(row.action_open_statement()["res_id"], statement.id)

    def test_percent_of_all_is_weighted_by_sales(self):
        """A ten times as big: 31,070.00 + 3,228.50 on 811,800.00, and no mean of 4.21 and 4.37.

        S gets his 633.50 out of A's.
        """
        self.make_invoice(self.dealer_a, dict.fromkeys(PRICES, 900))
        self.settle()
        found = self.groups("company_id", "rebate_amount", "rebate_percent")
        self.assertEqual(set(found.values()), {(34298.50, 4.22)})
        self.assertEqual(self.groups("role", "rebate_percent")["sub_distributor"], (0.0,))

    def test_what_lists_and_pivots_read(self):
        self.settle()
        [group] = self.report("accountant").formatted_read_group(
            [("role", "=", "sub_distributor")], ["dealer_id"], ["rebate_percent:avg"]
        )
        self.assertFalse(group["rebate_percent:avg"])
        groups = self.report("accountant").formatted_read_group(
            [], ["dealer_id"], ["rebate_percent:avg"], order="rebate_percent:avg DESC"
        )
        names = [group["dealer_id"][1] for group in groups]
        self.assertEqual(names, ["Dealer B", "Dealer A"])

    def test_target(self):
        """4 % of 73,800.00 are 2,952.00."""
        self.set_target(4)
        self.settle()
        names = ("target_amount", "target_difference", "target_difference_percent")
        expected = {"Dealer A": (2952, 155.00, 0.21), "Dealer B": (2952, 276.50, 0.37)}
        self.assertEqual(self.groups("dealer_id", *names), expected)
        found = self.groups("year", "target_percent", *names)
        self.assertEqual(found, {"2025": (4, 5904, 431.50, 0.29)})

    def test_without_a_target_nothing_is_compared(self):
        settlement = self.settle()
        found = self.groups("year", "target_percent", "target_difference", "rebate_amount")
        self.assertEqual(found, {"2025": (0.0, 0.0, 6335.50)})
        self.assertFalse(self.row(settlement, self.dealer_a).target_status)
        for status in ("above", "within"):
            self.assertFalse(self.report().search([("target_status", "=", status)]))

    def test_above_and_within_the_target_are_dealers_with_their_sub_distributors(self):
        """4.3 % lies between A's 4.21 % and B's 4.37 %; S has no percent of his own."""
        self.set_target(4.3)
        self.settle()
        report = self.report()
        above = report.search([("target_status", "=", "above")])
        within = report.search([("target_status", "in", ["within"])])
        self.assertEqual(above.partner_id, self.dealer_b)
        self.assertEqual(within.partner_id, self.dealer_a | self.sub_s)
        self.assertEqual(set(above.mapped("target_status")), {"above"})
        self.assertEqual(within.mapped("target_status"), ["within", "within"])
        self.assertEqual(report.search([("target_status", "!=", "above")]), within)
        self.assertFalse(report.search([("target_status", "=", False)]))

    def test_target_is_a_percent(self):
        for wrong in (-1, 101):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.set_target(wrong)
                self.env.flush_all()

    def test_target_is_set_in_the_settings(self):
        form = Form(self.model("administrator", "res.config.settings"))
        form.channel_rebate_target = 4.25
        form.save().execute()
        self.assertEqual(self.company.channel_rebate_target, 4.25)

    def test_a_correction_adds_differences(self):
        """100 more of soap at 4 %: 25,300.00 and 1,012.00."""
        self.settle()
        self.make_invoice(self.dealer_a, {"soap": 100}, day=date(2025, 3, 20))
        self.settle(kind="supplementary")
        names = ("sales_amount", "rebate_amount", "rebate_percent")
        found = self.groups("dealer_id", *names)
        self.assertEqual(found["Dealer A"], (SALES + 25300, 4119.00, 4.16))
        found = self.groups("kind", *names, domain=[("dealer_id", "=", self.dealer_a.id)])
        self.assertEqual(found["supplementary"], (25300, 1012.00, 4.00))
        self.assertEqual(found["periodic"], (SALES, 3107.00, 4.21))

    def test_penalties_lower_the_rebate(self):
        """300.00 of A and 100.00 of S: A gets 2,173.50, S 533.50."""
        self.make_penalty(self.dealer_a, 300)
        self.make_penalty(self.sub_s, 100)
        self.settle()
        names = ("penalty_amount", "rebate_amount", "net_amount")
        self.assertEqual(self.groups("dealer_id", *names)["Dealer A"], (400, 2707.00, 2707.00))
        self.assertEqual(self.groups("partner_id", *names)["Sub S"], (100, 533.50, 533.50))

    def test_what_is_carried_over_is_no_rebate(self):
        """A owes 694.00, carried over: he and S still cost 3,107.00."""
        self.sell_old_stock()
        self.settle()
        names = ("rebate_amount", "carried_amount", "net_amount")
        self.assertEqual(self.groups("partner_id", *names)["Dealer A"], (-694.00, 694.00, 0))
        self.assertEqual(self.groups("dealer_id", *names)["Dealer A"], (3107.00, 694.00, 3801.00))

    def test_what_is_reversed_is_gone(self):
        settlement = self.settle()
        self.as_role("keeper", settlement).action_reverse()
        self.assertFalse(self.report().search([]))

    def test_year_end_rebate_has_no_sales_of_its_own(self):
        """A's statement made one of the year: 2,473.50 + 633.50 on nothing, beside B's sales."""
        settlement = self.settle()
        statement = self.statement_of(settlement, self.dealer_a)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_statement SET kind = 'annual', period_id = NULL, passed_on_amount = 0 "
            "WHERE id = %s",
            [statement.id],
        )
        names = ("sales_amount", "gross_amount", "annual_amount", "rebate_amount")
        found = self.groups("kind", *names)
        self.assertEqual(found["annual"], (0, 0, 3107.00, 3107.00))
        self.assertEqual(found["periodic"], (SALES, 3862.00, 0, 3862.00))
        found = self.groups("kind", "net_annual_amount", "net_periodic_amount")
        self.assertEqual(found, {"annual": (2473.50, 0), "periodic": (0, 3862.00)})

    def test_this_year_and_the_last_one(self):
        self.settle()
        report = self.report()
        for today, name in (("2025-06-01", "this"), ("2026-06-01", "last"), ("2027-06-01", False)):
            with freeze_time(today), self.subTest(today):
                report.invalidate_model()
                rows = report.search([("relative_year", "=", name)])
                self.assertEqual(len(rows), 3)
                self.assertEqual(set(rows.mapped("relative_year")), {name})
                self.assertFalse(report.search([("relative_year", "!=", name)]))

    def test_years_are_fiscal_ones(self):
        """The year that ends in March 2025 is over in June."""
        self.settle()
        self.company.fiscalyear_last_month = "3"
        with freeze_time("2025-06-01"):
            rows = self.report().search([("relative_year", "=", "last")])
        self.assertEqual(len(rows), 3)


@tagged("post_install", "-at_install")
class TestOtherCurrency(Report, CurrencyCase):
    @freeze_time("2025-04-10")
    def test_sales_at_the_rates_of_their_days_rebates_at_the_documents(self):
        """A in EUR: 2,530.00 at 2 and 2,530.00 at 4 are 15,180.00 EUR; 1 % is 151.80 EUR, 37.95."""
        euro = self.currencies["EUR"]
        self.sign_all(self.dealer_a, periods=[self.period], currency_id=euro.id)
        for day in (DAY, LATER):
            self.invoice(self.dealer_a, 10, day)
        row = self.row(self.settle(), self.dealer_a)
        self.assertEqual((row.sales_amount, row.rebate_amount), (5060, 37.95))
        self.assertEqual((row.net_amount, row.net_currency_amount), (37.95, 151.80))
        self.assertEqual((row.due_amount, row.due_currency_amount), (37.95, 151.80))
        self.assertEqual(row.rebate_percent, 0.75)
        self.assertEqual(row.statement_id.move_id.amount_untaxed_signed, -37.95)

    @freeze_time("2025-04-10")
    def test_a_payment_entry_counts_at_the_rate_of_its_day(self):
        """S in EUR, his dealer's currency: 2,530.00 at 2 are 5,060.00 EUR; 0.5 % is 25.30, 6.33."""
        euro = self.currencies["EUR"]
        self.company.channel_sub_document = "payment_entry"
        self.company.channel_rebate_post_documents = True
        self.sign_all(self.dealer_a, periods=[self.period], currency_id=euro.id)
        self.sign_all(self.sub_a, periods=[self.period], rates={"soap": "0.5"})
        self.invoice(self.dealer_a, 20, DAY)
        self.make_order(self.sub_a, {"soap": 10}, day=DAY)
        row = self.row(self.settle(), self.sub_a)
        self.assertEqual(row.statement_id.move_id.move_type, "entry")
        self.assertEqual((row.net_currency_amount, row.due_currency_amount), (25.30, 25.30))
        self.assertAlmostEqual(row.net_amount, 25.30 / 4)
        self.assertEqual((row.document_amount, row.due_amount), (6.33, 6.33))
