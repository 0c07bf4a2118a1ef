"""Two worlds that differ in rates only, and all that a user can read in each of them.

A world is made in a savepoint and taken back. Ids come from sequences, which PostgreSQL does not
take back; here they are set back as well, and the clock stands still, so that whatever differs
between two worlds comes from their rates.
"""

import random
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from freezegun import freeze_time
from odoo.tests import new_test_user
from odoo.tools import SQL

from .accrual_common import AccrualCase
from .common import PRICES, ChannelCase
from .secrecy_common import OUTSIDERS

NOW = datetime(2025, 4, 10, 12)
HUNDRED = dict.fromkeys(PRICES, 100)
# Brackets of a line with tiers: how many there are is a secret as well.
TIERS_1 = (("0", "3"), ("5000", "4.5"))
TIERS_2 = (("0", "21"), ("1000", "22"), ("4000.5", "23"), ("90000", "24.1234"))
# Rates by partner, in the order of the products.
WORLD_1 = {"Dealer A": ("17.3891", "18.4173", "19.5287"), "Dealer B": ("16.1", "15.2", "14.3")}
WORLD_1 |= {"Dealer C": (TIERS_1, "4", "5"), "Sub S": ("10.6", "11.7", "12.8")}
WORLD_2 = {"Dealer A": ("2.5", "1", "4.25"), "Dealer B": ("6", "7.0001", "0")}
WORLD_2 |= {"Dealer C": (TIERS_2, "0.5", "33.3333"), "Sub S": ("1", "0", "0.0001")}
# Made by chance: they commit to rates, or name a message, and are never the same twice.
BY_CHANCE = {"fingerprint", "line_hash", "entry_hash", "previous_hash", "register_hash"}
BY_CHANCE |= {"message_id", "access_token"}
# Records looked at of each model; a world makes fewer of a kind, and none of technical models.
LATEST, FEW = 40, 5
TECHNICAL = ("ir.ui", "ir.model", "ir.actions", "res.country", "res.currency", "res.groups", "uom")
TABLES = SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
# Written by this transaction or one of its savepoints.
WRITTEN = """SELECT %s, to_jsonb(t) FROM %s AS t
              WHERE t.xmin::text::bigint >= pg_current_xact_id()::text::bigint"""
SEQUENCES = SQL(
    """SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),
              COALESCE(last_value, start_value), last_value IS NOT NULL
         FROM pg_sequences"""
)


class Worlds(ChannelCase):
    """Dealers A, B and C and A's sub-distributor S, with their sales, before any rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        AccrualCase.configure.__func__(cls, cls.company)
        names = ("Dealer A", "Dealer B", "Dealer C")
        cls.dealers = [cls.make_dealer(name) for name in names]
        cls.sub_s = cls.make_sub("Sub S", cls.dealers[0])
        cls.make_outsiders()
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=date(2025, 1, 20))
        cls.make_order(cls.sub_s, dict.fromkeys(PRICES, 50))
        cls.make_order(cls.dealers[0], {"soap": 3}, day=date(2025, 4, 2), confirm=False)
        cls.fields = {}
        cls.agreements = cls.env["channel.agreement"]
        for partner in (*cls.dealers, cls.sub_s):
            cls.agreements |= cls.make_agreement(partner, dict.fromkeys(PRICES))
        cls.agreements[2].line_ids[0].tier_mode = "whole"
        cls.env.flush_all()

    @classmethod
    def make_outsiders(cls):
        """Make those who ask, a dealer and the salesperson of all dealers among them."""
        for role, groups in OUTSIDERS.items():
            if role == "portal":
                cls.users[role] = cls.make_portal_user(cls.dealers[0])
            else:
                cls.users[role] = new_test_user(cls.env, login=f"outer_{role}", groups=groups)
        cls.sub_s.union(*cls.dealers).user_id = cls.users["salesperson"]

    @contextmanager
    def world(self, rates, *steps):
        """Live through a quarter with these rates, and take it back."""
        with freeze_time(NOW), self.env.cr.savepoint() as savepoint:
            before = self.env.execute_query(SEQUENCES)
            for agreement in self.agreements:
                self.enter(agreement, rates[agreement.partner_id.name])
            self.sign(self.agreements)
            for step in steps:
                step()
            self.settle_down()
            yield
            savepoint.rollback()
        self.env.invalidate_all()
        self.registry.clear_all_caches()
        for name, value, called in before:
            self.env.cr.execute("SELECT setval(%s, %s, %s)", [name, value, called])

    def enter(self, agreement, rates):
        """Enter rates line by line: a decimal, or the brackets of a line with tiers (texts)."""
        brackets = [(("0", rate),) if isinstance(rate, str) else rate for rate in rates]
        records = self.rates_of(agreement)
        self.model("keeper", "channel.rate")._store_brackets(
            {
                record: tuple((Decimal(start), Decimal(rate)) for start, rate in rows)
                for record, rows in zip(records, brackets, strict=True)
            }
        )

    def settle_down(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def seen(self, role):
        """Return ``{(model, id, field): value}`` of all that a role reads, counts and sums up."""
        # What another user has computed stays in the cache of a transaction.
        self.env.invalidate_all()
        seen = {}
        env = self.model(role, "base").env
        for name in env.registry:
            model = env[name].with_context(active_test=False, bin_size=True)
            if model._abstract or not model.has_access("read"):
                continue
            seen[name, 0, "count"] = self.attempt(model.search_count, [])
            if not seen[name, 0, "count"]:
                continue
            names, sums = self.get_fields(role, model)
            for row in self.read_latest(model, names):
                seen |= {(name, row["id"], key): row[key] for key in row.keys() - BY_CHANCE}
            if sums:
                seen[name, 0, "sums"] = self.attempt(model.formatted_read_group, [], [], sums)
        return seen

    def get_fields(self, role, model):
        """Return names of the fields that a role reads, and what a list sums up below.

        Both are the same in every world; those that fail are left out once they have.
        """
        key = role, model._name
        if key not in self.fields:
            described = model.fields_get(attributes=["aggregator"])
            sums = [name for name, field in described.items() if field.get("aggregator") == "sum"]
            self.fields[key] = set(described) - {"id"}, [f"{name}:sum" for name in sums]
        return self.fields[key]

    def read_latest(self, model, names):
        limit = FEW if model._name.startswith(TECHNICAL) else LATEST
        records = self.attempt(lambda: model.search([], order="id desc", limit=limit))
        if not records:
            return []
        if (rows := self.attempt(records.read, sorted(names))) is not None:
            return rows
        rows = {record.id: {"id": record.id} for record in records}
        for name in sorted(names):
            if (values := self.attempt(records.read, [name])) is None:
                names.discard(name)
            for row in values or []:
                rows[row["id"]] |= row
        return list(rows.values())

    def attempt(self, method, *args):
        # Odoo draws samples at random for a dashboard without data.
        random.seed(0)
        try:
            with self.env.cr.savepoint(flush=False):
                return method(*args)
        except Exception:
            return None

    def stored(self):
        """Return ``{(table, number, column): value}`` of all rows that this test has written."""
        tables = [name for (name,) in self.env.execute_query(TABLES)]
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(SQL(WRITTEN, name, SQL.identifier(name)) for name in tables)
        )
        ordered = sorted(rows, key=lambda row: (row[0], row[1].get("id", 0), str(row[1])))
        return {
            (table, number, column): value
            for number, (table, row) in enumerate(ordered)
            for column, value in row.items()
        }

    def differing(self, one, other):
        """Return the keys of what is not the same in both."""
        return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
