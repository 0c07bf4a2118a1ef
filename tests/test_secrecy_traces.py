"""Entering, sealing and computing leave no rate or rebate where others could come upon it."""

import base64

from odoo.tests import tagged

from .secrecy_common import AMOUNTS, OUTSIDERS, RATES, SecrecyCase, secrets_in

HOLDERS_MODELS = {"channel.rate", "channel.statement", "channel.statement.line"}
# As many of the latest records as are looked at; a computed quarter makes fewer of a kind.
LATEST = 20


@tagged("post_install", "-at_install")
class TestSecrecyTraces(SecrecyCase):
    def look_around(self, env):
        """Return ``{model: secrets}`` of the latest records of everything that ``env`` may read."""
        self.env.invalidate_all()
        found = {}
        for name in env.registry:
            model = env[name].with_context(active_test=False, bin_size=True)
            if not model._abstract and model.has_access("read"):
                found[name] = secrets_in(self.read_latest(model))
        return {name: secrets for name, secrets in found.items() if secrets}

    def read_latest(self, model):
        """Read all fields at once, or one by one where the user may not read them all."""
        records = self.attempt(lambda: model.search([], order="id desc", limit=LATEST))
        if not records:
            return []
        # Relations to many hold ids, and often fail because of what is at their other end.
        described = records.fields_get(attributes=["type"])
        names = [name for name, field in described.items() if not field["type"].endswith("2many")]
        if rows := self.attempt(records.read, names):
            return rows
        return [self.attempt(records.read, [name]) for name in names]

    def attempt(self, method, *args):
        try:
            with self.env.cr.savepoint(flush=False):
                return method(*args)
        except Exception:
            return None

    def test_whatever_outsiders_may_read_holds_no_secret(self):
        for role in OUTSIDERS:
            with self.subTest(role=role):
                self.assertEqual(self.look_around(self.model(role, "base").env), {})

    def test_whatever_the_system_may_read_holds_no_secret(self):
        root = self.env(user=self.env.ref("base.user_root"))
        self.assertEqual(self.look_around(root), {})

    def test_a_holder_who_looks_around_finds_the_secrets(self):
        for role in ("keeper", "officer"):
            found = self.look_around(self.model(role, "base").env)
            self.assertEqual(set(found), HOLDERS_MODELS)
            self.assertEqual(found["channel.rate"], set(RATES))
            self.assertLessEqual(set(RATES), found["channel.statement.line"])

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
