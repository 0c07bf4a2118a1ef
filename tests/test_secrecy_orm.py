"""Before approval nobody outside gets a rate through the ORM."""

import base64
from dataclasses import replace

from odoo.service.model import call_kw
from odoo.tests import tagged

from .secrecy_asking import Asking, AskingForRates
from .secrecy_calls import Call, Refused
from .secrecy_common import OUTSIDERS, SecrecyCase, secrets_in


class OrmCalls(Asking):
    """Calls by Odoo's own gate for remote calls, without a server in between."""

    def call_as(self, role, call):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return call_kw(self.model(role, call.model), call.method, call.args, call.kwargs)
        except Exception as error:
            raise Refused(type(error).__name__, str(error))


@tagged("post_install", "-at_install")
class TestSecrecyOrm(OrmCalls, AskingForRates, SecrecyCase):
    def public_methods(self):
        """Return a call without arguments of each method of ours that a client may call."""
        return [
            Call(name, method, [self.env[name].sudo().search([], limit=1, order="id desc").ids])
            for name, model in self.registry.items()
            if not model._abstract
            for method in dir(model)
            if self.is_ours(getattr(model, method)) and not method.startswith("_")
            if method not in ("create", "write", "unlink")
        ]

    def is_ours(self, method):
        module = getattr(method, "__module__", None) or ""
        return callable(method) and module.startswith("odoo.addons.channel_rebate.")

    def outcome(self, role, call):
        """Call without lasting effect; a method of the model takes no ids."""
        if getattr(getattr(self.registry[call.model], call.method), "_api_model", False):
            call = replace(call, args=[])
        with self.env.cr.savepoint() as savepoint:
            answer = self.answer_or_error(role, call)
            savepoint.rollback()
        return answer

    def test_public_methods_tell_outsiders_nothing(self):
        sheet = base64.b64encode(b"Line,Rate\n1,17.3891\n")
        values = {"period_id": self.period.id, "filename": "rates.csv", "file": sheet}
        self.model("keeper", "channel.rate.import").create(values)
        calls = self.public_methods()
        telling = {call.method for call in calls if secrets_in(self.outcome("keeper", call))}
        self.assertLessEqual({"get_grid", "action_show_totals"}, telling)
        for role in OUTSIDERS:
            for call in calls:
                with self.subTest(role=role, call=str(call)):
                    self.assertNoSecret(self.outcome(role, call))
