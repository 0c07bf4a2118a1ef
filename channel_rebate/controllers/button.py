from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.dataset import DataSet

from ..unlocking import PassphraseNeededError


class Button(DataSet):
    """Buttons that turn out to need the passphrase ask for it, and nothing of them is left.

    Only a button: whoever calls the same method otherwise gets the error, which says so.
    """

    @http.route()
    def call_button(self, model, method, args, kwargs, path=None):
        try:
            return super().call_button(model, method, args, kwargs, path)
        except PassphraseNeededError:
            Passphrase = request.env["channel.passphrase"]
            if not Passphrase._is_step(model, method):
                raise
            request.env.cr.rollback()
            request.env.transaction.reset()
            request.env.registry.reset_changes()
            return Passphrase._prepare_asking(request.env[model].browse(args[0]), method)
