from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _get_channel_receivers(self):
        """Return the companies behind the addresses to which these lines went."""
        partners = self.env["res.partner"]
        for line in self:
            partners |= line.picking_id.partner_id or line.move_id.partner_id
        return partners.commercial_partner_id
