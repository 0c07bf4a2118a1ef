"""Looks in registry and database for whatever leads from what others read to a rate.

Each method returns what it has found, as texts: nothing, unless somebody adds it.
"""

import re

from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from odoo.addons.channel_rebate.const import HOLDERS

SECRET_MODELS = ("channel.rate", "channel.rate.import")
TABLES = ("channel_rate", "channel_rate_import")
# As many choices has a reference that is not meant for certain models.
ANY_MODEL = 50
# Names between quotes in the text of a domain: they may be paths.
PATHS = re.compile(r"""['"]([a-z_][\w.]*)['"]""")
# Where texts with paths are kept: model, the field that names the model, the text.
TEXTS = (
    ("ir.rule", "model_id.model", "domain_force"),
    ("ir.filters", "model_id", "domain"),
    ("ir.filters", "model_id", "context"),
    ("ir.filters", "model_id", "sort"),
    ("ir.actions.act_window", "res_model", "domain"),
    ("ir.actions.act_window", "res_model", "context"),
)
# What PostgreSQL itself keeps beside a table: kind, and a query for (name, definition).
KEPT = {
    "view": "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()",
    "materialized view": "SELECT matviewname, definition FROM pg_matviews",
    "function": """SELECT proname, prosrc FROM pg_proc
                    WHERE pronamespace = current_schema()::regnamespace""",
    "rule": "SELECT rulename, definition FROM pg_rules WHERE schemaname = current_schema()",
}
# Constraints that check values, foreign keys from elsewhere, triggers, columns made of others.
ATTACHED = """
    SELECT conname FROM pg_constraint
     WHERE contype IN ('c', 'x') AND conrelid = ANY(%(tables)s::regclass[])
        OR contype = 'f' AND confrelid = ANY(%(tables)s::regclass[])
 UNION SELECT tgname FROM pg_trigger
     WHERE NOT tgisinternal AND tgrelid = ANY(%(tables)s::regclass[])
 UNION SELECT attname FROM pg_attribute
     WHERE attgenerated != '' AND attrelid = ANY(%(tables)s::regclass[])
"""
# Indexes over anything but ids.
INDEXES = """
    SELECT i.indexrelid::regclass::text
      FROM pg_index AS i
     WHERE i.indrelid = ANY(%(tables)s::regclass[])
       AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
            OR EXISTS (SELECT FROM pg_attribute AS a
                        WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                          AND a.attname != 'id' AND a.attname NOT LIKE '%%\\_id'))
"""


class Walk:
    """:param users: those whose reading must not lead to a rate"""

    def __init__(self, env, users):
        self.env = env
        self.users = users
        self.fields = [f for model in env.registry.values() for f in model._fields.values()]
        self.secret = {field for field in self.fields if self.is_secret(field)}

    def is_secret(self, field):
        """Tell whether a field is for holders, encrypted, or of a model that is."""
        if not field.model_name.startswith("channel."):
            return False
        is_closed = field.groups in (HOLDERS, NO_ACCESS)
        return is_closed or field.comodel_name in SECRET_MODELS

    def readable(self):
        """Return the fields that one of the users may read."""
        models = {
            name: [user for user in self.users if self.may_read(name, user)]
            for name in self.env.registry
            if not self.env[name]._abstract
        }
        return [
            field
            for field in self.fields
            for users in [models.get(field.model_name, [])]
            if any(self.env[field.model_name].with_user(user)._has_field_access(field, "read")
                   for user in users)
        ]  # fmt: skip

    def may_read(self, name, user):
        return self.env[name].with_user(user).has_access("read")

    def steps(self, model_name, path):
        """Yield the fields along a path, as far as it is one."""
        for name in path.split("."):
            field = self.env[model_name]._fields.get(name) if model_name in self.env else None
            if field is None:
                return
            yield field
            model_name = field.comodel_name or ""

    def leads_to_secret(self, model_name, path):
        return any(
            field in self.secret
            or field.model_name in SECRET_MODELS
            or field.comodel_name in SECRET_MODELS
            for field in self.steps(model_name, path)
        )

    # === Fields === #

    def find_paths(self, fields):
        """Return fields that depend on a secret one, or are related to one."""
        found = []
        for field in fields:
            paths = [*self.env.registry.field_depends[field], *filter(None, [field.related])]
            if any(self.leads_to_secret(field.model_name, path) for path in paths):
                found.append(str(field))
        return found

    def find_dependents(self):
        """Return fields that are computed again when a secret one changes, unless as secret."""
        reached = {
            other
            for field in self.secret
            for other in self.env.registry.get_dependent_fields(field)
        }
        return sorted(str(field) for field in reached - self.secret)

    def find_links(self):
        """Return fields through which one comes to a record that holds a secret."""
        return [
            str(field) for field in self.fields if set(self.targets(field)) & set(SECRET_MODELS)
        ]

    def targets(self, field):
        if field.type == "reference":
            models = field.get_values(self.env)
            # What may name any model at all is looked at by its values.
            return models if len(models) < ANY_MODEL else []
        return [field.comodel_name] if field.comodel_name else []

    def find_heirs(self):
        """Return models that are made of a secret one, by delegation or as a copy."""
        return [
            name
            for name, model in self.env.registry.items()
            if name not in SECRET_MODELS
            and {*model._inherits, *model._inherit_module} & set(SECRET_MODELS)
        ]

    def find_values(self):
        """Return where a record names a secret one by model and id."""
        found = []
        for field in self.fields:
            if field.type not in ("reference", "many2one_reference") or not field.store:
                continue
            model = self.env[field.model_name]
            column = field.name if field.type == "reference" else field.model_field
            if not model._auto or not model._fields[column].store:
                continue
            query = "SELECT 1 FROM %s WHERE split_part(%s, ',', 1) = ANY(%s) LIMIT 1"
            names = SQL.identifier(model._table), SQL.identifier(column)
            if self.env.execute_query(SQL(query, *names, list(SECRET_MODELS))):
                found.append(str(field))
        return found

    # === Texts === #

    def find_orders(self):
        """Return models that are sorted, named or found by a secret."""
        return [
            name
            for name in self.env.registry
            if any(self.leads_to_secret(name, path) for path in self.naming_paths(self.env[name]))
            and name not in SECRET_MODELS
        ]

    def naming_paths(self, model):
        order = [term.split()[0] for term in (model._order or "").split(",") if term.strip()]
        return [*order, *filter(None, [model._rec_name]), *(model._rec_names_search or ())]

    def find_texts(self):
        """Return rules, favourites and actions that mention a secret."""
        found = []
        for name, model_path, text in TEXTS:
            for record in self.env[name].sudo().with_context(active_test=False).search([]):
                model = record.mapped(model_path)[0] if record.mapped(model_path) else ""
                paths = PATHS.findall(record[text] or "")
                if any(self.is_told_by(model, path) for path in paths):
                    found.append(f"{record.display_name}.{text}")
        return found

    def is_told_by(self, model_name, path):
        """Tell whether a path of a domain tests a secret: its last step is what counts."""
        steps = list(self.steps(model_name, path))
        return bool(steps) and steps[-1] in self.secret

    def find_defaults(self):
        fields = self.env["ir.default"].sudo().search([]).field_id
        named = {(field.model, field.name) for field in fields}
        dependent = {str(field) for field in self.secret if field.company_dependent}
        return sorted(str(f) for f in self.secret if (f.model_name, f.name) in named) + [*dependent]

    # === Database === #

    def find_kept(self):
        """Return what PostgreSQL keeps that reads a secret table."""
        names = re.compile(rf"\b({'|'.join(TABLES)})\b")
        return [
            f"{kind} {name}"
            for kind, query in KEPT.items()
            for name, text in self.env.execute_query(SQL(query.replace("%", "%%")))
            if names.search(text or "")
        ]

    def find_attached(self):
        rows = [
            *self.env.execute_query(SQL(ATTACHED, tables=list(TABLES))),
            *self.env.execute_query(SQL(INDEXES, tables=list(TABLES))),
        ]
        return [name for (name,) in rows]
