#!/usr/bin/env python3
"""Tries to get at sealed rates over HTTP, as a curious user with a browser and curl would.

    scripts/intruder.py http://127.0.0.1:8069 demo sales sales --secrets numbers.txt

Logs in, asks in every way that is listed below, and searches each answer for the numbers in the
file (one a line, such as 17.3891). Prints what came of each way; ends with 1 if a number came out,
and with 2 if it could not even log in. Standard library only.

With --change it also does what changes the database: makes an API key, and, as far as the user may,
access lines, server actions, templates and custom fields. It takes back what it made, as well as it
can; run it against a copy. With --join it tries to become a rate keeper: an administrator can, and
every holder is told of it. Servers elsewhere than on this machine it asks only with --elsewhere.
"""

import argparse
import contextlib
import html
import http.cookiejar
import io
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections import Counter, defaultdict

RATE, STATEMENT, LINE = "channel.rate", "channel.statement", "channel.statement.line"
# What is secret has these names; everybody can read the source.
SECRET_FIELDS = {
    RATE: ("rate", "brackets", "example", "token"),
    STATEMENT: ("expected_gross_amount", "expected_passed_on_amount", "expected_net_amount"),
    LINE: ("expected_rate", "expected_amount"),
    "channel.rate.import": ("token", "file"),
}
# What a user may hope to find something in; the server's own list is added where he may see it.
MODELS = (
    *SECRET_FIELDS, "channel.agreement", "channel.agreement.line", "channel.period",
    "channel.settlement", "channel.penalty", "channel.statement.penalty", "channel.statement.sale",
    "channel.accrual", "channel.analysis", "channel.dealer.stock", "channel.rate.look",
    "account.move", "account.move.line", "account.journal", "account.payment",
    "account.partial.reconcile", "account.invoice.report", "sale.order", "sale.order.line",
    "sale.report", "res.partner", "res.company", "product.template", "product.pricelist.item",
    "mail.message", "mail.mail", "mail.tracking.value", "mail.notification", "mail.activity",
    "mail.followers", "ir.attachment", "ir.default", "ir.filters", "ir.exports", "ir.logging",
    "ir.profile", "ir.config_parameter", "ir.sequence", "ir.cron", "ir.model.fields", "bus.bus",
)  # fmt: skip
PAGES = (
    "/odoo", "/my", "/my/home", "/my/rebates", "/my/orders", "/my/quotes", "/my/invoices",
    "/web/session/modules", "/web/webclient/load_menus", "/web/database/manager",
    "/web/database/selector", "/doc", "/odoo/channel.rate", "/json/1/channel.rate",
    "/json/1/channel.statement", "/web/health", "/web/version",
)  # fmt: skip
REPORTS = {
    "account.report_invoice": "account.move",
    "sale.report_saleorder": "sale.order",
    "channel_rebate.report_statement": STATEMENT,
}
# As many records as are asked for, of each model.
MOST = 40
# What an administrator types.
TYPED = {
    "sudo": "env['channel.rate'].sudo().search([]).mapped('rate')",
    "keeper's name": "env['channel.rate'].with_user({keeper}).sudo(False).search([])"
    ".mapped('rate')",
    "expected, keeper's name": "env['channel.statement'].with_user({keeper}).sudo(False)"
    ".search([]).mapped('expected_net_amount')",
    "copy": "env['channel.rate'].sudo().search([]).copy_data()",
    "grid": "env['channel.rate'].with_user({keeper}).sudo(False).get_grid()",
    "preview": "env['channel.settlement'].with_user({keeper}).sudo(False).get_preview()",
    "SQL": "env.cr.execute('SELECT r::text FROM channel_rate r') or env.cr.fetchall()",
    "SQL, amounts": "env.cr.execute('SELECT r::text FROM channel_statement_line r') "
    "or env.cr.fetchall()",
    "SQL, queries": "env.cr.execute('SELECT query FROM pg_stat_activity') or env.cr.fetchall()",
}


def renderings(number):
    """Return the texts in which a decimal (text) may turn up."""
    whole, _point, decimals = number.partition(".")
    texts = {number, f"{int(whole):,}.{decimals}", f"0.{whole}{decimals}"}
    if decimals:
        texts.add(number.rstrip("0").rstrip("."))
    return texts | {text.replace(".", ",") for text in texts}


def compile_secrets(numbers):
    texts = sorted({text for number in numbers for text in renderings(number)})
    # 17.3891 is not found in 117.38915.
    return re.compile(rf"(?<![\d.,])(?:{'|'.join(map(re.escape, texts))})(?!\d)")


def texts_of(body):
    """Yield an answer's bytes as text, in several forms, and each part of a workbook."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "replace")
    text = body.decode("utf-8", "replace")
    yield text
    yield html.unescape(text)
    # A number that follows a comma may be the end of another one, or the next of a list.
    yield text.replace(",", ", ")


class Enough(Exception):
    """Time or number of requests is used up."""


class Answer:
    def __init__(self, status, body):
        self.status = status
        self.body = body
        self.json = None
        with contextlib.suppress(ValueError):
            self.json = json.loads(body)
        error = isinstance(self.json, dict) and self.json.get("error")
        self.is_refused = status >= 400 or bool(error)

    @property
    def result(self):
        is_answer = isinstance(self.json, dict) and not self.is_refused
        return self.json.get("result") if is_answer else None


class Session:
    """A browser: cookies, forms and calls; keeps count of what each way brought."""

    def __init__(self, url, secrets, requests, seconds):
        self.url = url.rstrip("/")
        self.secrets = secrets
        self.left = requests
        self.until = time.monotonic() + seconds
        self.way = "log in"
        self.counts = defaultdict(Counter)
        self.leaks = defaultdict(set)
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def send(self, path, data=None, headers=None):
        """Return the :class:`Answer`, after searching it."""
        if self.left <= 0 or time.monotonic() > self.until:
            raise Enough
        self.left -= 1
        request = urllib.request.Request(self.url + path, data, headers or {})
        try:
            with self.opener.open(request, timeout=60) as response:
                answer = Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.read())
        self.judge(answer, path)
        return answer

    def judge(self, answer, what):
        found = {secret for text in texts_of(answer.body) for secret in self.secrets.findall(text)}
        if found:
            self.leak(f"{what}: {', '.join(sorted(found)[:3])}")
        else:
            self.counts[self.way]["refused" if answer.is_refused else "nothing"] += 1

    def leak(self, what):
        self.counts[self.way]["leaks"] += 1
        self.leaks[self.way].add(what)

    def form(self, path, **values):
        return self.send(path, urllib.parse.urlencode(values).encode())

    def post_json(self, path, values, **headers):
        headers = {"Content-Type": "application/json", **headers}
        return self.send(path, json.dumps(values).encode(), headers)

    def call_route(self, path, **params):
        return self.post_json(path, {"jsonrpc": "2.0", "method": "call", "params": params})

    def call(self, model, method, *args, **kwargs):
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.call_route(path, model=model, method=method, args=list(args), kwargs=kwargs)

    def csrf_token(self, path):
        text = self.send(path).body.decode("utf-8", "replace")
        found = re.search(r"""csrf_token["']?(?:: ?| value=)["'](\w+)""", text)
        return found.group(1) if found else ""


class Intruder:
    def __init__(self, session, database, login, password):
        self.session = session
        self.database, self.login, self.password = database, login, password
        self.uid = self.keeper = None
        self.models, self.open_models, self.fields, self.ids = MODELS, [], {}, {}
        self.made = []

    def log_in(self):
        """Log in by the form, and look around for what can be asked at all."""
        session = self.session
        session.send(f"/web/login?{urllib.parse.urlencode({'db': self.database})}")
        token = session.csrf_token("/web/login")
        session.form("/web/login", login=self.login, password=self.password, csrf_token=token)
        info = session.call_route("/web/session/get_session_info").result or {}
        self.uid = info.get("uid")
        return bool(self.uid)

    def look_around(self):
        call = self.session.call
        names = call("ir.model", "search_read", [["model", "like", "channel%"]], ["model"]).result
        self.models = tuple(dict.fromkeys([*MODELS, *(row["model"] for row in names or ())]))
        for model in self.models:
            self.fields[model] = (
                call(model, "fields_get", attributes=["type", "store"]).result or {}
            )
            found = call(model, "search", [], limit=MOST, order="id desc").result
            # Who may not search can still guess; beyond what is secret that is not worth the time.
            self.ids[model] = found or list(range(1, MOST))
            if found is not None or model in SECRET_FIELDS:
                self.open_models.append(model)
        # Rates have no gaps to speak of, so one that is found tells of the others.
        rates = self.ids[RATE]
        near = range(max(min(rates) - MOST, 1), max(rates) + MOST)
        self.ids[RATE] = sorted({*range(1, MOST), *near})

    def plain_fields(self, model):
        fields = self.fields[model].items()
        return [name for name, field in fields if not field["type"].endswith("2many")]

    def secret_fields(self):
        return [(model, name) for model, names in SECRET_FIELDS.items() for name in names]

    # === Ways that change nothing === #

    def read(self):
        for model in self.open_models:
            ids, names = self.ids[model], self.plain_fields(model)
            if self.session.call(model, "read", ids, names).is_refused:
                for name in (*SECRET_FIELDS.get(model, ()), "display_name"):
                    self.session.call(model, "read", ids, [name])
            self.session.call(model, "name_search", "", limit=MOST)
            self.session.call(model, "search_read", [], limit=MOST)

    def ask_secret_fields(self):
        call = self.session.call
        for model, name in self.secret_fields():
            few = self.ids[model][:MOST]
            call(model, "web_search_read", [], {name: {}})
            call(model, "web_read", few, {name: {}})
            call(model, "onchange", few[:1], {}, [], {name: {}})
            call(model, "onchange", [], {}, [], {name: {}})
            call(model, "export_data", few, [name])
            call(model, "default_get", [name])

    def infer(self):
        """Search, sort and group by what is secret: any answer at all tells something."""
        for model, name in self.secret_fields():
            for method, args, kwargs in (
                ("search", [[[name, ">", 1]]], {}),
                ("search_count", [[[name, "!=", False]]], {}),
                ("search", [[]], {"order": name}),
                ("formatted_read_group", [[], [name], ["__count"]], {}),
                ("formatted_read_group", [[], [], [f"{name}:array_agg"]], {}),
                ("web_read_group", [[], ["id"], [f"{name}:max"]], {}),
            ):
                if not self.session.call(model, method, *args, **kwargs).is_refused:
                    self.session.leak(f"{model}.{name} is answered by {method}")

    def group(self):
        for model in self.open_models:
            columns = [
                f"{name}:array_agg"
                for name, field in self.fields[model].items()
                if field.get("store") and not field["type"].endswith("2many")
                if field["type"] not in ("binary", "properties")
            ]
            self.session.call(model, "formatted_read_group", [], [], columns)

    def open_forms(self):
        for model in self.open_models:
            if model.startswith(("channel.", "account.move", "sale.order", "res.partner")):
                names = {name: {} for name in self.fields[model]}
                self.session.call(model, "onchange", self.ids[model][:1], {}, [], names)
                self.session.call(model, "get_views", [[False, "list"], [False, "form"]])

    def press_buttons(self):
        call = self.session.call
        call(RATE, "get_grid")
        call("channel.settlement", "get_preview")
        for settlement in self.ids["channel.settlement"][:3]:
            call("channel.settlement", "action_show_totals", [settlement])
            self.session.send(f"/channel_rebate/settlement/{settlement}/xlsx")
        for period in self.ids["channel.period"][:3]:
            self.session.send(f"/channel_rebate/rate_template/{period}")

    def export(self):
        token = self.session.csrf_token("/odoo")
        for model, names in SECRET_FIELDS.items():
            fields = [{"name": name, "label": name, "type": "char"} for name in names]
            data = {"model": model, "ids": False, "domain": [], "groupby": [], "fields": fields}
            for kind in ("csv", "xlsx"):
                text = json.dumps({**data, "import_compat": False})
                self.session.form(f"/web/export/{kind}", data=text, csrf_token=token)

    def print_reports(self):
        call = self.session.call
        found = call("ir.actions.report", "search_read", [], ["report_name", "model"]).result or ()
        names = {row["report_name"]: row["model"] for row in found}
        names = {name: model for name, model in names.items() if model in self.models} | REPORTS
        for name, model in names.items():
            ids = ",".join(map(str, self.ids[model][:5]))
            for kind in ("html", "text"):
                self.session.send(f"/report/{kind}/{name}/{ids}")
        self.session.send(f"/report/pdf/channel_rebate.report_statement/{self.ids[STATEMENT][0]}")

    def fetch_files(self):
        for model, name in self.secret_fields():
            for number in self.ids[model][:2]:
                self.session.send(f"/web/content/{model}/{number}/{name}")
                self.session.send(f"/web/image/{model}/{number}/{name}")
        for number in self.ids["ir.attachment"][:10]:
            self.session.send(f"/web/content/{number}")

    def open_pages(self):
        for page in PAGES:
            self.session.send(page)
        for number in self.ids[STATEMENT][:5]:
            self.session.send(f"/my/rebates/{number}")
        self.session.call_route("/web/database/list")
        channels = ["broadcast", "channel.rate", f"res.partner_{self.uid}"]
        self.session.call_route(
            "/websocket/peek_notifications", channels=channels, last=0, is_first_poll=True
        )

    def call_with_password(self):
        """Use the older ways to call, which send the password along and have no session."""
        for model, name in self.secret_fields():
            args = [self.database, self.uid, self.password, model, "search_read", [[], [name]]]
            self.session.call_route("/jsonrpc", service="object", method="execute_kw", args=args)

    # === Ways that change the database === #

    def call_with_key(self):
        call = self.session.call
        wizard = call("res.users.apikeys.description", "create", {"name": "x", "duration": "1"})
        action = call("res.users.apikeys.description", "make_key", [wizard.result]).result or {}
        if action.get("res_model") == "res.users.identitycheck":
            context = {"password": self.password}
            check = [action["res_id"]]
            action = call(action["res_model"], "run_check", check, context=context).result or {}
        key = action.get("context", {}).get("default_key", "")
        header = {"Authorization": f"Bearer {key}"}
        # So that it shows whether the key opens anything at all.
        self.session.post_json("/json/2/res.users/context_get", {}, **header)
        for model, name in self.secret_fields():
            values = {"domain": [], "fields": [name]}
            self.session.post_json(f"/json/2/{model}/search_read", values, **header)
            self.session.send(f"/json/1/{model}?view_type=list", headers=header)

    def make(self, model, /, **values):
        """Return the id of a new record, which is deleted at the end; nothing if refused."""
        made = self.session.call(model, "create", values).result
        if made:
            self.made.append((model, made))
        return made

    def find(self, model, *domain):
        found = self.session.call(model, "search", list(domain), limit=1).result
        return found[0] if found else False

    def open_access(self):
        """Give everybody access, as an administrator can, then read again."""
        for model in SECRET_FIELDS:
            permissions = dict.fromkeys(("perm_read", "perm_write", "perm_create"), True)
            model_id = self.find("ir.model", ["model", "=", model])
            self.make("ir.model.access", name="x", model_id=model_id, **permissions)
        self.ask_secret_fields()
        self.infer()
        self.press_buttons()

    def fill(self, code):
        if not self.keeper:
            group = self.find("res.groups", ["name", "=", "Rate Keeper"])
            self.keeper = self.find("res.users", ["group_ids", "in", [group]]) or 2
        return code.format(keeper=self.keeper)

    def type_code(self):
        """Run server actions."""
        model_id = self.find("ir.model", ["model", "=", "res.partner"])
        for code in TYPED.values():
            text = f"raise UserError(str({self.fill(code)}))"
            values = {"name": "x", "model_id": model_id, "state": "code", "code": text}
            if action := self.make("ir.actions.server", **values):
                self.session.call("ir.actions.server", "run", [action])

    def print_templates(self):
        """Print reports whose template asks for rates."""
        ids = self.ids[RATE]
        for number, code in enumerate((TYPED["sudo"], TYPED["keeper's name"])):
            code = self.fill(code).replace("env[", "docs.env[")
            name = f"channel_rebate.intruder_{number}"
            text = f'<t t-name="{name}"><p t-out="{html.escape(code)}"/></t>'
            self.make("ir.ui.view", type="qweb", name=name, key=name, arch=text)
            values = {"model": RATE, "report_name": name, "report_type": "qweb-html"}
            if self.make("ir.actions.report", name=name, **values):
                self.session.send(f"/report/html/{name}/{','.join(map(str, ids))}")

    def preview_mail(self):
        """Look at a mail whose template asks for rates."""
        model_id = self.find("ir.model", ["model", "=", "res.partner"])
        reference = f"res.partner,{self.ids['res.partner'][0]}"
        for code in (TYPED["sudo"], TYPED["keeper's name"]):
            body = f'<p t-out="object.{html.escape(self.fill(code))}"/>'
            if template := self.make("mail.template", name="x", model_id=model_id, body_html=body):
                values = {"mail_template_id": template, "resource_ref": reference}
                preview = self.make("mail.template.preview", **values)
                self.session.call("mail.template.preview", "read", [preview], ["body_html"])

    def add_fields(self):
        shared = {"model_id": self.find("ir.model", ["model", "=", "res.partner"])}
        shared["state"] = "manual"
        link = {"name": "x_intruder_id", "ttype": "many2one", "relation": RATE}
        copy = {"name": "x_intruder", "ttype": "float", "related": "x_intruder_id.rate"}
        made = self.make("ir.model.fields", **shared, **link)
        if made and self.make("ir.model.fields", **shared, **copy, store=False, readonly=True):
            partner = self.ids["res.partner"][:1]
            for rate in self.ids[RATE][:5]:
                self.session.call("res.partner", "write", partner, {"x_intruder_id": rate})
                self.session.call("res.partner", "read", partner, ["x_intruder_id", "x_intruder"])
            self.session.call("res.partner", "search", [["x_intruder", ">", 1]], order="x_intruder")

    def take_back(self):
        """Delete what was made, the last first."""
        self.session.way = "take back"
        for model, number in reversed(self.made):
            self.session.call(model, "unlink", [number])
        self.made = []

    def become_superuser(self):
        self.session.send("/web/become")
        self.ask_secret_fields()
        self.infer_as_superuser()
        self.press_buttons()

    def infer_as_superuser(self):
        for model, name in self.secret_fields():
            self.session.call(model, "formatted_read_group", [], [], [f"{name}:array_agg"])
            self.session.call(model, "search", [[name, ">", 1]])

    def join_holders(self):
        """Take a keeper's rights; if that works, the holders are told, and nothing is secret."""
        group = self.find("res.groups", ["name", "=", "Rate Keeper"])
        self.session.call("res.users", "write", [self.uid], {"group_ids": [[4, group]]})
        self.ask_secret_fields()
        self.session.call("res.users", "write", [self.uid], {"group_ids": [[3, group]]})

    # === All of it === #

    def try_all(self, *, change, join):
        """Try everything; what was made is taken back in any case."""
        self.try_each(
            self.look_around, self.read, self.ask_secret_fields, self.infer, self.group,
            self.open_forms, self.press_buttons, self.export, self.print_reports, self.fetch_files,
            self.open_pages, self.call_with_password,
        )  # fmt: skip
        if join:
            self.try_each(self.join_holders)
        if not change:
            return
        try:
            self.try_each(
                self.call_with_key, self.type_code, self.print_templates, self.preview_mail,
                self.open_access, self.add_fields,
            )  # fmt: skip
        finally:
            self.take_back()
        # The last one, since it changes who is asking.
        self.try_each(self.become_superuser)

    def try_each(self, *ways):
        for way in ways:
            self.session.way = way.__name__.replace("_", " ")
            way()


def print_table(session):
    print(f"{'way':<22}{'refused':>8}{'nothing':>8}{'leaks':>7}")
    for way, counts in session.counts.items():
        row = "".join(f"{counts[name] or '':>{width}}" for name, width in COLUMNS)
        print(f"{way:<22}{row}{'  LEAK' if counts['leaks'] else ''}")
    for way, leaks in session.leaks.items():
        for leak in sorted(leaks)[:5]:
            print(f"LEAK by {way}: {leak}")


COLUMNS = (("refused", 8), ("nothing", 8), ("leaks", 7))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("url", "database", "login", "password"):
        parser.add_argument(name)
    parser.add_argument("--secrets", required=True, help="file with a number a line")
    parser.add_argument("--change", action="store_true", help="also try what changes the database")
    parser.add_argument("--join", action="store_true", help="also try to become a rate keeper")
    parser.add_argument("--elsewhere", action="store_true", help="allow a server elsewhere")
    parser.add_argument("--requests", type=int, default=3000, help="at most as many")
    parser.add_argument("--seconds", type=int, default=600, help="at most as long")
    arguments = parser.parse_args()
    parts = urllib.parse.urlsplit(arguments.url)
    if parts.scheme not in ("http", "https"):
        parser.error("the URL begins with http:// or https://")
    if parts.hostname not in ("localhost", "127.0.0.1", "::1") and not arguments.elsewhere:
        parser.error("this is not a server on this machine; --elsewhere if you mean it")
    return arguments


def main():
    arguments = read_arguments()
    with open(arguments.secrets, encoding="utf-8") as file:
        secrets = compile_secrets(file.read().split())
    session = Session(arguments.url, secrets, arguments.requests, arguments.seconds)
    intruder = Intruder(session, arguments.database, arguments.login, arguments.password)
    try:
        if not intruder.log_in():
            print(f"{arguments.login} can't log in")
            return 2
        intruder.try_all(change=arguments.change, join=arguments.join)
    except Enough:
        print("Stopped before the end: time or number of requests is used up.")
    print_table(session)
    return 1 if session.leaks else 0


if __name__ == "__main__":
    sys.exit(main())
