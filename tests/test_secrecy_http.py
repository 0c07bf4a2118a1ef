"""Before approval nobody outside gets a rate from a server, with a real session."""

import json

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .secrecy_asking import Asking, AskingForRates
from .secrecy_calls import Refused
from .secrecy_common import OUTSIDERS, SecrecyHttpCase, secrets_in


class HttpCalls(Asking):
    """Calls by JSON-RPC, one session for each user."""

    def log_in(self, role):
        user = self.users[role]
        if getattr(self, "session", None) is None or self.session.uid != user.id:
            self.authenticate(user.login, user.login)

    @mute_logger("odoo.http")
    def call_as(self, role, call):
        self.log_in(role)
        params = {"model": call.model, "method": call.method, "args": call.args}
        answer = self.url_open(
            f"/web/dataset/call_kw/{call.model}/{call.method}",
            json={"params": {**params, "kwargs": call.kwargs}},
        ).json()
        if "error" in answer:
            raise Refused(answer["error"]["data"]["name"], json.dumps(answer["error"]))
        return answer.get("result")


@tagged("post_install", "-at_install")
class TestSecrecyRpc(HttpCalls, AskingForRates, SecrecyHttpCase):
    pass


@tagged("post_install", "-at_install")
class TestSecrecyRoutes(HttpCalls, SecrecyHttpCase):
    def open_as(self, role, url, **kwargs):
        self.log_in(role)
        with mute_logger("odoo.http", "odoo.addons.web.controllers.export"):
            return self.url_open(url, **kwargs)

    def export(self, role, model, ids, names):
        fields = [{"name": name, "label": name, "type": "float"} for name in names]
        data = {"model": model, "ids": ids, "fields": fields, "domain": [], "groupby": []}
        self.log_in(role)
        token = http.Request.csrf_token(self)
        form = {"data": json.dumps({**data, "import_compat": False}), "csrf_token": token}
        return self.open_as(role, "/web/export/csv", data=form)

    def test_export_files(self):
        rows = [
            ("channel.rate", self.rates.ids, ["line_id", "rate"]),
            ("channel.statement", self.statements.ids, ["expected_net_amount"]),
            ("channel.statement.line", self.statements.line_ids.ids, ["expected_rate"]),
        ]
        for row in rows:
            self.assertTrue(secrets_in(self.export("keeper", *row).text))
            for role in OUTSIDERS:
                with self.subTest(role=role, model=row[0]):
                    answer = self.export(role, *row)
                    self.assertNotEqual(answer.status_code, 200)
                    self.assertNoSecret(answer.text)

    def test_pages_and_files(self):
        rate, statement = self.rates[0].id, self.statements[0].id
        urls = [
            f"/web/content/channel.rate/{rate}/token",
            f"/web/image/channel.rate/{rate}/rate",
            f"/report/html/account.report_invoice/{rate}",
            f"/odoo/channel.rate/{rate}",
            f"/my/rebates/{statement}",
            "/my/rebates?sortby=net",
            "/my",
        ]
        for role in OUTSIDERS:
            for url in urls:
                with self.subTest(role=role, url=url):
                    self.assertNoSecret(self.open_as(role, url).text)

    def test_rate_template(self):
        url = f"/channel_rebate/rate_template/{self.period.id}"
        self.assertEqual(self.open_as("keeper", url).status_code, 200)
        for role in OUTSIDERS:
            with self.subTest(role=role):
                self.assertEqual(self.open_as(role, url).status_code, 403)

    def test_visitors_are_sent_to_the_login(self):
        for url in ("/my/rebates", f"/channel_rebate/rate_template/{self.period.id}"):
            self.authenticate(None, None)
            answer = self.url_open(url)
            with self.subTest(url):
                self.assertIn("/web/login", answer.url)


@tagged("post_install", "-at_install")
class TestSecrecyPortal(HttpCalls, SecrecyHttpCase):
    """A dealer's own statements after the reveal, and never another's."""

    def page(self, role, url):
        self.log_in(role)
        return self.url_open(url)

    def own_and_other(self):
        own = self.statement_of(self.settlement, self.dealer_a)
        other = self.statement_of(self.settlement, self.dealer_b)
        return f"/my/rebates/{own.id}", f"/my/rebates/{other.id}"

    def test_before_the_reveal_there_is_nothing(self):
        for url in self.own_and_other():
            self.assertTrue(self.page("portal", url).url.endswith("/my"))
        self.assertIn("There is no statement yet", self.page("portal", "/my/rebates").text)

    def test_after_the_reveal_the_own_statement_is_there(self):
        self.as_role("keeper", self.settlement).action_approve()
        own, other = self.own_and_other()
        own_secrets = {"17.3891", "18.4173", "19.5287", "9,365.35"}
        self.assertLessEqual(own_secrets, secrets_in(self.page("portal", own).text))
        self.assertIn("9,365.35", self.page("portal", "/my/rebates").text)
        answer = self.page("portal", other)
        self.assertTrue(answer.url.endswith("/my"))
        self.assertNoSecret(answer.text)
        others = {"16.1934", "11,130.41", "10.6137", "875.63"}
        for url in (own, "/my/rebates", "/my"):
            self.assertFalse(others & secrets_in(self.page("portal", url).text))
