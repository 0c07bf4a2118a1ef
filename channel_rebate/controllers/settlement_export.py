from odoo import http
from odoo.http import content_disposition, request

from ..tools.workbook import write_workbook


class SettlementExport(http.Controller):
    @http.route("/channel_rebate/settlement/<int:settlement_id>/xlsx", type="http", auth="user")
    def settlement_export(self, settlement_id):
        """Send statements and lines of a run to a holder; everybody else gets an error."""
        settlement = request.env["channel.settlement"].browse(settlement_id)
        settlement._check_holder()
        if not settlement.exists():
            raise request.not_found()
        content = write_workbook(settlement._prepare_export())
        name = f"{settlement.name}.xlsx".replace("/", "_")
        mime_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mime_type),
                ("Content-Disposition", content_disposition(name)),
                # Neither a browser nor a proxy keeps what is secret until the reveal.
                ("Cache-Control", "no-store"),
            ],
        )
