"""Ways out by reports, files, transport, logs and people: rows 54 to 68 of docs/secrecy.rst."""

import psycopg2
from lxml import etree
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.channel_rebate.const import HOLDERS, KEEPER, OFFICER

from .common import PRICES
from .secrecy_common import OUTSIDERS
from .secrecy_rows import PLANT, RowsCase

CHECKS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = 'channel_rate'::regclass AND contype = 'c'
"""
COLUMNS = ("line_id", "agreement_id", "company_id", "token", "is_entered")
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'channel_rate'"


@tagged("post_install", "-at_install")
class TestRowsOfRendering(RowsCase):
    # === Reports, attachments, the database's own errors, logs === #

    def make_report(self, model, expression, **values):
        name = f"channel_rebate.probe_{len(expression)}"
        line = f'<p t-foreach="docs" t-as="o">found: <t t-out="{expression}"/></p>'
        arch = f'<t t-name="{name}">{line}</t>'
        self.env["ir.ui.view"].create({"type": "qweb", "name": name, "key": name, "arch": arch})
        values = {"name": name, "model": model, "report_name": name, **values}
        return self.env["ir.actions.report"].create({**values, "report_type": "qweb-html"})

    def print_as(self, report, records):
        def attempt(env):
            render = env["ir.actions.report"]._render_qweb_html
            return render(report, records.ids)[0].decode()

        return attempt

    def test_row_54_reports_of_ones_own(self):
        """Nobody asks which group a report is for, so a template is all that counts."""
        ways = {
            "channel.rate": ("o.sudo().rate", "o.rate", "o.sudo().example"),
            "channel.statement": (
                "o.sudo().expected_net_amount",
                "o.expected_net_amount",
                "o.sudo().line_ids.mapped('expected_rate')",
            ),
        }
        for model, expressions in ways.items():
            records = self.rates if model == "channel.rate" else self.statements
            for expression in expressions:
                attempt = self.print_as(self.make_report(model, expression), records)
                with self.subTest(model=model, expression=expression):
                    self.assertUntold(attempt, [*OUTSIDERS, "keeper"])
        report = self.make_report("channel.statement", "o.display_name")
        told = self.tell(self.print_as(report, self.statements), "keeper")
        self.assertIn("Dealer A", told)

    def test_row_54_our_own_report_before_the_reveal(self):
        def attempt(env):
            report = env["report.channel_rebate.report_statement"]
            data = {"papers": [{"rate": PLANT}], "docs": self.statements.ids}
            return str(report._get_report_values(self.statements.ids, data)["papers"])

        self.assertFails(attempt, "AccessError|approve the settlement", [*OUTSIDERS, "keeper"])
        self.approve()
        self.assertTold(attempt, "keeper")
        self.assertTold(attempt, "sales_manager")

    def test_row_55_stored_reports(self):
        ours = [
            report
            for report in self.env["ir.actions.report"].search([])
            if report.report_name.startswith("channel_rebate")
        ]
        self.assertGreater(len(ours), 1)
        for report in ours:
            with self.subTest(report.report_name):
                self.assertFalse(report.attachment_use or report.attachment)
        self.approve()
        values = {"attachment": "'Settlement.html'", "attachment_use": True}
        report = self.make_report("channel.statement", "o.net_amount", **values)
        self.assertIn("9365.35", self.tell(self.print_as(report, self.statements), "keeper"))
        stored = self.env["ir.attachment"].sudo().search([("res_model", "=like", "channel%")])
        self.assertFalse(stored.filtered(lambda file: PLANT in str(file.index_content)))

    def test_row_56_attachments(self):
        def look(env):
            files = env["ir.attachment"].search([], order="id desc", limit=50)
            return files.read(["name", "description", "index_content", "raw"])

        values = {"period_id": self.period.id, "filename": "rates.csv"}
        sheet = self.model("keeper", "channel.rate.import").create(
            {**values, "file": "TGluZSxSYXRlCjEsMTcuMzg5MQo="}
        )
        self.env.flush_all()
        self.assertUntold(look)
        secret = [("res_model", "in", ["channel.rate", "channel.rate.import"])]
        self.assertFalse(self.env["ir.attachment"].sudo().search(secret))
        self.assertTrue(sheet.sudo().token)
        plant = {"name": "note.txt", "raw": PLANT.encode(), "mimetype": "text/plain"}
        owner = {"res_model": "channel.agreement", "res_id": self.agreement_a.id}
        self.env["ir.attachment"].create({**plant, **owner})
        self.assertTold(look, "salesperson")

    def test_row_57_what_the_database_says_of_a_row(self):
        self.env.cr.execute(CHECKS)
        self.assertEqual(self.env.cr.fetchall(), [])
        breaking = (
            "UPDATE channel_rate SET line_id = NULL WHERE id = %s",
            "INSERT INTO channel_rate (line_id, token) SELECT line_id, token"
            " FROM channel_rate WHERE id = %s",
            "UPDATE channel_rate SET agreement_id = -1 WHERE id = %s",
        )
        for statement in breaking:
            with self.subTest(statement):
                error = self.error_of(statement, [self.rates[0].id])
                told = f"{error} {error.diag.message_detail}"
                self.assertRegex(told, "Failing row contains|Key .* already exists|not present")
                self.assertNoSecret(told)

    def error_of(self, *query):
        """Return the error of a query, of which the log has been checked."""
        with (
            self.assertLogs("odoo.sql_db", "ERROR") as logs,
            self.assertRaises(psycopg2.Error) as caught,
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(*query)
        self.assertIn("channel_rate", "\n".join(logs.output))
        self.assertNoSecret("\n".join(logs.output))
        return caught.exception

    def test_row_57_no_index_holds_a_number(self):
        self.env.cr.execute(INDEXES)
        columns = {
            name for _name, text in self.env.cr.fetchall() for name in COLUMNS if name in text
        }
        self.assertEqual(columns, {"line_id", "agreement_id"})

    def test_row_58_the_log_of_queries_holds_ciphertext(self):
        """Statements with their values, as the server logs them at its most talkative."""
        values = {"period": self.make_period("2025-04-01", "2025-06-30")}
        draft = self.make_agreement(self.dealer_a, dict.fromkeys(PRICES, "1"), **values)
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            self.rates_of(draft)[0].rate = 17.3891
            self.seal(draft)
            self.env.flush_all()
        text = "\n".join(logs.output)
        self.assertIn("UPDATE channel_rate", text)
        self.assertNoSecret(text)

    def test_row_58_the_log_of_failed_queries(self):
        token = self.rates.sudo()[0].token
        error = self.error_of("UPDATE channel_rate SET token = %s, id = 'x'", [token])
        self.assertIn("invalid input syntax", str(error))

    # === What kind of field a rate is, and who is who === #

    def secret_fields(self):
        fields = [field for name in self.our_models() for field in self.env[name]._fields.values()]
        return [field for field in fields if field.groups == HOLDERS or field.name == "token"]

    def test_row_60_no_pivot_takes_a_rate(self):
        """A shared spreadsheet is a copy under a public address; a rate gets into none."""
        described = {
            field.model_name: self.model("keeper", field.model_name).fields_get()
            for field in self.secret_fields()
        }
        for field in self.secret_fields():
            shown = described[field.model_name].get(field.name, {})
            with self.subTest(field=str(field)):
                for use in ("searchable", "sortable", "groupable", "store"):
                    self.assertFalse(shown.get(use))
        measure = described["channel.statement"]["base_amount"]
        self.assertTrue(measure["store"] and measure["aggregator"])

    def test_row_63_who_manages_rights_and_fields(self):
        """He may join the holders or take over one, which all of them see; nothing else helps."""
        manager = self.users["rights_manager"]
        values = {"name": "Mine", "model_id": self.env["ir.model"]._get("channel.rate").id}
        rights = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True)
        self.env["ir.model.access"].with_user(manager).create({**values, **rights})
        rules = self.env["ir.rule"].with_user(manager)
        rules.search([("model_id", "=", values["model_id"])]).unlink()

        def look(env):
            return [env["channel.rate"].search([]).read(["rate"])]

        self.assertUntold(look)
        self.assertTold(look, "keeper")
        with self.assertRaises(AccessError):
            self.as_role("rights_manager", self.rates)._unseal_many()

    def test_row_64_administrators_are_no_holders(self):
        for name in ("base.user_admin", "base.user_root", "base.default_user_group"):
            if record := self.env.ref(name, raise_if_not_found=False):
                groups = record.all_group_ids if name != "base.default_user_group" else record
                holders = self.env.ref(KEEPER) + self.env.ref(OFFICER)
                with self.subTest(name):
                    self.assertFalse(groups & holders)
        self.assertFalse(self.users["administrator"].has_groups(HOLDERS))
        self.assertTrue(self.users["keeper"].has_groups(HOLDERS))

    def test_row_64_no_group_of_odoo_makes_a_holder(self):
        for name in (KEEPER, OFFICER):
            implying = self.env.ref(name).all_implied_by_ids - self.env.ref(name)
            with self.subTest(name):
                self.assertFalse(implying)

    def test_row_65_scheduled_actions(self):
        """They run elevated, and rates answer no elevated code."""
        jobs = self.env["ir.cron"].with_context(active_test=False).search([])
        ours = jobs.filtered(lambda job: job.model_id.model.startswith("channel."))
        self.assertGreater(len(ours), 1)
        latest = self.env["mail.message"].sudo().search([], order="id desc", limit=1)
        with self.enter_registry_test_mode():
            for job in ours:
                job.method_direct_trigger()
        self.env.invalidate_all()
        said = self.env["mail.message"].sudo().search([("id", ">", latest.id)])
        self.assertNoSecret([said.read(), self.env["ir.cron.progress"].sudo().search([]).read()])
        self.assertFalse([user for user in ours.user_id if user.has_groups(HOLDERS)])
        root = self.rates.with_user(self.env.ref("base.user_root"))
        self.assertEqual(set(root.mapped("rate")), {0.0})

    def test_row_66_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["stranger"] = new_test_user(
            self.env,
            login="test_stranger",
            groups=f"{HOLDERS},base.group_allow_export",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        mine = {"allowed_company_ids": self.company.ids}
        ways = [
            lambda env: env["channel.rate"].search([]).mapped("rate"),
            lambda env: self.rates.with_env(env).read(["rate"]),
            lambda env: self.statements.with_env(env).read(["expected_net_amount"]),
            lambda env: env["channel.rate"]._unseal_lines(self.agreement_a.line_ids),
            lambda env: self.rates.with_env(env).with_context(**mine).read(["rate"]),
            lambda env: env["channel.rate"].with_context(**mine).get_grid(self.period.id),
        ]
        for way in ways:
            self.assertUntold(way, ["stranger"])
        for way in (ways[0], ways[1], ways[4], ways[5]):
            self.assertTold(way, "keeper")

    def test_row_67_groups_of_views_are_groups_of_fields(self):
        """What a view shows to holders only, the field itself tells to holders only."""
        domain = [("module", "=", "channel_rebate"), ("model", "=", "ir.ui.view")]
        ids = self.env["ir.model.data"].search(domain).mapped("res_id")
        views = self.env["ir.ui.view"].browse(ids)
        nodes = [node for view in views for node in etree.fromstring(view.arch).iter("field")]
        shown = {node.get("name") for node in nodes if self.is_for_holders(node.get("groups"))}
        names = {field.name for field in self.secret_fields()}
        # Activities and reasons have no amounts, and what is revealed is empty until it is.
        self.assertLessEqual(shown, names | {"activity_ids", "amount", "late_reason"})
        self.assertTrue(shown)
        self.assertTrue(names & {node.get("name") for node in nodes})

    def is_for_holders(self, groups):
        return groups and set(groups.split(",")) <= {KEEPER, OFFICER}

    def test_row_68_kinds_of_fields(self):
        kinds = {field.type for field in self.secret_fields()}
        self.assertEqual(kinds & {"properties", "properties_definition", "json"}, set())
        self.assertLessEqual({"float", "monetary", "char", "text"}, kinds)
        for name in self.our_models():
            types = {field.type for field in self.env[name]._fields.values()}
            with self.subTest(name):
                self.assertFalse(types & {"properties", "properties_definition"})
