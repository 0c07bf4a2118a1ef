"""Rates answer a holder who is asking himself, and nobody who took on his name."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_rebate.gate import run_job

from .secrecy_calls import Call, Refused
from .secrecy_common import RATES, SecrecyCase, SecrecyHttpCase, secrets_in
from .test_secrecy_http import HttpCalls

# What an administrator types, to read as a keeper, whose rights it then has.
READING = """
keeper = env['res.users'].search([('login', '=', 'test_keeper')])
rates = env['channel.rate'].with_user(keeper).sudo(False).search([])
raise UserError(str(rates.mapped('rate')))
"""
EXPECTING = """
keeper = env['res.users'].search([('login', '=', 'test_keeper')])
statements = env['channel.statement'].with_user(keeper).sudo(False).search([])
raise UserError(str(statements.mapped('expected_net_amount')))
"""


class Typed:
    """Code that an administrator types into the database."""

    def make_action(self, code, model="res.partner", **values):
        return self.model("administrator", "ir.actions.server").create(
            {
                "name": "Curious",
                "model_id": self.env["ir.model"]._get(model).id,
                "state": "code",
                "code": code,
                "group_ids": [Command.clear()],
                **values,
            }
        )

    def told(self, method, *args, **kwargs):
        """Return what the caller is told, by an error or by the answer."""
        try:
            with self.env.cr.savepoint():
                return str(method(*args, **kwargs))
        except Exception as error:
            return str(error)


@tagged("post_install", "-at_install")
class TestSecrecyGate(Typed, SecrecyCase):
    def test_a_server_action_with_the_name_of_a_keeper(self):
        for code in (READING, EXPECTING):
            action = self.make_action(code)
            for role in ("administrator", "keeper", "officer"):
                with self.subTest(role=role, code=code):
                    self.assertNoSecret(self.told(action.with_user(self.users[role]).run))

    def test_a_server_action_within_a_job(self):
        """What a job sets off is not the job."""
        action = self.make_action(READING).with_user(self.users["keeper"])
        self.assertNoSecret(self.told(run_job, action.run))
        read = self.as_role("keeper", self.rates).mapped
        self.assertEqual(secrets_in(run_job(read, "rate")), set(RATES))

    def test_a_function_that_typed_code_leaves_behind(self):
        code = READING.replace("\n", "\n    ").replace("raise UserError(", "log(")
        code = f"def later():{code}\nenv.cr.precommit.add(later)"
        action = self.make_action(code).with_user(self.users["keeper"]).sudo()
        with self.assertRaisesRegex(AccessError, "open to rate keepers"):
            action.run()
            self.env.cr.precommit.run()

    def test_a_computed_field_of_the_administrator(self):
        code = "for r in self: r['x_sum'] = sum(self.env['channel.rate'].search([]).mapped('rate'))"
        Field = self.model("administrator", "ir.model.fields")
        Field.create(
            {
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "name": "x_sum",
                "ttype": "float",
                "state": "manual",
                "store": False,
                "readonly": True,
                "compute": code.replace("search([])", "sudo(False).search([])"),
            }
        )
        for role in ("keeper", "administrator"):
            partner = self.as_role(role, self.dealer_a)
            with self.subTest(role=role), self.assertRaises(AccessError):
                partner.read(["x_sum"])

    def test_a_computed_field_beside_the_rate(self):
        """What the keeper's own request has computed lies in the cache, a line away."""
        for model, name in (("channel.rate", "rate"), ("channel.statement", "expected_net_amount")):
            self.make_field(model, "x_leak", f"for r in self: r['x_leak'] = str(r.{name})")
            records = self.model("keeper", model).search([])
            with self.subTest(model):
                self.assertTrue(secrets_in(records.read([name])))
                told = self.told(records.read, [name, "x_leak"])
                self.assertNoSecret(told)
                self.assertIn(name, told)

    def make_field(self, model, name, compute):
        values = {"ttype": "char", "state": "manual", "store": False, "readonly": True}
        model_id = self.env["ir.model"]._get(model).id
        self.model("administrator", "ir.model.fields").create(
            {**values, "model_id": model_id, "name": name, "compute": compute}
        )

    def test_a_method_of_ours_that_is_called_when_typed_code_is_over(self):
        run = f"env['channel.settlement'].sudo(False).browse({self.settlement.id})"
        code = f"env.cr.precommit.add({run}.action_approve)"
        action = self.make_action(code).with_user(self.users["keeper"]).sudo()
        with self.assertRaisesRegex(AccessError, "open to rate keepers"), self.env.cr.savepoint():
            action.run()
            self.env.cr.precommit.run()
        self.assertEqual(self.settlement.state, "computed")

    def test_a_webhook_that_a_keeper_sets_off(self):
        field = self.env["ir.model.fields"]._get("channel.rate", "rate")
        action = self.make_action("", "channel.rate", state="webhook")
        action.write({"webhook_url": "http://127.0.0.1:9/", "webhook_field_ids": field.ids})
        action = action.with_user(self.users["keeper"]).sudo(False)
        context = {"active_model": "channel.rate", "active_ids": self.rates.ids}
        told = self.told(action.with_context(**context, active_id=self.rates[0].id).run)
        self.assertIn("open to rate keepers", told)

    def test_a_report_that_a_keeper_prints(self):
        name = "channel_rebate.probe_keeper"
        line = '<p t-foreach="docs" t-as="o">rate: <t t-out="o.rate"/></p>'
        arch = f'<t t-name="{name}">{line}</t>'
        self.env["ir.ui.view"].create({"type": "qweb", "name": name, "key": name, "arch": arch})
        values = {"name": name, "model": "channel.rate", "report_name": name}
        report = self.env["ir.actions.report"].create({**values, "report_type": "qweb-html"})
        report = report.with_user(self.users["keeper"])
        self.assertNoSecret(self.told(report._render_qweb_html, report, self.rates.ids))

    def test_nobody_overwrites_a_rate_in_the_name_of_a_keeper(self):
        draft = self.make_agreement(self.make_dealer("Dealer C"), {"soap": "1"})
        code = """
keeper = env['res.users'].search([('login', '=', 'test_keeper')])
env['channel.rate'].with_user(keeper).sudo(False).browse(%s).write({'rate': 2})
"""
        action = self.make_action(code % self.rates_of(draft).id)
        self.assertIn("open to rate keepers", self.told(action.run))
        self.assertEqual(self.rates_of(draft).rate, 1)


@tagged("post_install", "-at_install")
class TestSecrecyGateHttp(Typed, HttpCalls, SecrecyHttpCase):
    def run_as(self, role, code):
        action = self.make_action(code)
        self.env.flush_all()
        try:
            return str(self.call_as(role, Call("ir.actions.server", "run", [action.ids])))
        except Refused as error:
            return str(error)

    def test_the_session_has_to_be_the_keepers_own(self):
        for code in (READING, EXPECTING):
            with self.subTest(code):
                self.assertNoSecret(self.run_as("administrator", code))
        rates = Call("channel.rate", "read", [self.rates.ids, ["rate"]])
        self.assertEqual(secrets_in(self.call_as("keeper", rates)), set(RATES))
