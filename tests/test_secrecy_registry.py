"""No field of any model leads to a rate: fields that are added later are looked at as well."""

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.channel_rebate.const import HOLDERS

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

    def models_on_the_way(self, field):
        """Return the models that the paths lead through on which ``field`` depends."""
        models = set()
        for path in self.registry.field_depends[field]:
            model = self.env[field.model_name]
            for name in path.split("."):
                step = model._fields.get(name)
                if not step or not step.comodel_name:
                    break
                model = self.env[step.comodel_name]
                models.add(model._name)
        return models

    def test_no_field_points_to_a_rate(self):
        self.assertEqual([field for field in self.outside if field.comodel_name == RATE], [])
        self.assertEqual([m for m in self.registry.values() if RATE in m._inherits], [])
        self.assertTrue([f for f in self.outside if f.comodel_name == "channel.agreement"])

    def test_no_field_depends_on_a_rate(self):
        wrong = [field for field in self.outside if RATE in self.models_on_the_way(field)]
        self.assertEqual(wrong, [])
        for field in self.env[RATE]._fields.values():
            reached = self.registry.get_dependent_fields(field)
            outside = [other for other in reached if other.model_name != RATE]
            with self.subTest(field=str(field)):
                self.assertEqual(outside, [])

    def test_the_search_for_dependencies_finds_some(self):
        secret = self.env[RATE]._fields
        self.assertIn("channel.agreement", self.models_on_the_way(secret["partner_id"]))
        self.assertIn(secret["rate"], self.registry.get_dependent_fields(secret["token"]))

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
