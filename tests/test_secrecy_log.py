"""The server's log at debug level holds no rate, whoever enters, seals, settles and approves."""

import base64
import logging
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.profiler import Profiler

from odoo.addons.channel_rebate import masking
from odoo.addons.channel_rebate.masking import MASK, mask_arguments, values_hidden

from .common import ChannelCase, ChannelHttpCase, WorkedExample
from .everything_logged import everything_logged
from .secrecy_calls import Call, Refused
from .secrecy_common import RATES, SECRET_A, SECRET_B, SECRET_S, secrets_in, secrets_in_rows
from .test_secrecy_http import HttpCalls
from .test_secrecy_orm import OrmCalls


def sheet_of(partner, rates):
    rows = [f"{partner},{product.upper()},{rate}" for product, rate in rates.items()]
    return base64.b64encode("\n".join(["Partner,Product,Rate", *rows]).encode()).decode()


class Talkative(WorkedExample):
    """Everything is done by calls, as clients make them, before the ears of a listener."""

    def call(self, role, model, method, *args, **kwargs):
        return self.call_as(role, Call(model, method, list(args), kwargs=kwargs))

    @contextmanager
    def listening(self, *wanted):
        """Check that nothing secret is logged, and everything in ``wanted`` is."""
        with everything_logged() as listener:
            yield
        for text in wanted:
            self.assertIn(text, listener.text)
        self.assertEqual(secrets_in_rows(listener.text), set())

    def enter(self):
        """Enter the rates of A in the form, those of B in the grid, those of S by a sheet."""
        for rate, value in zip(self.rates_of(self.agreement_a), SECRET_A.values(), strict=True):
            values = {"rate": float(value)}
            self.call(
                "keeper", "channel.rate", "onchange", rate.ids, values, ["rate"], {"rate": {}}
            )
            self.call("keeper", "channel.rate", "web_save", rate.ids, values, {"rate": {}})
        ids = self.rates_of(self.agreement_b).ids
        changes = [list(pair) for pair in zip(ids, SECRET_B.values(), strict=True)]
        self.call("keeper", "channel.rate", "save_grid", changes)
        values = {"period_id": self.period.id, "filename": "s.csv"}
        values["file"] = sheet_of("SUB-S", SECRET_S)
        made = self.call("keeper", "channel.rate.import", "create", values)
        self.call("keeper", "channel.rate.import", "action_import", [made])

    def make_mistakes(self):
        """Enter what is refused, and look for what can't be looked for."""
        ids = self.rates_of(self.agreement_a).ids[:1]
        text, default = {"rate": "17.3891 %"}, ("channel.rate", "rate", 17.3891)
        for model, method, args in (
            ("channel.rate", "web_save", (ids, text, {})),
            ("channel.rate", "onchange", (ids, text, ["rate"], {"rate": {}})),
            ("channel.rate", "create", (text,)),
            ("channel.rate", "write", (ids, {"rate": 117.3891})),
            ("channel.rate", "save_grid", ([[ids[0], "17.3891 or so"]],)),
            ("channel.rate", "search", ([["rate", "=", 17.3891]],)),
            ("ir.default", "set", default),
        ):
            with self.assertRaises(Refused, msg=method):
                self.call("keeper", model, method, *args)
        # This one answers what is wrong.
        self.call("keeper", "channel.rate", "load", ["rate"], [["17.3891"]])

    def compute_by_call(self):
        made = self.call("officer", "channel.settlement", "create", {"period_id": self.period.id})
        self.call("officer", "channel.settlement", "action_compute", [made])
        return made


@tagged("post_install", "-at_install")
class TestSecrecyLog(Talkative, OrmCalls, ChannelCase):
    def test_entering(self):
        with self.listening("call channel.rate(", "call channel.rate.import(", MASK, "UPDATE chan"):
            self.enter()
        self.assertEqual(secrets_in(self.rates_of(self.agreements).mapped("rate")), set(RATES))

    def test_without_masks_there_would_be_something(self):
        """So that the tests above hear what there is to hear."""
        with everything_logged() as listener, patch.object(masking, "_models", set()):
            self.enter()
        self.assertLessEqual(set(SECRET_A.values()), secrets_in_rows(listener.text))
        self.sign(self.agreements)
        run = self.compute_by_call()
        with (
            everything_logged() as listener,
            patch.object(masking, "_without_values", lambda arg: arg),
        ):
            self.call("keeper", "channel.settlement", "action_approve", [run])
        self.assertLessEqual({*SECRET_A.values(), "9365.35"}, secrets_in_rows(listener.text))

    def test_mistakes(self):
        with self.listening(MASK, "call ir.default("):
            self.make_mistakes()

    def test_settling(self):
        self.enter()
        with self.listening("action_seal", "get_preview", "action_approve", "account_move_line"):
            self.call("keeper", "channel.agreement", "action_seal", self.agreements.ids)
            self.sign(self.agreements)
            self.call("keeper", "channel.settlement", "get_preview", self.period.id)
            run = self.compute_by_call()
            self.call("officer", "channel.settlement", "action_show_totals", [run])
            self.call("keeper", "channel.settlement", "action_approve", [run])
            self.env.flush_all()

    def test_a_profile_of_an_approval(self):
        self.enter()
        self.sign(self.agreements)
        run = self.env["channel.settlement"].browse(self.compute_by_call())
        with Profiler(collectors=["sql"], db=None) as profiler:
            self.as_role("keeper", run).action_approve()
            self.env.cr.execute("SELECT 11.2233")
        told = str(profiler.collectors[0].entries)
        self.assertIn("SELECT 11.2233", told)
        self.assertEqual(secrets_in_rows(told), set())


@tagged("post_install", "-at_install")
class TestMasking(OrmCalls, ChannelCase):
    def log_of(self, model, method, *args):
        with everything_logged() as listener:
            self.call_as("keeper", Call(model, method, list(args)))
        return "\n".join(line for line in listener.lines if "odoo.service.model: call" in line)

    def test_models_and_methods_that_are_named(self):
        with patch.object(masking, "_methods", set()), patch.object(masking, "_models", set()):
            self.assertIn("'needle'", self.log_of("res.partner", "name_search", "needle"))
            mask_arguments("res.partner", "name_search")
            told = self.log_of("res.partner", "name_search", "needle")
            self.assertIn(f"call res.partner().name_search({MASK})", told)
            self.assertIn("'needle'", self.log_of("res.partner", "web_name_search", "needle", {}))
            self.assertIn("'needle'", self.log_of("res.users", "name_search", "needle"))
            mask_arguments("res.partner")
            told = self.log_of("res.partner", "web_name_search", "needle", {})
            self.assertNotIn("needle", told)
            domain = [["name", "in", ["res.partner", "needle"]]]
            self.assertNotIn("needle", self.log_of("res.users", "search", domain))

    def test_statements_are_logged_without_values(self):
        with everything_logged() as listener:
            self.env.cr.execute("SELECT %s", ["needle one"])
            with values_hidden():
                self.env.cr.execute("SELECT id FROM res_users WHERE login = %s", ["needle two"])
        self.assertIn("needle one", listener.text)
        self.assertNotIn("needle two", listener.text)
        self.assertIn(f"SELECT id FROM {MASK}", listener.text)

    def test_a_statement_that_fails(self):
        """It is logged at any level."""
        for hidden in (True, False):
            with everything_logged() as listener, self.subTest(hidden=hidden):
                with self.assertRaises(ValueError), values_hidden() if hidden else nullcontext():
                    self.fail_with("needle")
                self.assertIn("bad query", listener.text)
                self.assertEqual("needle" in listener.text, not hidden)

    def fail_with(self, text):
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SELECT id FROM res_users WHERE id = %s::text::int", [text])
        except Exception as error:
            raise ValueError from error

    def test_installing_again_changes_nothing(self):
        before = logging.getLogger("odoo.sql_db").filters[:]
        masking._install()
        self.assertEqual(logging.getLogger("odoo.sql_db").filters, before)


@tagged("post_install", "-at_install")
class TestSecrecyLogHttp(Talkative, HttpCalls, ChannelHttpCase):
    def test_requests(self):
        with self.listening("POST /web/dataset/call_kw/channel.rate/web_save", MASK):
            self.enter()
            self.make_mistakes()
        self.assertEqual(secrets_in(self.rates_of(self.agreements).mapped("rate")), set(RATES))
