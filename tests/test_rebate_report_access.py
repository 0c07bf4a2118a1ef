"""Who reads the rebate report, what is in it before the reveal, and two companies."""

from datetime import date

from lxml import etree
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import RATES_A, ROLES, WorkedExampleCase
from .test_rebate_report import SALES, Report

ALL, OWN, REFUSED = {"Dealer A", "Sub S", "Dealer B"}, {"Dealer A", "Sub S"}, None
# Whose rebates a role sees once they are revealed; before that, nobody's.
READERS = {
    "keeper": ALL,
    "officer": ALL,
    "accountant": ALL,
    "auditor": ALL,
    "sales_manager": ALL,
    "salesperson": OWN,
    "colleague": {"Dealer B"},
    "administrator": REFUSED,
    "dealer": REFUSED,
    "sub_distributor": REFUSED,
}
VIEWS = (
    "channel_rebate_report_view_pivot",
    "channel_rebate_report_view_graph",
    "channel_rebate_report_view_list",
    "channel_rebate_report_view_search",
    "channel_rebate_report_view_list_due",
    "channel_rebate_report_view_pivot_due",
)


@tagged("post_install", "-at_install")
class TestAccess(Report, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            **cls.users,
            "auditor": new_test_user(
                cls.env, login="test_auditor", groups="account.group_account_readonly"
            ),
            "colleague": new_test_user(cls.env, login="colleague", groups=ROLES["salesperson"]),
            "dealer": cls.make_portal_user(cls.dealer_a),
            "sub_distributor": cls.make_portal_user(cls.sub_s),
        }
        cls.dealer_b.user_id = cls.users["colleague"]
        cls.sign(cls.agreements)

    def seen(self, role):
        """Return the names of the partners whose rows a role finds, reads and counts."""
        report = self.report(role)
        try:
            rows = report.search([])
            rows.read(["net_amount", "target_status"])
        except AccessError:
            return REFUSED
        names = {partner.name for (partner,) in report._read_group([], ["partner_id"])}
        self.assertEqual(names, set(rows.sudo().partner_id.mapped("name")))
        return names

    def read_all(self, role):
        report = self.report(role)
        aggregates = ["rebate_amount:sum", "rebate_percent:avg", "due_amount:sum", "__count"]
        return report._read_group([], ["dealer_id", "year", "kind", "period_id"], aggregates)

    def test_nothing_before_the_reveal(self):
        self.compute()
        for role, names in READERS.items():
            with self.subTest(role):
                self.env.invalidate_all()
                self.assertEqual(self.seen(role), names if names is REFUSED else set())

    def test_readers_after_the_reveal(self):
        self.settle()
        for role, names in READERS.items():
            with self.subTest(role):
                self.env.invalidate_all()
                self.assertEqual(self.seen(role), names)

    def test_others_rows_by_their_id(self):
        row = self.row(self.settle(), self.dealer_b)
        for role in ("salesperson", "administrator", "dealer", "sub_distributor"):
            self.env.invalidate_all()
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, row).read(["net_amount"])

    def test_a_computed_run_changes_nothing_for_holders_neither(self):
        """Another quarter and a correction, computed: the report says what it said before."""
        self.set_target(4)
        self.settle()
        before = {role: self.read_all(role) for role in ("keeper", "officer")}
        later = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        self.sign(self.make_agreement(self.dealer_a, RATES_A, period=later))
        self.make_invoice(self.dealer_a, {"soap": 7}, day=date(2025, 5, 1))
        self.make_invoice(self.dealer_a, {"soap": 9}, day=date(2025, 3, 1))
        runs = self.compute(later) | self.compute(kind="supplementary")
        self.assertEqual(runs.mapped("state"), ["computed", "computed"])
        for role, rows in before.items():
            self.assertEqual(self.read_all(role), rows)
        self.as_role("keeper", runs[0]).action_approve()
        self.assertNotEqual(self.read_all("officer"), before["officer"])

    def test_salespeople_compare_what_they_may_see(self):
        """Of A, 4.21 %; B's 4.37 %, which would be above, is a colleague's."""
        self.set_target(4.3)
        self.settle()
        report = self.report("salesperson")
        self.assertFalse(report.search([("target_status", "=", "above")]))
        self.assertEqual(len(report.search([("target_status", "=", "within")])), 2)

    def test_a_sub_distributor_alone_has_no_percent(self):
        self.set_target(4)
        self.sub_s.user_id = self.users["colleague"]
        self.settle()
        rows = self.report("colleague").search([("partner_id", "=", self.sub_s.id)])
        self.assertEqual((len(rows), rows.rebate_percent, rows.target_status), (1, 0, False))

    def test_target_is_not_for_the_portal(self):
        self.set_target(4)
        company = self.as_role("dealer", self.company)
        with self.assertRaises(AccessError):
            company.read(["channel_rebate_target"])
        self.assertEqual(self.as_role("salesperson", self.company).channel_rebate_target, 4)

    def test_nobody_writes(self):
        row = self.row(self.settle(), self.dealer_a)
        for role in READERS:
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, row).write({"year": "2024"})

    def test_views_open_for_every_reader(self):
        self.settle()
        for role, names in READERS.items():
            for name in VIEWS if names else ():
                view = self.env.ref(f"channel_rebate.{name}")
                with self.subTest(role=role, view=name):
                    arch = self.report(role).get_view(view.id, view.type)["arch"]
                    self.assertTrue(etree.fromstring(arch).xpath("//field"))

    def test_from_the_partners_form(self):
        self.settle()
        for partner, names in ((self.dealer_a, OWN), (self.sub_s, {"Sub S"})):
            action = self.as_role("salesperson", partner).action_open_channel_rebates()
            rows = self.report("salesperson").search(action["domain"])
            self.assertEqual((action["res_model"], len(rows)), (rows._name, len(names)))
            self.assertEqual(set(rows.partner_id.mapped("name")), names)

    def test_menus_are_for_readers(self):
        for name in ("channel_rebate_report_menu", "channel_rebate_report_due_menu"):
            menu = self.env.ref(f"channel_rebate.{name}")
            for role in ("officer", "salesperson", "accountant", "administrator"):
                shown = menu.id in self.model(role, "ir.ui.menu")._visible_menu_ids()
                self.assertEqual(shown, role != "administrator", (name, role))


@tagged("post_install", "-at_install")
class TestTwoCompanies(Report, WorkedExampleCase):
    """A sells soap for the second company as well: 100 at 1 %, 253.00 of 25,300.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second"})
        cls.env["account.chart.template"].try_loading("generic_coa", cls.second, install_demo=False)
        for role in ("keeper", "officer"):
            cls.users[role].company_ids |= cls.second
        cls.period_2 = cls.make_period(
            date(2025, 1, 1), date(2025, 3, 31), company_id=cls.second.id
        )
        cls.sign(cls.agreements)
        cls.sign(cls.make_agreement(cls.dealer_a, {"soap": "1"}, period=cls.period_2))
        cls.make_invoice(cls.dealer_a, {"soap": 100}, company_id=cls.second.id)
        cls.settle()
        cls.settle(cls.period_2)

    def both(self, role):
        companies = (self.company | self.second).ids
        return self.report(role).with_context(allowed_company_ids=companies)

    def test_each_company_has_its_own_rows(self):
        self.users["outsider"] = new_test_user(
            self.env,
            login="outsider",
            groups=ROLES["accountant"],
            company_id=self.second.id,
            company_ids=[Command.set(self.second.ids)],
        )
        rows = self.report("outsider").search([])
        self.assertEqual((rows.company_id, rows.sales_amount), (self.second, 25300))
        first = self.report("officer").with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(first.search([]).company_id, self.company)
        self.assertEqual(self.both("officer").search_count([]), 4)

    def test_only_sales_with_a_target_are_compared(self):
        """A: 3,107.00 of 73,800.00 against 4 %, and 253.00 of 25,300.00 against nothing."""
        self.set_target(4)
        [row] = self.both("officer")._read_group(
            [("dealer_id", "=", self.dealer_a.id)],
            ["dealer_id"],
            ["rebate_percent:avg", "target_percent:avg", "target_difference_percent:avg"],
        )
        expected = [100 * 3360 / (SALES + 25300), 4, 100 * 155 / SALES]
        for found, value in zip(row[1:], expected, strict=True):
            self.assertAlmostEqual(float(found), value)

    def test_status_is_told_by_company(self):
        self.set_target(4)
        self.set_target(4, self.second)
        found = self.both("officer").search([("target_status", "=", "within")])
        self.assertEqual(found.company_id, self.second)
