"""Entering, sealing and computing leave no rate or rebate where others could come upon it."""

import base64

from odoo.tests import tagged

from .secrecy_common import AMOUNTS, SecrecyCase


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
