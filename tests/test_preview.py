"""Preview: what a settlement would give today, to holders, and nothing left in the database."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WorkedExampleCase, WorkedExampleHttpCase

TABLES = (
    "channel_settlement",
    "channel_statement",
    "channel_statement_line",
    "channel_statement_agreement_rel",
    "mail_message",
    "mail_activity",
    "account_move",
)


@tagged("post_install", "-at_install")
class TestPreview(WorkedExampleCase):
    def preview(self, role="officer", period=None):
        return self.model(role, "channel.settlement").get_preview((period or self.period).id)

    def amounts(self, preview, name="net"):
        return {row["name"]: row[name] for row in preview["rows"]}

    def content(self):
        """Return every row of the tables that a settlement writes."""
        self.env.flush_all()
        rows = {}
        for table in TABLES:
            self.env.cr.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # pylint: disable=E8103
            rows[table] = self.env.cr.fetchall()
        return rows

    def test_holders_see_what_a_settlement_would_give(self):
        self.sign(self.agreements)
        for role in ("officer", "keeper"):
            with self.subTest(role):
                preview = self.preview(role)
                self.assertEqual(
                    self.amounts(preview),
                    {"Dealer A": 2473.50, "Dealer B": 3228.50, "Sub S": 633.50},
                )
                self.assertEqual(self.amounts(preview, "passed_on")["Dealer A"], 633.50)
                self.assertEqual(self.amounts(preview, "base")["Sub S"], 36900)

    def test_rows_by_dealer_and_sums_by_role(self):
        self.sign(self.agreements)
        preview = self.preview()
        names = [(row["name"], row["dealer"]) for row in preview["rows"]]
        self.assertEqual(
            names, [("Dealer A", "Dealer A"), ("Sub S", "Dealer A"), ("Dealer B", "Dealer B")]
        )
        dealers, subs = preview["totals"]
        self.assertEqual(
            (dealers["role"], dealers["gross"], dealers["net"]), ("dealer", 6335.5, 5702)
        )
        self.assertEqual((subs["gross"], subs["net"]), (633.5, 633.5))

    def test_a_settlement_gives_the_same(self):
        self.sign(self.agreements)
        expected = self.amounts(self.preview())
        settlement = self.settle()
        final = {record.partner_id.name: record.net_amount for record in settlement.statement_ids}
        self.assertEqual(expected, final)

    def test_nothing_stays(self):
        self.sign(self.agreements)
        self.preview()
        computed = self.compute()
        before = self.content()
        sequence = self.env["ir.sequence"].search([("code", "=", "channel.settlement")])
        number = sequence.number_next_actual
        for role in ("officer", "keeper"):
            self.assertEqual(len(self.preview(role)["rows"]), 3)
        self.assertEqual(self.content(), before)
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, number)
        self.assertEqual(computed.state, "computed")

    def test_no_amount_reaches_the_database_in_between(self):
        self.sign(self.agreements)
        seen = []
        Statement = self.env.registry["channel.statement"]
        prepare = Statement._prepare_preview_rows

        def look(statements):
            rows = prepare(statements)
            statements.env.cr.execute(
                """SELECT count(*), count(gross_amount) + count(net_amount) + count(move_id)
                     FROM channel_statement WHERE id = ANY(%s)""",
                [statements.ids],
            )
            seen.extend(statements.env.cr.fetchall())
            return rows

        with patch.object(Statement, "_prepare_preview_rows", look):
            self.preview()
        self.assertEqual(seen, [(3, 0)])

    def test_savepoint_is_rolled_back_after_an_error_too(self):
        self.sign(self.agreements)
        before = self.content()
        Statement = self.env.registry["channel.statement"]
        failure = patch.object(Statement, "_prepare_preview_rows", side_effect=UserError("No key"))
        with failure, self.assertRaisesRegex(UserError, "No key"):
            self.preview()
        self.assertEqual(self.content(), before)

    def test_what_is_computed_counts_with_todays_sales(self):
        self.sign(self.agreements)
        settlement = self.compute()
        self.make_invoice(self.dealer_b, {"soap": 100})
        self.assertEqual(self.amounts(self.preview())["Dealer B"], 3228.50 + 1138.50)
        statement = self.statement_of(settlement, self.dealer_b).with_user(self.users["officer"])
        self.assertEqual(statement.expected_net_amount, 3228.50)

    def test_what_is_settled_or_not_signed_is_left_out_and_told(self):
        self.sign(self.agreement_a)
        self.seal(self.agreement_s)
        self.settle()
        preview = self.preview()
        self.assertEqual((preview["rows"], preview["totals"]), ([], []))
        self.assertEqual((preview["not_signed"], preview["settled"]), (2, 1))
        # Who was corrected is still one partner.
        self.make_invoice(self.dealer_a, {"soap": 7})
        self.settle(kind="supplementary")
        self.assertEqual(self.preview()["settled"], 1)
        self.sign(self.agreement_b)
        self.assertEqual(self.amounts(self.preview()), {"Dealer B": 3228.50})

    def test_what_is_carried_over(self):
        self.sell_old_stock()
        self.sign(self.agreements)
        preview = self.preview()
        self.assertEqual(self.amounts(preview)["Dealer A"], 0)
        self.assertEqual(self.amounts(preview, "carried_out")["Dealer A"], -694)

    def test_period_that_is_not_over(self):
        today = date.today()
        period = self.make_period(today, today)
        self.sign(self.make_agreement(self.dealer_a, {"soap": "10"}, period=period))
        self.make_invoice(self.dealer_a, {"soap": 1}, day=today)
        self.assertEqual(self.amounts(self.preview(period=period)), {"Dealer A": 25.30})

    def test_earliest_period_with_something_to_settle_by_default(self):
        self.env["channel.period"].search([("id", "!=", self.period.id)]).state = "closed"
        self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        self.sign(self.agreements)
        preview = self.model("officer", "channel.settlement").get_preview()
        self.assertEqual(preview["period_id"], self.period.id)
        self.assertEqual([period["name"] for period in preview["periods"]], ["2025-Q2", "2025-Q1"])

    def test_no_period_at_all(self):
        self.env["channel.period"].search([]).state = "closed"
        preview = self.model("officer", "channel.settlement").get_preview()
        self.assertEqual((preview["periods"], preview["period_id"]), ([], False))

    def test_everybody_else_is_refused(self):
        self.sign(self.agreements)
        self.users["portal"] = self.make_portal_user(self.dealer_a)
        roles = ("salesperson", "sales_manager", "accountant", "administrator", "portal")
        for role in roles:
            with self.subTest(role), self.assertRaises(AccessError):
                self.preview(role)
        with self.assertRaises(AccessError):
            self.model("officer", "channel.settlement").sudo().get_preview(self.period.id)

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        officer = self.users["officer"]
        officer.write({"company_ids": [(4, other.id)]})
        self.sign(self.agreements)
        there = self.model("officer", "channel.settlement").with_context(
            allowed_company_ids=other.ids
        )
        preview = there.get_preview(self.period.id)
        self.assertEqual((preview["rows"], preview["period_id"]), ([], False))

    def test_queries_do_not_grow_with_partners(self):
        counts = []
        self.sign(self.agreements)
        for number in range(2):
            if number:
                for extra in range(8):
                    dealer = self.make_dealer(f"Dealer {extra}")
                    sub = self.make_sub(f"Sub {extra}", dealer)
                    self.sign(self.make_agreement(dealer, {"soap": "4"}))
                    self.sign(self.make_agreement(sub, {"soap": "1"}))
                    self.make_invoice(dealer, {"soap": 10})
            self.preview()  # warms caches up
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.preview()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestPreviewBrowser(WorkedExampleHttpCase):
    def test_search_keys_and_periods(self):
        """The steps are in settlement_preview_tour.js; the second period is empty."""
        self.env["channel.period"].search([("id", "!=", self.period.id)]).state = "closed"
        self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        self.sign(self.agreements)
        self.start_tour(
            "/odoo/action-channel_rebate.channel_settlement_preview_action",
            "channel_settlement_preview",
            login="test_officer",
        )
        self.assertFalse(
            self.env["channel.settlement"].search([("period_id", "=", self.period.id)])
        )

    def test_who_is_no_holder_reads_why(self):
        self.start_tour(
            "/odoo/action-channel_rebate.channel_settlement_preview_action",
            "channel_settlement_preview_refused",
            login="test_accountant",
        )
