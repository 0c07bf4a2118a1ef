import io

import xlsxwriter
from odoo import http
from odoo.http import content_disposition, request


class RateTemplate(http.Controller):
    @http.route("/channel_rebate/rate_template/<int:period_id>", type="http", auth="user")
    def rate_template(self, period_id):
        """Send an empty rate sheet; only holders get past the rate model's access check."""
        period = request.env["channel.period"].browse(period_id).exists()
        if not period:
            raise request.not_found()
        period.check_access("read")
        rates = request.env["channel.rate"]
        rates.check_access("read")
        title = request.env._("Rates")
        name = f"{title} {period.name}.xlsx"
        return request.make_response(
            self._write_workbook(rates._get_sheet(period)),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _write_workbook(self, rows):
        stream = io.BytesIO()
        # Constant memory, and no text taken for a formula: partner names are anybody's text.
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 5, 24)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, book.add_format({"bold": True}) if not number else None)
        book.close()
        return stream.getvalue()
