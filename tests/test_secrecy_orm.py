"""Before approval nobody outside gets a rate through the ORM."""

from odoo.service.model import call_kw
from odoo.tests import tagged

from .secrecy_calls import Asking, AskingForRates, Refused
from .secrecy_common import SecrecyCase


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
    pass
