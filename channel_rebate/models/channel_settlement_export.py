from odoo import models
from odoo.exceptions import AccessError


class ChannelSettlement(models.Model):
    """Export to XLSX, for holders: the file is made in memory and sent, and nothing of it stays.

    Before approval it holds expected amounts, so that each export is told in the chatter: by whom
    and when, and no value.
    """

    _inherit = "channel.settlement"

    def action_export(self):
        self.ensure_one()
        self._check_holder()
        return {
            "type": "ir.actions.act_url",
            "url": f"/channel_rebate/settlement/{self.id}/xlsx",
            "target": "download",
        }

    def _check_holder(self):
        """Refuse everybody but holders in their own environment; elevated code neither."""
        if not self.env["channel.rate"]._is_holder():
            raise AccessError(
                self.env._("Only rate keepers and settlement officers may see what is expected.")
            )

    def _prepare_export(self):
        """Return the sheets of the workbook and tell in the chatter that somebody took them.

        :return: ``[(title, headings, rows)]``; amounts and rates are decimals
        :raise AccessError: the caller is no holder
        """
        self.ensure_one()
        self._check_holder()
        self.check_access("read")
        statements = self.statement_ids.sorted(
            lambda record: (record.dealer_id.name, record.role, record.partner_id.name, record.id)
        )
        sheets = [
            statements._prepare_export_sheet(),
            statements.line_ids._prepare_export_sheet(),
            statements._find_sales()._prepare_export_sheet(),
        ]
        self._message_log(body=self.env._("Exported as a spreadsheet."))
        return sheets
