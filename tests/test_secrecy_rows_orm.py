"""Ways out by the ORM: rows 1 to 26 of docs/secrecy.rst, but for those of custom fields."""

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_rebate.const import HOLDERS

from .common import PRICES
from .secrecy_calls import ANSWER, NOTHING, REFUSED, grouping, on, paths, reading, searching
from .secrecy_common import OUTSIDERS, SECRET_A
from .secrecy_rows import PLANT, RowsCase

# What salespeople and accountants read of an agreement.
PUBLIC = ("channel.agreement", "channel.agreement.line", "channel.period")
READERS = ("salesperson", "sales_manager", "accountant")
OWN_NAMES = ("channel.agreement", "channel.agreement.line", "channel.settlement", "channel.rate")


@tagged("post_install", "-at_install")
class TestRowsOfTheOrm(RowsCase):
    # === Access lines and rules that an administrator hands out === #

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

    def test_row_01_access_lines_and_rules_open_no_rate(self):
        self.open_model("channel.rate")
        self.assertRefused([*reading(self.rates.ids, self.period.id), *searching(), *grouping()])

    def test_row_04_rules_can_not_test_a_rate(self):
        rows = [
            ("channel.rate", "rate"),
            ("channel.statement", "expected_net_amount"),
            ("channel.statement.line", "statement_id.expected_net_amount"),
        ]
        Rule = self.model("administrator", "ir.rule")
        for model, path in rows:
            values = {"name": "Curious", "model_id": self.env["ir.model"]._get(model).id}
            for domain in (f"[('{path}', '>', 17)]", f"[('{path}', '=', {PLANT})]"):
                with self.subTest(model=model), self.assertRaisesRegex(Exception, path[-6:]):
                    Rule.create({**values, "domain_force": domain})
                    self.model("keeper", model).search([])
            Rule.create({**values, "domain_force": "[('id', '!=', 0)]"})

    def test_row_05_fields_of_holders_on_a_model_that_was_opened(self):
        for name in ("channel.settlement", "channel.statement", "channel.statement.line"):
            self.open_model(name)
        self.assertKeeperGets(self.secret_calls())
        for role in OUTSIDERS:
            for call in self.secret_calls():
                with self.subTest(role=role, call=str(call)):
                    self.assertNoSecret(self.answer_or_error(role, call))

    # === What is asked for, and what comes along with it === #

    def read_public(self, env, agreement):
        """Return all that ``env`` reads of a dealer's agreement and what belongs to it."""
        records = (agreement, agreement.line_ids, agreement.period_id)
        partner = agreement.partner_id.with_env(env)
        names = [name for name in partner.fields_get() if name.startswith("channel_")]
        return [partner.read([*names, "write_date"]), *(r.with_env(env).read() for r in records)]

    def make_draft(self):
        """Return an agreement without rates, last changed long ago."""
        dealer = self.make_dealer("Dealer C")
        draft = self.make_agreement(dealer, dict.fromkeys(PRICES))
        self.env.flush_all()
        for table in ("channel_agreement", "channel_agreement_line", "channel_period"):
            self.env.cr.execute(f"UPDATE {table} SET write_date = '2025-01-01', write_uid = 1")
        self.env.invalidate_all()
        return draft

    def test_row_02_descriptions_of_fields(self):
        secret = {"rate", "brackets", "example", "token"}
        domain = [("model", "in", self.our_models())]

        def look(env):
            texts = {name: env[name].fields_get() for name in self.our_models()}
            return [texts, env["ir.model.fields"].search_read(domain)]

        for role in OUTSIDERS:
            names = self.model(role, "channel.rate").fields_get()
            with self.subTest(role=role):
                self.assertFalse(secret & names.keys())
        self.assertUntold(look, [*OUTSIDERS, "keeper"])
        self.env["ir.model.fields"].sudo()._get("channel.rate", "is_entered").help = PLANT
        self.env.registry.clear_all_caches()
        self.assertTold(look, "rights_manager")

    def test_row_06_paths_of_a_search(self):
        calls = [call for call in paths(self.agreements.ids) if call.method == "search"]
        self.assertKeeperGets(calls)
        self.assertRefused(calls, kinds=("AccessError", "ValueError"), empty=NOTHING)

    def test_row_07_searches_that_skip_rules(self):
        expected = [("expected_net_amount", ">", 1)]
        calls = [
            on(model)("search", [(name, operator, domain)], keeper=REFUSED)
            for operator in ("any!", "not any!")
            for model, name, domain in (
                ("channel.rate", "line_id", []),
                ("account.move", "channel_statement_id", expected),
                ("channel.agreement", "line_ids", [("rate", ">", 1)]),
            )
        ]
        self.assertKeeperGets(calls)
        self.assertRefused(calls, kinds=("AccessError", "ValueError"))
        calls = [on("account.move")("search", [("line_ids", "any", [])], keeper=ANSWER)]
        self.assertKeeperGets(calls)

    def test_row_11_no_search_method_answers(self):
        fields = [
            field
            for name in self.our_models()
            for field in self.env[name]._fields.values()
            if field.groups == HOLDERS
        ]
        self.assertGreater(len(fields), 11)
        for field in fields:

            def search(env, field=field):
                return env[field.model_name].search([(field.name, ">", 17)])

            with self.subTest(field=str(field)):
                self.assertFails(search, "AccessError|ValueError", [*OUTSIDERS, "keeper"])

    def test_row_12_nothing_is_derived_from_a_rate(self):
        draft = self.make_draft()

        def look(env):
            return self.read_public(env, draft)

        before = {role: self.tell(look, role) for role in READERS}
        self.enter_rates(draft, SECRET_A.values())
        self.assertEqual({role: self.tell(look, role) for role in READERS}, before)
        draft.line_ids[0].with_user(self.users["keeper"]).measure = "quantity"
        for role in READERS:
            self.assertNotEqual(self.tell(look, role), before[role])

    def test_row_13_fields_of_holders_break_no_reading(self):
        self.approve()
        for model in (*PUBLIC, "channel.statement", "channel.statement.line"):
            for role in READERS:
                self.env.invalidate_all()
                records = self.model(role, model).search([], limit=20)
                with self.subTest(role=role, model=model):
                    self.assertTrue(records and records.read())

    def test_row_17_what_forms_send(self):
        agreement, move = on("channel.agreement"), on("account.move")
        statement = on("channel.statement")
        ids, lines = self.agreements.ids, {"line_ids": {"fields": {"rate": {}}}}
        expected = {"channel_statement_id": {"fields": {"expected_net_amount": {}}}}
        net = {"expected_net_amount": {}}
        calls = [
            agreement("web_read", ids, {"rate_count": {}}, keeper=ANSWER),
            agreement("web_read", ids, lines, keeper=REFUSED),
            agreement("web_save", ids[:1], {}, {"rate_count": {}}, keeper=ANSWER),
            agreement("onchange", ids[:1], {}, [], {"rate_count": {}}, keeper=ANSWER),
            statement("web_read", self.statements.ids, net),
            move("onchange", [], {}, [], expected, keeper=REFUSED),
            move("web_search_read", [("channel_statement_id", "!=", False)], expected),
        ]
        self.assertKeeperGets(calls[:-1])
        for call in calls:
            for role in OUTSIDERS:
                with self.subTest(role=role, call=str(call)):
                    self.assertNoSecret(self.answer_or_error(role, call))

    def test_row_18_the_cache_of_others_is_of_no_use(self):
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

    def test_row_19_searching_by_name(self):
        names = [name for name in self.our_models() if name in OWN_NAMES] + ["res.partner"]

        def look(env):
            asked = [name for name in names if env[name].has_access("read")]
            return [env[name].name_search(PLANT) for name in asked]

        self.assertUntold(look, [*OUTSIDERS, "keeper"])
        self.dealer_a.name = f"Dealer {PLANT}"
        self.assertTold(look, "salesperson")
        for name in self.our_models():
            fields = self.env[name]._rec_names_search or ()
            groups = {self.env[name]._fields[path.split(".")[0]].groups for path in fields}
            with self.subTest(name):
                self.assertFalse(groups - {None})

    def test_row_20_exports(self):
        def export(env):
            return self.rates.with_env(env).export_data(["line_id", "rate"])

        def export_statements(env):
            return self.statements.with_env(env).export_data(["line_ids/expected_rate"])

        for attempt in (export, export_statements):
            self.assertUntold(attempt)
            self.assertTold(attempt, "keeper")
        self.users["keeper"].group_ids -= self.env.ref("base.group_allow_export")
        self.assertFails(export, "AccessError|UserError", ["keeper"])
        self.assertFalse(self.env["ir.exports"].search([("resource", "in", self.our_models())]))

    def test_row_21_copies_and_defaults(self):
        for role in OUTSIDERS:
            rate = self.model(role, "channel.rate").with_context(default_rate=1)
            with self.subTest(role=role):
                self.assertEqual(rate.default_get(["token", "brackets"]), {})
                self.assertNoSecret(self.rates.with_user(rate.env.user).copy_data())
                self.assertFalse(rate.load(["id", "rate"], [["x.y", "1"]])["ids"])
        next_period = self.make_period("2025-04-01", "2025-06-30")
        agreement = self.as_role("keeper", self.agreement_a)
        copy = agreement.copy({"period_id": next_period.id, "partner_id": self.dealer_a.id})
        self.assertEqual(len(copy.line_ids), 3)
        self.assertEqual(set(self.rates_of(copy).mapped("is_entered")), {False})

    def test_row_22_defaults_are_refused(self):
        """Defaults are in clear, and every internal user reads everybody's."""
        Default = self.model("keeper", "ir.default")
        for model, name in (("channel.rate", "rate"), ("channel.rate", "brackets")):
            value = float(PLANT) if name == "rate" else PLANT
            with self.refused("can't have a default", ValidationError):
                Default.set(model, name, value, True)

        def look(env):
            return env["ir.default"].search_read([], ["field_id", "json_value"])

        self.assertUntold(look)
        Default.set("channel.agreement", "signatory", PLANT, True)
        self.assertTold(look, "employee")
        fields = [field for name in self.our_models() for field in self.env[name]._fields.values()]
        self.assertFalse([field for field in fields if field.company_dependent])

    def test_row_23_favourites(self):
        """The client offers only what can be searched, sorted or grouped by."""
        described = self.model("keeper", "channel.rate").fields_get()
        for name in ("rate", "brackets", "example"):
            for use in ("searchable", "sortable", "groupable"):
                with self.subTest(field=name, use=use):
                    self.assertFalse(described[name].get(use))
        self.assertTrue(described["line_id"]["searchable"])

        def look(env):
            return env["ir.filters"].search_read([])

        self.assertUntold(look)
        values = {"name": "Shared", "model_id": "channel.agreement", "user_ids": []}
        domain = f"[('signatory', '=', '{PLANT}')]"
        self.env["ir.filters"].create({**values, "domain": domain})
        self.assertTold(look, "employee")

    def test_row_24_counts_and_panels(self):
        rate = on("channel.rate")
        bar = {"field": "state", "colors": {"signed": "success"}}
        calls = [
            rate("search_count", [], keeper=ANSWER),
            rate("web_search_read", [], {}, keeper=ANSWER, count_limit=1),
            rate("read_progress_bar", [], "role", bar, keeper=ANSWER),
            rate("search_panel_select_range", "state", keeper=ANSWER),
        ]
        self.assertKeeperGets(calls)
        self.assertRefused(calls)
        buttons = {name for name in self.env["channel.agreement"]._fields if "count" in name}
        self.assertIn("rate_count", buttons)
        for role in READERS:
            shown = self.model(role, "channel.agreement").fields_get(buttons)
            with self.subTest(role=role):
                self.assertNotIn("rate_count", shown)

    def test_row_25_nobody_sees_when_a_rate_was_entered(self):
        draft = self.make_draft()
        self.enter_rates(draft, SECRET_A.values())
        self.rates_of(draft)[0].rate = 1
        self.env.flush_all()
        for role in READERS:
            self.env.invalidate_all()
            for records in (draft, draft.line_ids, draft.period_id):
                rows = self.as_role(role, records).get_metadata()
                seen = {(row["write_date"].year, row["write_uid"][0]) for row in rows}
                with self.subTest(role=role, model=records._name):
                    self.assertEqual(seen, {(2025, 1)})
        dates = self.rates_of(draft).mapped("write_date")
        self.assertNotIn(2025, {date.year for date in dates})

    def test_row_26_numbers_count_runs_and_no_rates(self):
        def look(env):
            sequences = env["ir.sequence"].search([("code", "=like", "channel%")])
            return sequences.date_range_ids.mapped("number_next_actual")

        before = self.tell(look, "employee")
        self.assertTrue(before)
        other = self.make_dealer("Dealer C")
        self.sign(self.make_agreement(other, SECRET_A))
        self.assertEqual(self.tell(look, "employee"), before)
        self.compute(dealer_ids=[Command.link(other.id)])
        self.assertNotEqual(self.tell(look, "employee"), before)
