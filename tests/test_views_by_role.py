"""Every screen of the app opens for everybody who has its menu."""

from lxml import etree
from odoo.tests import tagged

from .common import WorkedExampleCase

EVERYBODY = ("keeper", "officer", "accountant", "salesperson", "sales_manager")
SCREENS = {
    "channel.agreement": EVERYBODY,
    "channel.period": EVERYBODY,
    "channel.rate": ("keeper", "officer"),
    "channel.settlement": ("keeper", "officer", "accountant"),
    "channel.statement": EVERYBODY,
    "channel.territory": EVERYBODY,
    "sale.order": ("keeper", "officer", "salesperson", "sales_manager"),
    "res.partner": EVERYBODY,
    "account.move": ("keeper", "officer", "accountant"),
}


def specification(views, model_fields):
    """Return what the web client asks for: the fields of list and form, names behind relations."""
    names = {
        node.get("name")
        for kind in ("list", "form")
        for node in etree.fromstring(views[kind]["arch"]).iter("field")
        if not any(parent.tag == "field" for parent in node.iterancestors())
    }
    return {
        name: {"fields": {"display_name": {}}} if model_fields[name].relational else {}
        for name in names
    }


@tagged("post_install", "-at_install")
class TestScreens(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["channel.territory"].create({"name": "East"})
        cls.sign(cls.agreements)
        cls.settlement = cls.settle()
        cls.settlement.statement_ids.move_id.action_post()

    def records_of(self, model):
        if model == "account.move":
            return self.settlement.statement_ids.move_id
        if model == "res.partner":
            return self.dealer_a | self.sub_s
        return self.env[model].search([])

    def open_screen(self, role, model):
        records = self.as_role(role, self.records_of(model))
        views = records.get_views([(False, "list"), (False, "form"), (False, "search")])
        return records.web_read(specification(views["views"], records._fields))

    def test_lists_and_forms_open(self):
        for model, roles in SCREENS.items():
            for role in roles:
                with self.subTest(model=model, role=role):
                    self.assertTrue(self.open_screen(role, model))

    def test_holders_see_customer_invoices_only(self):
        bill = self.make_invoice(self.dealer_a, {"soap": 1}, move_type="in_invoice")
        entry = self.env["account.move"].create({"move_type": "entry"})
        for role in ("keeper", "officer"):
            moves = self.model(role, "account.move").search([])
            with self.subTest(role):
                self.assertFalse(moves & (bill | entry))
                self.assertIn(self.settlement.statement_ids.move_id[0], moves)
