"""Elevated code, the cache, and rights that an administrator hands out open nothing."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .secrecy_calls import grouping, reading, searching
from .secrecy_common import OUTSIDERS, RATES, SecrecyCase
from .test_secrecy_orm import OrmCalls

# What a server action, a template or a scheduled job could try, in any environment it gets.
UNSEALING = {
    "unseal lines": lambda rates: rates._unseal_lines(rates.line_id),
    "unseal rates": lambda rates: rates._unseal_many(),
    "open tokens": lambda rates: rates._open_tokens(
        [(rate.id, rate.line_id.id, rate.sudo().token) for rate in rates]
    ),
    "settle": lambda rates: (
        rates.env["channel.statement"].search([("role", "=", "dealer")])._settle()
    ),
    "reveal": lambda rates: rates.env["channel.statement"].search([])._reveal(),
    "grid": lambda rates: rates._prepare_grid_rows(rates.agreement_id),
    "overwrite": lambda rates: rates._store_rates(dict.fromkeys(rates, 1)),
    "overwrite tiers": lambda rates: rates._store_brackets(dict.fromkeys(rates, ((0, 1),))),
    "import": lambda rates: rates.env["channel.rate.import"].search([])._read_rows(),
}


@tagged("post_install", "-at_install")
class TestSecrecyElevated(SecrecyCase):
    def elevated(self):
        """Return the rates in every elevated environment: of each user, and of the system."""
        self.env.invalidate_all()
        environments = {role: self.as_role(role, self.rates).sudo() for role in self.users}
        return {**environments, "system": self.rates.with_user(self.env.ref("base.user_root"))}

    def test_elevated_code_reads_zero(self):
        for role, rates in self.elevated().items():
            statements = self.statements.with_env(rates.env)
            with self.subTest(role=role):
                self.assertEqual(set(rates.mapped("rate")), {0.0})
                self.assertEqual({*rates.mapped("brackets"), *rates.mapped("example")}, {False})
                self.assertEqual(set(statements.mapped("expected_net_amount")), {0.0})
                self.assertEqual(set(statements.line_ids.mapped("expected_rate")), {0.0})
                self.assertEqual(set(statements.line_ids.mapped("amount")), {0.0})

    def test_elevated_code_unseals_nothing(self):
        wizard = self.model("keeper", "channel.rate.import").create({"period_id": self.period.id})
        wizard.write({"filename": "r.csv", "file": "TGluZSxSYXRlCjEsMTcuMzg5MQo="})
        # The wizard's file is guarded by the user; a keeper's own code may read it elevated.
        keepers_own = {("keeper", "import")}
        for role, rates in self.elevated().items():
            for name, attempt in UNSEALING.items():
                if (role, name) not in keepers_own:
                    with self.subTest(role=role, way=name), self.assertRaises(AccessError):
                        attempt(rates)

    def test_outsiders_unseal_nothing(self):
        for role in OUTSIDERS:
            for name, attempt in UNSEALING.items():
                rates = self.as_role(role, self.rates)
                with self.subTest(role=role, way=name), self.assertRaises(AccessError):
                    attempt(rates)

    def test_holders_unseal(self):
        for role in ("keeper", "officer"):
            secrets = UNSEALING["unseal rates"](self.as_role(role, self.rates))
            self.assertEqual(sorted(str(s.rate) for s in secrets.values()), sorted(RATES))

    def test_elevated_searches_and_groups_know_no_rate(self):
        rates = self.rates.sudo()
        ways = {
            "search": lambda: rates.search([("rate", ">", 1)]),
            "order": lambda: rates.search([], order="rate"),
            "group": lambda: rates._read_group([], ["rate"]),
            "array_agg": lambda: rates._read_group([], [], ["rate:array_agg"]),
            "having": lambda: rates._read_group([], ["id"], [], having=[("rate:max", ">", 1)]),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaisesRegex(ValueError, "not stored"):
                way()
        self.assertNoSecret(rates._read_group([], [], ["token:array_agg"]))

    def test_the_cache_of_others_is_of_no_use(self):
        fields = {
            "rate": self.rates,
            "example": self.rates,
            "expected_net_amount": self.statements,
        }
        for name, records in fields.items():
            first = records[:1]
            value = self.as_role("keeper", first)[name]
            self.assertTrue(value)
            first.sudo().read()
            for role in OUTSIDERS:
                with self.subTest(field=name, role=role), self.assertRaises(AccessError):
                    self.as_role(role, first)[name]
            self.assertFalse(self.as_role("keeper", first).sudo()[name])
            self.assertEqual(self.as_role("keeper", first)[name], value)

    def test_records_in_python_tell_outsiders_nothing(self):
        ways = {
            "mapped": lambda rates: rates.mapped("rate"),
            "filtered": lambda rates: rates.filtered(lambda rate: rate.rate > 17),
            "filtered by domain": lambda rates: rates.filtered_domain([("rate", ">", 17)]),
            "sorted": lambda rates: rates.sorted("rate"),
            "grouped": lambda rates: rates.grouped("rate"),
            "fetch": lambda rates: rates.fetch(["token"]),
        }
        for role in OUTSIDERS:
            for name, way in ways.items():
                self.rates.sudo().mapped("rate")
                with self.subTest(role=role, way=name), self.assertRaises(AccessError):
                    way(self.as_role(role, self.rates))


@tagged("post_install", "-at_install")
class TestSecrecyAdministrator(OrmCalls, SecrecyCase):
    def open_model(self, name):
        """Let everybody do everything with a model, as an administrator can."""
        model = self.env["ir.model"]._get(name)
        for group in ("base.group_user", "base.group_portal"):
            permissions = dict.fromkeys(("read", "write", "create", "unlink"), True)
            access = {f"perm_{name}": value for name, value in permissions.items()}
            group_id = self.env.ref(group).id
            values = {"name": "open", "model_id": model.id, "group_id": group_id, **access}
            self.model("administrator", "ir.model.access").create(values)
        rules = self.env["ir.rule"].search([("model_id", "=", model.id)])
        self.as_role("administrator", rules).write({"domain_force": "[(1, '=', 1)]"})

    def test_access_lines_and_rules_open_no_rate(self):
        self.open_model("channel.rate")
        self.assertRefused([*reading(self.rates.ids, self.period.id), *searching(), *grouping()])

    def test_access_lines_and_rules_open_no_expected_amount(self):
        for name in ("channel.settlement", "channel.statement", "channel.statement.line"):
            self.open_model(name)
        for role in OUTSIDERS:
            for call in self.secret_calls():
                with self.subTest(role=role, call=str(call)):
                    self.assertNoSecret(self.answer_or_error(role, call))

    def test_a_field_of_the_administrator_shows_zero(self):
        values = {"model_id": self.env["ir.model"]._get("res.partner").id, "state": "manual"}
        link = {"name": "x_rate_id", "ttype": "many2one", "relation": "channel.rate"}
        copy = {"name": "x_rate", "ttype": "float", "related": "x_rate_id.rate", "store": False}
        Field = self.model("administrator", "ir.model.fields")
        Field.create([{**values, **link}, {**values, **copy, "readonly": True}])
        self.dealer_a.x_rate_id = self.rates[0]
        self.env.flush_all()
        self.assertEqual(self.dealer_a.sudo().x_rate, 0.0)
        for role in ("administrator", "salesperson", "accountant"):
            partner = self.as_role(role, self.dealer_a)
            with self.subTest(role=role), self.assertRaises(AccessError):
                partner.read(["x_rate"])
            with self.subTest(role=role), self.assertRaisesRegex(ValueError, "not stored"):
                partner.formatted_read_group([], [], ["x_rate:array_agg"])

    def test_a_server_action_reads_zero(self):
        code = "raise UserError(str(env['channel.rate'].sudo().search([]).mapped('rate')))"
        action = self.model("administrator", "ir.actions.server").create(
            {
                "name": "Curious",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": code,
                "group_ids": [Command.clear()],
            }
        )
        with self.assertRaises(UserError) as caught:
            action.run()
        self.assertEqual(str(caught.exception), str([0.0] * len(self.rates)))
