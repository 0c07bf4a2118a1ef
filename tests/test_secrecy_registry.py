"""No way through registry and database leads to a rate, also by what is added later."""

from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.channel_rebate.const import HOLDERS

from .secrecy_common import OUTSIDERS
from .secrecy_walk import SECRET_MODELS, Walk

SORTED = "expected_net_amount desc, id"
RATE = "channel.rate"
# Columns of the secret table that could hold a number or a text.
COLUMNS = SQL(
    """SELECT column_name, data_type FROM information_schema.columns
        WHERE table_name = 'channel_rate'
          AND data_type NOT IN ('integer', 'boolean', 'timestamp without time zone')"""
)


@tagged("post_install", "-at_install")
class TestSecrecyRegistry(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        every = [field for model in cls.registry.values() for field in model._fields.values()]
        cls.outside = [field for field in every if field.model_name != RATE]
        cls.holders_fields = [field for field in every if field.groups == HOLDERS]

    def test_holders_have_fields_of_their_own(self):
        names = {str(field) for field in self.holders_fields}
        wanted = {f"{RATE}.{name}" for name in ("rate", "brackets", "example", "example_base")}
        wanted.add("channel.agreement.rate_count")
        locked = (RATE, "channel.settlement", "channel.statement", "channel.statement.line")
        wanted |= {f"{model}.is_locked" for model in locked}
        for model in (
            "channel.statement",
            "channel.statement.line",
            "channel.statement.penalty",
            "channel.statement.penalty.mixin",
            "channel.statement.compensation",
        ):
            fields_of = self.env[model]._fields.values()
            wanted |= {str(field) for field in fields_of if field.name.startswith("expected_")}
        self.assertGreater(len(wanted), 11)
        self.assertEqual(names, wanted)

    def test_what_holders_read_is_computed_for_each_and_kept_nowhere(self):
        for field in self.holders_fields:
            with self.subTest(field=str(field)):
                self.assertTrue(field.compute)
                self.assertFalse(field.store or field.search or field.copy or field.related)
                self.assertFalse(field.compute_sudo)
                self.assertIn("uid", self.registry.field_depends_context[field])
                reached = list(self.registry.get_dependent_fields(field))
                self.assertEqual([other for other in reached if other.groups != HOLDERS], [])

    def test_what_is_encrypted_is_closed_to_everybody(self):
        for model in (RATE, "channel.rate.import"):
            token = self.env[model]._fields["token"]
            with self.subTest(model):
                self.assertEqual((token.groups, token.prefetch), (fields.NO_ACCESS, False))
                reached = set(self.registry.get_dependent_fields(token))
                self.assertFalse(reached - self.rate_fields())
        self.assertFalse(self.env["channel.rate.import"]._fields["file"].store)

    def rate_fields(self):
        names = ("rate", "brackets", "example", "is_locked")
        return {self.env[RATE]._fields[name] for name in names}

    def test_the_secret_models_have_neither_chatter_nor_portal_access(self):
        for model in (RATE, "channel.rate.import"):
            names = {"message_ids", "activity_ids", "access_token"} & set(self.env[model]._fields)
            with self.subTest(model):
                self.assertFalse(names)
        self.assertFalse(self.env[RATE]._allow_sudo_commands)
        self.assertEqual(self.env[RATE]._order, "id")

    def test_the_secret_table_has_one_column_that_tells_anything(self):
        """Ids, who and when, a flag; and text that is encrypted."""
        rows = self.env.execute_query_dict(COLUMNS)
        told = {row["column_name"]: row["data_type"] for row in rows}
        self.assertEqual(told, {"token": "character varying"})


class WalkCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = [
            new_test_user(cls.env, login=f"walk_{role}", groups=groups)
            for role, groups in OUTSIDERS.items()
        ]
        cls.walk = Walk(cls.env, cls.users)

    def plant(self, statement):
        self.env.cr.execute(statement)


@tagged("post_install", "-at_install")
class TestSecrecyWalk(WalkCase):
    def test_secret_fields_are_known(self):
        names = {str(field) for field in self.walk.secret}
        wanted = {"channel.rate.token", "channel.rate.rate", "channel.rate.import.token"}
        wanted |= {"channel.statement.expected_net_amount", "channel.agreement.rate_count"}
        self.assertLessEqual(wanted, names)
        self.assertNotIn("channel.rate.line_id", names)

    def test_others_read_much_and_no_secret(self):
        readable = set(self.walk.readable())
        names = {str(field) for field in readable}
        wanted = {"sale.order.amount_total", "account.move.amount_total", "res.partner.name"}
        self.assertLessEqual(wanted | {"channel.agreement.fingerprint"}, names)
        self.assertEqual(readable & self.walk.secret, set())
        self.assertEqual([name for name in names if name.startswith("channel.rate")], [])

    def test_no_field_that_others_read_leads_to_a_rate(self):
        self.assertEqual(self.walk.find_paths(self.walk.readable()), [])

    def test_nothing_is_computed_again_from_a_rate(self):
        self.assertEqual(self.walk.find_dependents(), [])
        stored = {str(f) for f in self.walk.secret if f.store}
        columns = {"channel.rate.token", "channel.rate.import.token", "channel.accrual.basis"}
        self.assertLessEqual(columns, stored)
        kinds = {field.type for field in self.walk.secret if field.store}
        self.assertFalse(kinds & {"float", "monetary", "integer"})

    def test_no_link_leads_to_a_rate(self):
        self.assertEqual(self.walk.find_links(), [])
        self.assertEqual(self.walk.find_heirs(), [])

    def test_no_record_names_a_rate(self):
        self.assertEqual(self.walk.find_values(), [])
        model, rate = SECRET_MODELS[0], self.env["channel.rate"]
        self.env["ir.attachment"].create({"name": "plant", "res_model": model, "res_id": rate.id})
        self.assertEqual(self.walk.find_values(), ["ir.attachment.res_id"])

    def test_nothing_is_sorted_or_named_by_a_rate(self):
        self.assertEqual(self.walk.find_orders(), [])
        self.startPatcher(patched(self.registry["channel.statement"], "_order", SORTED))
        self.startPatcher(patched(self.registry["channel.agreement"], "_rec_name", "rate_count"))
        found = {"channel.statement", "channel.agreement"}
        self.assertEqual(set(self.walk.find_orders()), found)

    def test_no_rule_or_favourite_tests_a_rate(self):
        self.assertEqual(self.walk.find_texts(), [])
        rule = self.env["ir.rule"].search([("model_id.model", "=", "channel.statement")], limit=1)
        domain = "[('dealer_statement_id.expected_net_amount', '>', 1)]"
        query = "UPDATE ir_rule SET domain_force = %s WHERE id = %s"
        self.env.cr.execute(query, [domain, rule.id])
        self.env.invalidate_all()
        values = {"name": "Plant", "model_id": "channel.rate", "sort": '["rate desc"]'}
        self.env["ir.filters"].create({**values, "domain": "[('rate', '>', 1)]"})
        self.assertEqual(len(self.walk.find_texts()), 2)

    def test_no_default_is_a_rate(self):
        self.assertEqual(self.walk.find_defaults(), [])
        field = self.env["ir.model.fields"]._get("channel.statement", "expected_net_amount")
        self.plant(f"INSERT INTO ir_default (field_id, json_value) VALUES ({field.id}, '1')")
        self.assertEqual(self.walk.find_defaults(), ["channel.statement.expected_net_amount"])

    def test_the_database_keeps_nothing_beside_the_table(self):
        self.assertEqual(self.walk.find_kept(), [])
        self.plant("CREATE VIEW planted AS SELECT id, token FROM channel_rate")
        self.plant("CREATE MATERIALIZED VIEW planted_too AS SELECT token FROM channel_rate")
        self.plant(
            "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT id FROM channel_rate'"
        )
        kinds = {"view planted", "materialized view planted_too", "function planted"}
        self.assertEqual(set(self.walk.find_kept()), kinds)

    def test_nothing_is_attached_to_the_table(self):
        self.assertEqual(self.walk.find_attached(), [])
        table = "ALTER TABLE channel_rate ADD"
        self.plant(f"{table} CONSTRAINT planted_check CHECK (length(token) > 5)")
        self.plant("CREATE INDEX planted_index ON channel_rate (token)")
        self.plant("CREATE INDEX planted_length ON channel_rate (length(token))")
        self.plant(f"{table} COLUMN planted_column int GENERATED ALWAYS AS (length(token)) STORED")
        self.plant("CREATE TABLE planted (rate_id int REFERENCES channel_rate)")
        found = {name for name in self.walk.find_attached() if name.startswith("planted")}
        names = {"check", "index", "length", "column", "rate_id_fkey"}
        self.assertEqual(found, {f"planted_{name}" for name in names})


def patched(model, name, value):
    return patch.object(model, name, value)


@tagged("post_install", "-at_install")
class TestSecrecyWalkPlants(WalkCase):
    """Fields that an administrator adds, one for each way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plain = {"model_id": cls.env["ir.model"]._get("res.partner").id, "state": "manual"}
        unstored = {"store": False, "readonly": True}
        selection = [Command.create({"value": "channel.rate", "name": "Rate"})]
        sums = {"compute": "for r in self: r['x_sum'] = 0", "depends": "x_rate_id.is_entered"}
        rows = [
            {"name": "x_rate_id", "ttype": "many2one", "relation": "channel.rate"},
            {"name": "x_rate_ids", "ttype": "many2many", "relation": "channel.rate"},
            {"name": "x_any", "ttype": "reference", "selection_ids": selection},
            {"name": "x_statement_id", "ttype": "many2one", "relation": "channel.statement"},
            {"name": "x_rate", "ttype": "float", "related": "x_rate_id.rate", **unstored},
            {"name": "x_sum", "ttype": "float", **sums, **unstored},
            {
                "name": "x_net",
                "ttype": "monetary",
                "related": "x_statement_id.expected_net_amount",
                **unstored,
            },
        ]
        Field = cls.env["ir.model.fields"]
        Field.create([{**plain, **row} for row in rows[:4]])
        Field.create([{**plain, **row} for row in rows[4:]])
        cls.walk = Walk(cls.env, cls.users)

    def names(self, *names):
        """Return fields of partners, which users have as well."""
        return {f"{model}.{name}" for model in ("res.partner", "res.users") for name in names}

    def test_links_are_found(self):
        self.assertEqual(
            set(self.walk.find_links()), self.names("x_rate_id", "x_rate_ids", "x_any")
        )

    def test_paths_are_found(self):
        fields = [field for field in self.walk.fields if field.model_name == "res.partner"]
        found = {f"res.partner.{name}" for name in ("x_rate", "x_sum", "x_net")}
        self.assertEqual(set(self.walk.find_paths(fields)), found)

    def test_dependents_are_found(self):
        self.assertEqual(set(self.walk.find_dependents()), self.names("x_rate", "x_net"))

    def test_values_are_found(self):
        partner = self.env["res.partner"].create({"name": "Planted"})
        self.plant(f"UPDATE res_partner SET x_any = 'channel.rate,1' WHERE id = {partner.id}")
        self.assertEqual(self.walk.find_values(), ["res.partner.x_any"])

    def test_an_heir_is_found(self):
        model = self.registry["res.country"]
        self.startPatcher(patched(model, "_inherits", {"channel.rate": "x_rate_id"}))
        self.assertEqual(self.walk.find_heirs(), ["res.country"])
