"""Ways out by a real server: rows 3, 54, 55 to 57, 59, 61 and 62 of docs/secrecy.rst."""

import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .secrecy_calls import Call, Refused
from .secrecy_common import OUTSIDERS, SecrecyHttpCase, secrets_in
from .secrecy_rows import PLANT
from .test_secrecy_http import HttpCalls

MUTED = ("odoo.http", "odoo.addons.rpc.controllers.json2", "odoo.addons.rpc.controllers.xmlrpc")


@tagged("post_install", "-at_install")
class TestRowsOfHttp(HttpCalls, SecrecyHttpCase):
    def open_as(self, role, url, **kwargs):
        self.log_in(role)
        with mute_logger(*MUTED, "odoo.addons.web.controllers.report", "odoo.sql_db"):
            return self.url_open(url, **kwargs)

    def told(self, role, call):
        return str(self.answer_or_error(role, call))

    def test_row_03_rules_in_debug_mode(self):
        """There Odoo names the record that a rule hides, read with all rights."""
        other = self.agreement_b
        self.dealer_b.user_id = self.users["sales_manager"]
        user = self.users["salesperson"]
        self.session = self.authenticate(user.login, user.login, session_extra={"debug": "1"})
        names = Call("channel.agreement", "read", [other.ids, ["state"]])
        told = self.told("salesperson", names)
        self.assertIn("Dealer B", told)
        self.assertEqual(secrets_in(told), set())
        rates = self.told("salesperson", Call("channel.rate", "read", [self.rates.ids, ["state"]]))
        self.assertIn("open to rate keepers", rates)
        self.assertNotIn("Dealer", rates)
        self.dealer_b.name = f"Dealer {PLANT}"
        self.assertEqual(secrets_in(self.told("salesperson", names)), {PLANT})

    def make_report(self, expression, **values):
        name = f"channel_rebate.page_{len(expression)}"
        line = f'<p t-foreach="docs" t-as="o">found: <t t-out="{expression}"/></p>'
        arch = f'<t t-name="{name}">{line}</t>'
        self.env["ir.ui.view"].create({"type": "qweb", "name": name, "key": name, "arch": arch})
        values = {"name": name, "model": "channel.rate", "report_name": name, **values}
        self.env["ir.actions.report"].create({**values, "report_type": "qweb-html"})
        return f"/report/html/{name}/{','.join(map(str, self.rates.ids))}"

    def test_row_54_reports_by_their_address(self):
        ids = ",".join(map(str, self.statements.ids))
        data = json.dumps({"papers": [{"rate": PLANT}]})
        urls = [
            self.make_report("o.sudo().rate"),
            self.make_report("o.rate"),
            f"/report/html/channel_rebate.report_statement/{ids}",
            f"/report/html/channel_rebate.report_statement/{ids}?data={data}",
            f"/report/text/channel_rebate.report_statement/{ids}",
        ]
        for url in urls:
            for role in OUTSIDERS:
                with self.subTest(role=role, url=url):
                    answer = self.open_as(role, url)
                    # What the client has sent comes back in the address of the login at most.
                    self.assertNoSecret(answer.text.replace(PLANT, "", answer.url.count(PLANT)))
        self.assertIn("found: 0.0", self.open_as("portal", urls[0]).text)
        self.as_role("keeper", self.settlement).action_approve()
        self.assertTrue(secrets_in(self.open_as("sales_manager", urls[2]).text))

    def test_row_56_files_by_their_address(self):
        wizard = self.model("keeper", "channel.rate.import").create(
            {
                "period_id": self.period.id,
                "filename": "rates.csv",
                "file": "TGluZSxSYXRlCjEsMTcuMzg5MQo=",
            }
        )
        self.env.flush_all()
        rate = self.rates[0].id
        urls = [
            f"/web/content/channel.rate.import/{wizard.id}/file",
            f"/web/content/channel.rate.import/{wizard.id}/token",
            f"/web/content/channel.rate/{rate}/token",
            f"/web/image/channel.rate/{rate}/rate",
        ]
        for role in OUTSIDERS:
            for url in urls:
                with self.subTest(role=role, url=url):
                    self.assertNoSecret(self.open_as(role, url).text)
        plant = {"name": "note.txt", "raw": PLANT.encode(), "mimetype": "text/plain"}
        file = self.env["ir.attachment"].create({**plant, "public": True})
        self.assertIn(PLANT, self.open_as("salesperson", f"/web/content/{file.id}").text)

    def test_row_57_errors_with_their_traceback(self):
        """What a client is sent of an error is all that the server knows of it."""
        rate = self.rates[0]
        calls = [
            Call("channel.agreement", "unlink", [self.agreement_a.ids]),
            Call("channel.agreement.line", "unlink", [self.agreement_a.line_ids.ids]),
            Call("res.partner", "unlink", [self.dealer_a.ids]),
            Call("product.product", "unlink", [self.products["soap"].ids]),
            Call("channel.period", "unlink", [self.period.ids]),
            Call("channel.rate", "write", [rate.ids, {"line_id": False}]),
            Call("channel.rate", "write", [rate.ids, {"rate": "17.4 %"}]),
            Call("channel.settlement", "action_approve", [self.settlement.ids]),
        ]
        for role in ("salesperson", "sales_manager", "accountant", "administrator", "officer"):
            for call in calls:
                with (
                    self.subTest(role=role, call=str(call)),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(Refused) as caught,
                ):
                    self.call_as(role, call)
                self.assertIn("Traceback", str(caught.exception))
                self.assertNoSecret(str(caught.exception))

    def json_2(self, role, method, **kwargs):
        keys = self.env["res.users.apikeys"].with_user(self.users[role]).sudo()
        key = keys._generate("rpc", role, datetime.now() + timedelta(hours=1))
        headers = {"Authorization": f"Bearer {key}"}
        with mute_logger(*MUTED):
            return self.url_open(f"/json/2/channel.rate/{method}", json=kwargs, headers=headers)

    def test_row_59_api_keys_open_nothing(self):
        """Elevated code can make a key for anybody, so that not even a holder's own one counts."""
        rows = [
            ("read", {"ids": self.rates.ids, "fields": ["rate"]}),
            ("search_read", {"domain": [], "fields": ["rate"]}),
            ("search", {"domain": [["rate", ">", 17]]}),
            ("formatted_read_group", {"domain": [], "aggregates": ["rate:array_agg"]}),
            ("export_data", {"ids": self.rates.ids, "fields_to_export": ["rate"]}),
        ]
        for method, kwargs in rows:
            for role in ("keeper", "officer", *OUTSIDERS):
                with self.subTest(role=role, method=method):
                    answer = self.json_2(role, method, **kwargs)
                    self.assertIn(answer.status_code, (403, 422))
                    self.assertNoSecret(answer.text)

    def test_row_59_private_methods_are_not_called(self):
        for method in ("_unseal_many", "_open_tokens", "_store_rates", "sudo", "mapped"):
            for role in ("keeper", "salesperson"):
                with self.subTest(role=role, method=method):
                    answer = self.json_2(role, method, ids=self.rates.ids)
                    self.assertIn(answer.status_code, (403, 404, 422))
                    self.assertNoSecret(answer.text)

    def xml_rpc(self, role, model, method, *args):
        user = self.users[role]
        credentials = (self.env.cr.dbname, user.id, user.login)
        with mute_logger(*MUTED):
            return self.xmlrpc_object.execute_kw(*credentials, model, method, list(args))

    def test_row_59_xml_rpc_opens_nothing(self):
        """It has no session, so that it is closed to holders too."""
        for role in ("keeper", "officer", *OUTSIDERS):
            for args in (("read", self.rates.ids, ["rate"]), ("search_read", [], ["rate"])):
                with self.subTest(role=role), self.assertRaises(xmlrpc.client.Fault) as caught:
                    self.xml_rpc(role, "channel.rate", *args)
                self.assertNoSecret(caught.exception.faultString)
        states = self.xml_rpc("keeper", "channel.agreement", "read", self.agreements.ids, ["state"])
        self.assertEqual({row["state"] for row in states}, {"signed"})
        self.assertNoSecret(self.xml_rpc("keeper", "channel.statement", "search_read", []))

    def test_row_59_lists_as_json(self):
        self.env["ir.config_parameter"].set_param("web.json.enabled", "True")
        url = "/json/1/channel.rate?view_type=list"
        for role in OUTSIDERS:
            with self.subTest(role=role):
                self.assertNoSecret(self.open_as(role, url).text)

    def test_row_61_the_database_manager(self):
        for role in (None, "administrator"):
            self.authenticate(*([self.users[role].login] * 2 if role else (None, None)))
            form = {"master_pwd": "wrong", "name": self.env.cr.dbname, "backup_format": "zip"}
            with mute_logger("odoo.addons.web.controllers.database"):
                answer = self.url_open("/web/database/backup", data=form)
            with self.subTest(role=role):
                self.assertNotIn("zip", answer.headers.get("Content-Type", ""))
                self.assertNoSecret(answer.text)

    def test_row_62_superuser_mode_reads_zero(self):
        self.open_as("administrator", "/web/become")
        rates = Call("channel.rate", "read", [self.rates.ids, ["rate"]])
        answer = self.call_as("administrator", rates)
        self.assertEqual({row["rate"] for row in answer}, {0.0})
        nets = Call("channel.statement", "read", [self.statements.ids, ["expected_net_amount"]])
        answer = self.call_as("administrator", nets)
        self.assertEqual({row["expected_net_amount"] for row in answer}, {0.0})
        grid = Call("channel.rate", "get_grid", [self.period.id])
        self.assertNoSecret(self.told("administrator", grid))
