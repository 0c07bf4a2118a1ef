"""Elevated code, the cache, and rights that an administrator hands out open nothing."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .secrecy_common import OUTSIDERS, RATES, SecrecyCase

# What a server action, a template or a scheduled job could try, in any environment it gets.
UNSEALING = {
    "unseal lines": lambda rates: rates._unseal_lines(rates.line_id),
    "unseal agreements": lambda rates: rates._unseal_agreements(rates.agreement_id),
    "unseal rates": lambda rates: rates._unseal_many(),
    "open tokens": lambda rates: rates._open_tokens(
        [(rate.id, rate.line_id.id, rate.sudo().token) for rate in rates]
    ),
    "settle": lambda rates: (
        rates.env["channel.statement"].search([("role", "=", "dealer")])._settle_shown()
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
