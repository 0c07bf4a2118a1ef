import json

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request
from odoo.tools import file_open

from odoo.addons.portal.controllers.portal import CustomerPortal


class StatementProof(CustomerPortal):
    """Files with which a partner checks for himself that his rates are those of the seal."""

    @http.route("/my/rebates/<int:statement_id>/proof", type="http", auth="user", website=True)
    def statement_proof(self, statement_id, **kwargs):
        """Send the proof to whoever may read the statement; access rules decide."""
        try:
            self._document_check_access("channel.statement", statement_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        statement = request.env["channel.statement"].browse(statement_id)
        content = statement._get_proof_file()
        if not content:
            return request.redirect(f"/my/rebates/{statement_id}")
        return self._send_channel_file(content, statement._get_proof_name())

    @http.route("/channel_rebate/verify_seal.py", type="http", auth="user")
    def verify_seal(self, **kwargs):
        with file_open("channel_rebate/tools/verify_seal.py") as file:
            return self._send_channel_file(file.read(), "verify_seal.py", "text/x-python")

    @http.route("/channel_rebate/register/<int:company_id>", type="http", auth="user")
    def seal_register(self, company_id, **kwargs):
        """Send a company's register of seals to those who may read it."""
        register = request.env["channel.seal"]
        register.check_access("read")
        company = request.env["res.company"].browse(company_id)
        if company not in request.env.user.company_ids:
            raise request.not_found()
        content = json.dumps(register._prepare_register(company), indent=1, ensure_ascii=False)
        title = request.env._("Seal Register")
        return self._send_channel_file(content, f"{title} {company.name}.json")

    def _send_channel_file(self, content, name, mime_type="application/json"):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", f"{mime_type}; charset=utf-8"),
                ("Content-Disposition", content_disposition(name.replace("/", "_"))),
                # Neither a browser nor a proxy keeps what concerns one partner only.
                ("Cache-Control", "no-store"),
            ],
        )
