"""Who reads statements, their lines and the sales behind them, before and after the reveal."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ROLES, WorkedExampleCase

NOBODY, ALL = set(), {"Dealer A", "Sub S", "Dealer B"}
OWN = {"Dealer A", "Sub S"}
REFUSED = None
# Partners whose records a role finds: computed, approved, reversed.
STATEMENTS = {
    "keeper": (ALL, ALL, ALL),
    "officer": (ALL, ALL, ALL),
    "accountant": (NOBODY, ALL, ALL),
    "auditor": (NOBODY, ALL, ALL),
    "salesperson": (NOBODY, OWN, OWN),
    "colleague": (NOBODY, {"Dealer B"}, {"Dealer B"}),
    "sales_manager": (NOBODY, ALL, ALL),
    "dealer": (NOBODY, {"Dealer A"}, {"Dealer A"}),
    "sub_distributor": (NOBODY, {"Sub S"}, {"Sub S"}),
    "administrator": (REFUSED, REFUSED, REFUSED),
}
# Documents are linked there: partners get their statement, not its working papers.
SALES = {
    **STATEMENTS,
    "dealer": (REFUSED, REFUSED, REFUSED),
    "sub_distributor": (REFUSED, REFUSED, REFUSED),
}
TABLE = {
    "channel.statement": STATEMENTS,
    "channel.statement.line": STATEMENTS,
    "channel.statement.sale": SALES,
}
# What changes a run, or tells of it.
STEPS = (
    "action_compute",
    "action_reset",
    "action_approve",
    "action_cancel",
    "action_reverse",
    "action_show_totals",
    "action_print_statements",
    "action_open_exceptions",
    "_prepare_export",
)


@tagged("post_install", "-at_install")
class TestStatementAccess(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            **cls.users,
            "auditor": new_test_user(
                cls.env, login="test_auditor", groups="account.group_account_readonly"
            ),
            "colleague": new_test_user(
                cls.env, login="test_colleague", groups="sales_team.group_sale_salesman"
            ),
            "dealer": cls.make_portal_user(cls.dealer_a),
            "sub_distributor": cls.make_portal_user(cls.sub_s),
        }
        cls.dealer_b.user_id = cls.users["colleague"]
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def seen(self, role, model):
        """Return the names of the partners whose records a role finds and reads."""
        domain = [("settlement_id", "=", self.settlement.id)]
        try:
            records = self.model(role, model).search(domain)
            records.read(["base_amount"])
        except AccessError:
            return REFUSED
        return set(records.sudo().partner_id.mapped("name"))

    def assert_table(self, column):
        self.env.invalidate_all()
        for model, expected in TABLE.items():
            for role, columns in expected.items():
                with self.subTest(model=model, role=role):
                    self.assertEqual(self.seen(role, model), columns[column])

    def test_computed(self):
        self.assert_table(0)

    def test_approved(self):
        self.as_role("keeper", self.settlement).action_approve()
        self.assert_table(1)

    def test_reversed(self):
        self.as_role("keeper", self.settlement).action_approve()
        self.as_role("keeper", self.settlement).action_reverse()
        self.assert_table(2)

    def test_others_records_by_their_id(self):
        """What a search does not find is not read by its number either."""
        self.as_role("keeper", self.settlement).action_approve()
        others = self.statement_of(self.settlement, self.dealer_b)
        records = (others, others.line_ids, others._find_sales())
        for role in ("salesperson", "dealer", "sub_distributor", "administrator"):
            for foreign in records:
                with self.subTest(role=role, model=foreign._name), self.assertRaises(AccessError):
                    self.as_role(role, foreign).read(["base_amount"])

    def test_holders_and_accounting_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        for role in ("keeper", "officer", "accountant", "sales_manager"):
            self.users[f"other_{role}"] = new_test_user(
                self.env,
                login=f"test_other_{role}",
                groups=ROLES[role],
                company_id=other.id,
                company_ids=[Command.set(other.ids)],
            )
        self.assert_closed_to_others()
        self.as_role("keeper", self.settlement).action_approve()
        self.assert_closed_to_others()

    def assert_closed_to_others(self):
        statements = self.settlement.statement_ids
        closed = (statements, statements.line_ids, statements._find_sales(), self.agreements)
        for role in (role for role in self.users if role.startswith("other_")):
            for records in closed:
                self.env.invalidate_all()
                with self.subTest(role=role, model=records._name):
                    self.assertFalse(self.as_role(role, records).search([]))
                    with self.assertRaises(AccessError):
                        self.as_role(role, records).read(["display_name"])
            for step in STEPS:
                self.env.invalidate_all()
                run = self.as_role(role, self.settlement)
                with self.subTest(role=role, step=step), self.assertRaises(AccessError):
                    getattr(run, step)()
        Settlement = self.model("other_officer", "channel.settlement")
        self.assertEqual(Settlement.get_preview(self.period.id)["rows"], [])
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            Settlement.with_context(allowed_company_ids=self.company.ids).get_preview()
        with self.assertRaises(AccessError):
            self.as_role("other_officer", self.period).action_check_corrections()

    def test_search_by_name(self):
        """By partner for all; by the settlement's number for those who read settlements."""
        self.as_role("keeper", self.settlement).action_approve()
        for role, by_number in (("accountant", 3), ("salesperson", 0), ("sales_manager", 0)):
            found = self.model(role, "channel.statement").name_search
            with self.subTest(role=role):
                self.assertEqual(len(found("Dealer A")), 1)
                self.assertEqual(len(found(self.settlement.name)), by_number)
                everybody = STATEMENTS[role][1]
                others = found("Dealer A", operator="not ilike")
                self.assertEqual(len(others), len(everybody) - 1)

    def test_way_down_to_the_document(self):
        """Statement, line, sale, invoice or order: for holders, accounting and the salesperson."""
        self.as_role("keeper", self.settlement).action_approve()
        for role in ("keeper", "officer", "accountant", "salesperson", "sales_manager"):
            for partner, model in ((self.dealer_a, "account.move"), (self.sub_s, "sale.order")):
                statement = self.as_role(role, self.statement_of(self.settlement, partner))
                line = statement.line_ids[0]
                action = line.action_open_sales()
                sales = self.model(role, action["res_model"]).search(action["domain"])
                with self.subTest(role=role, partner=partner.name):
                    self.assertEqual(sum(sales.mapped("base_amount")), line.base_amount)
                    opened = sales[0].action_open_document()
                    self.assertEqual(opened["res_model"], model)
                    if (role, model) != ("accountant", "sale.order"):
                        self.read_form(self.model(role, model).browse(opened["res_id"]))

    def read_form(self, record):
        """Read what the form of a record shows, as a browser does."""
        form = record.get_views([(False, "form")])["models"][record._name]["fields"]
        record.invalidate_recordset()
        self.assertTrue(record.read(list(form)))

    def test_exceptions_are_counted_as_far_as_they_are_seen(self):
        freight = self.make_product("freight", 40, type="service")
        self.products["freight"] = freight
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"freight": 1})
        self.as_role("officer", self.settlement).action_compute()
        self.as_role("keeper", self.settlement).action_approve()
        for role in ("keeper", "officer", "accountant"):
            settlement = self.as_role(role, self.settlement)
            self.assertEqual(settlement.exception_count, 2, role)
            found = settlement.action_open_exceptions()
            self.assertEqual(found["name"], "Exceptions")
        for role, partner in (("salesperson", self.dealer_a), ("colleague", self.dealer_b)):
            statement = self.as_role(role, self.statement_of(self.settlement, partner))
            self.assertEqual(statement.exception_count, 1, role)
