"""Reads everything that a user can reach through the ORM, with few questions for many records.

Whatever he is told is an answer, errors included. Models that have something of ours are *near*:
they are asked in every way there is, whether he may read them or not; of all others he reads what
he may.
"""

from collections import defaultdict
from dataclasses import dataclass

from odoo import models

from .secrecy_common import secrets_in, secrets_in_rows

# As many of the latest records as are looked at; a computed quarter makes fewer of a kind.
LATEST = 20
OURS = "channel_rebate"
NUMBERS = ("integer", "float", "monetary")


class Failure(str):
    """What the user is told instead of an answer."""

    __slots__ = ()


def is_ours(field):
    return any(module.startswith(OURS) for module in field._modules)


@dataclass(frozen=True)
class Target:
    """A model to be asked: its latest records, the fields that the user sees, and their types."""

    records: models.BaseModel
    types: dict
    is_near: bool
    is_readable: bool

    @property
    def name(self):
        return self.records._name

    @property
    def fields(self):
        return self.records._fields

    @property
    def domain(self):
        return [("id", "in", self.records.ids)]

    @property
    def hidden(self):
        """Fields of ours that the user does not see."""
        fields = self.fields.values() if self.is_near else ()
        return [field.name for field in fields if is_ours(field) and field.name not in self.types]

    @property
    def visible(self):
        """Fields to ask for together: of a model that is closed, those that might be left open."""
        return [name for name in self.types if self.is_readable or is_ours(self.fields[name])]

    @property
    def columns(self):
        """Visible fields that can be grouped and aggregated, also at the end of a path."""
        return [
            name
            for name in self.visible
            if (field := self.fields[name]).column_type
            if (field.store or field.related) and field.type not in ("binary", "properties")
        ]

    def only_ours(self, names):
        return [name for name in names if is_ours(self.fields[name])]


class Crawler:
    """Asks as the user of ``env``; each part is a way to ask."""

    parts = (
        "read", "export", "names", "defaults", "onchange", "groups", "panels", "views", "files",
    )  # fmt: skip

    def __init__(self, env):
        self.env = env(context={**env.context, "active_test": False, "bin_size": True})
        root_env = env(user=1, su=True)
        self.targets = {}
        self.have_forms = set(
            root_env["ir.ui.view"].search([("type", "=", "form")]).mapped("model")
        )

    def crawl(self, parts=None, names=None):
        """Return ``{part: {model: secrets}}`` of what the user finds."""
        self.env.invalidate_all()
        found = defaultdict(dict)
        for target in map(self.get_target, names or self.find_names()):
            for part in parts or self.parts:
                if secrets := secrets_in([*getattr(self, part)(target)]):
                    found[part][target.name] = secrets
        return dict(found)

    def find_names(self):
        return [
            name
            for name, model in self.env.registry.items()
            if not model._abstract and (self.is_near(name) or self.env[name].has_access("read"))
        ]

    def is_near(self, name):
        fields = self.env.registry[name]._fields.values()
        return name.startswith("channel.") or any(map(is_ours, fields))

    def get_target(self, name):
        if name not in self.targets:
            self.targets[name] = self.make_target(name)
        return self.targets[name]

    def make_target(self, name):
        model = self.env[name]
        records = self.attempt(lambda: model.search([], order="id desc", limit=LATEST))
        if is_readable := not isinstance(records, Failure):
            found = records
        else:
            # He may not search, but numbers are easily guessed.
            found = self.attempt(lambda: model.sudo().search([], order="id desc", limit=LATEST))
        records = model.browse([] if isinstance(found, Failure) else found.ids)
        described = model.fields_get(attributes=["type"])
        types = {field: values["type"] for field, values in described.items()}
        return Target(records, types, self.is_near(name), is_readable)

    def attempt(self, method, *args, **kwargs):
        """Return the answer, or the text of the error; nothing that was changed stays."""
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                answer = method(*args, **kwargs)
                savepoint.rollback()
                return answer
        except Exception as error:
            return Failure(error)

    def ask_each(self, method, items, least=1):
        """Ask for all items at once; where that fails, for half of them, down to ``least``."""
        answer = self.attempt(method, items) if items else None
        if isinstance(answer, Failure) and len(items) > least:
            half = len(items) // 2
            yield from self.ask_each(method, items[:half], least)
            yield from self.ask_each(method, items[half:], least)
        else:
            yield answer

    # === The ways to ask === #

    def read(self, target):
        """Read all fields; those to many hold ids, and often fail because of their other end."""
        if target.records:
            single = [name for name in target.visible if not target.types[name].endswith("2many")]
            yield from self.ask_each(target.records.read, single)
            yield from self.ask_each(target.records.read, target.hidden)

    def export(self, target):
        """Export near models, over two relations to models of ours."""
        if target.is_near and target.records:
            paths = [path for name in target.visible for path in self.find_paths(target, name)]
            export = target.records[:5].export_data
            yield from self.ask_each(export, paths)
            yield from self.ask_each(export, target.hidden)

    def find_paths(self, target, name, depth=2):
        yield name
        comodel = target.fields[name].comodel_name or ""
        if depth and comodel.startswith("channel."):
            beyond = self.get_target(comodel)
            for other in [*beyond.types, *beyond.hidden]:
                for path in self.find_paths(beyond, other, depth - 1):
                    yield f"{name}/{path}"

    def names(self, target):
        yield self.attempt(target.records.name_search, "", limit=LATEST)
        yield self.attempt(target.records.mapped, "display_name")

    def defaults(self, target):
        yield self.attempt(target.records.default_get, list(target.types))
        yield self.attempt(target.records[:3].copy_data)

    def onchange(self, target):
        """Open an empty form and a filled one, with all fields in it."""
        if target.name in self.have_forms or target.is_near:
            for record in (target.records.browse(), *target.records[:1]):
                yield from self.open_form(record, target)

    def open_form(self, record, target):
        def ask(names):
            return record.onchange({}, [], {name: {} for name in names})

        # What fails is often a field of another add-on, and each question computes a whole form.
        yield from self.ask_each(ask, target.visible, least=4)
        yield from self.ask_each(ask, target.only_ours(target.visible))
        for name in target.hidden:
            yield self.attempt(ask, [name])

    def groups(self, target):
        """Collect the values of all columns by aggregates, and of those of ours by groups."""
        columns, hidden = target.columns, target.hidden
        numbers = [name for name in target.only_ours(columns) if target.types[name] in NUMBERS]
        aggregates = [f"{name}:array_agg" for name in columns]
        aggregates += [
            f"{name}:{kind}"
            for name in [*numbers, *hidden]
            for kind in ("array_agg_distinct", "sum", "avg", "max", "min")
        ]
        ask = target.records.formatted_read_group
        yield from self.ask_each(lambda few: ask(target.domain, [], few), aggregates)
        for name in target.only_ours([*columns, *hidden]):
            part = ":day" if target.fields[name].type in ("date", "datetime") else ""
            yield self.attempt(ask, target.domain, [f"{name}{part}"], ["id:array_agg"])

    def panels(self, target):
        for name in target.only_ours(target.visible):
            if target.types[name] in ("many2one", "selection"):
                yield self.attempt(target.records.search_panel_select_range, name)
            if target.types[name] in ("many2one", "many2many", "selection"):
                yield self.attempt(target.records.search_panel_select_multi_range, name)

    def views(self, target):
        """Read what screens are made of, and descriptions, which are open to everybody."""
        if target.is_near:
            yield self.attempt(target.records.fields_get)
        if target.name.startswith("channel."):
            kinds = [(False, kind) for kind in ("form", "list", "search")]
            yield self.attempt(target.records.get_views, kinds)

    def files(self, target):
        """Read the bytes of attachments, also of those that are the value of a field."""
        if target.name == "ir.attachment":
            records = target.records.with_context(bin_size=False)
            for record in self.attempt(records.search, target.domain, order="id desc"):
                for name in ("raw", "index_content"):
                    value = self.attempt(lambda r=record, n=name: r[n])
                    yield value.decode("latin-1") if isinstance(value, bytes) else value

    # === Blind questions === #

    def find_oracles(self, target, names):
        """Return the ways in which a question about hidden fields gets an answer at all."""
        records = target.records
        ways = {
            "search": lambda name: records.search([(name, "!=", False)]),
            "compare": lambda name: records.search_count([(name, ">", 1)]),
            "order": lambda name: records.search([], order=name, limit=1),
            "order down": lambda name: records.search([], order=f"{name} desc", limit=1),
            "group": lambda name: records._read_group([], [name]),
            "aggregate": lambda name: records._read_group([], [], [f"{name}:max"]),
            "having": lambda name: records._read_group(
                [], ["id"], [], having=[(f"{name}:max", ">", 1)]
            ),
        }
        return [
            f"{records._name}.{name}: {way}"
            for name in names
            for way, ask in ways.items()
            if not isinstance(self.attempt(lambda: str(ask(name))), Failure)  # noqa: B023
        ]


def find_in_tables(cr):
    """Return ``{table: secrets}`` of the latest rows of every table, as PostgreSQL writes them."""
    cr.execute(
        """SELECT t.table_name, bool_or(c.column_name = 'id') FROM information_schema.tables t
             JOIN information_schema.columns c USING (table_schema, table_name)
            WHERE t.table_schema = current_schema AND t.table_type = 'BASE TABLE'
         GROUP BY t.table_name"""
    )
    found = {}
    for table, has_id in cr.fetchall():
        order = "ORDER BY id DESC" if has_id else ""
        cr.execute(f'SELECT t::text FROM "{table}" t {order} LIMIT 200')
        if secrets := secrets_in_rows("\n".join(text for (text,) in cr.fetchall())):
            found[table] = secrets
    return found
