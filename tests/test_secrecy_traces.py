"""Entering, sealing and computing leave no rate or rebate where others could come upon it."""

import base64

from odoo.tests import tagged

from .secrecy_common import AMOUNTS, OUTSIDERS, SecrecyCase


@tagged("post_install", "-at_install")
class TestSecrecyTraces(SecrecyCase):
    def test_expected_amounts_are_what_the_tests_look_for(self):
        statements = self.as_role("keeper", self.statements)
        names = ("gross", "passed_on", "net")
        amounts = [statements.mapped(f"expected_{name}_amount") for name in names]
        amounts.append(statements.line_ids.mapped("expected_amount"))
        texts = {f"{amount:.2f}" for group in amounts for amount in group if amount}
        self.assertEqual(texts, set(AMOUNTS))

    def test_computing_makes_no_document(self):
        domain = [("channel_statement_id", "!=", False)]
        self.assertEqual(self.env["account.move"].search_count(domain), 0)
        refunds = [("move_type", "=", "out_refund"), ("partner_id", "in", self.dealer_a.ids)]
        self.assertEqual(self.env["account.move"].search_count(refunds), 0)
        self.as_role("keeper", self.settlement).action_approve()
        self.assertEqual(self.env["account.move"].search_count(domain), 3)

    def test_chatter_tells_that_something_changed_and_no_rate(self):
        for name in ("mail.message", "mail.tracking.value", "mail.mail", "mail.notification"):
            with self.subTest(name):
                latest = self.env[name].sudo().search([], order="id desc", limit=200)
                self.assertNoSecret(latest.read())
        tracked = self.env["mail.tracking.value"].sudo().search([])
        states = tracked.filtered(lambda value: value.field_id.name == "state")
        self.assertEqual(set(states.mapped("new_value_char")), {"Signed"})

    def test_nothing_is_attached_to_rates(self):
        rows = {
            "mail.message": [("model", "=", "channel.rate")],
            "mail.followers": [("res_model", "=", "channel.rate")],
            "mail.activity": [("res_model", "=", "channel.rate")],
            "ir.attachment": [("res_model", "in", ["channel.rate", "channel.rate.import"])],
            "ir.default": [("field_id.model_id.model", "=like", "channel.rate%")],
            "ir.filters": [("model_id", "=", "channel.rate")],
            "ir.exports": [("resource", "=", "channel.rate")],
        }
        for name, domain in rows.items():
            with self.subTest(name):
                self.assertFalse(self.env[name].sudo().search(domain))

    def test_defaults_and_descriptions_hold_no_rate(self):
        for role in OUTSIDERS:
            rate = self.model(role, "channel.rate")
            with self.subTest(role=role):
                secret = {"rate", "brackets", "example", "token"}
                self.assertFalse(secret & rate.fields_get().keys())
                self.assertEqual(rate.default_get(["rate", "token"]), {})
                self.assertNoSecret(self.rates.with_user(rate.env.user).copy_data())
                self.assertFalse(rate.load(["id", "rate"], [["x.y", "1"]])["ids"])
        self.assertIn("rate", self.model("keeper", "channel.rate").fields_get())

    def test_an_uploaded_sheet_does_not_come_back(self):
        sheet = base64.b64encode(b"Line,Rate\n1,17.3891\n")
        wizard = self.model("keeper", "channel.rate.import").create(
            {"period_id": self.period.id, "filename": "rates.csv", "file": sheet}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(wizard.file)
        self.assertTrue(wizard.sudo().token)
        held = {str(value) for value in wizard.sudo().read()[0].values()}
        self.assertFalse([text for text in held if "17.3891" in text or sheet.decode() in text])

    def test_a_report_on_rates_prints_none(self):
        """The route of reports checks no group of the report, so a template is all that counts."""
        report = self.make_report("o.sudo().rate")
        for role in self.users:
            html = report.with_user(self.users[role])._render_qweb_html(report, self.rates.ids)[0]
            with self.subTest(role=role):
                self.assertIn("rate: 0.0", html.decode())
                self.assertNoSecret(html.decode())
        report = self.make_report("o.display_name")
        html = report.with_user(self.users["keeper"])._render_qweb_html(report, self.rates.ids)[0]
        self.assertIn("Toothpaste", html.decode())

    def make_report(self, expression):
        name = f"channel_rebate.probe_{len(expression)}"
        line = f'<p t-foreach="docs" t-as="o">rate: <t t-out="{expression}"/></p>'
        arch = f'<t t-name="{name}">{line}</t>'
        self.env["ir.ui.view"].create({"type": "qweb", "name": name, "key": name, "arch": arch})
        values = {"name": name, "model": "channel.rate", "report_name": name}
        return self.env["ir.actions.report"].create({**values, "report_type": "qweb-html"})
