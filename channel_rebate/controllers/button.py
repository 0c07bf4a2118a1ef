from odoo import http
from odoo.exceptions import UserError
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
        except PassphraseNeededError as error:
            Passphrase = request.env["channel.passphrase"]
            if not Passphrase._is_step(model, method):
                # The client shows the text of the errors that it knows by name.
                raise UserError(str(error)) from None
            request.env.cr.rollback()
            request.env.transaction.reset()
            request.env.registry.reset_changes()
            return Passphrase._prepare_asking(request.env[model].browse(args[0]), method)
