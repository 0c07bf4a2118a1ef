from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql, format_date, formatLang


class ChannelIncident(models.Model):
    """Whom we delivered a lot to: goods that turn up somewhere tell by it who sold them on."""

    _inherit = "channel.incident"

    lot_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Delivered To",
        compute="_compute_lot_deliveries",
        help="To whom we delivered the lot, the latest first.",
    )
    lot_deliveries = fields.Html(string="Deliveries", compute="_compute_lot_deliveries")

    @api.depends("lot", "product_id", "company_id")
    def _compute_lot_deliveries(self):
        for incident in self:
            lines_sudo = incident._find_lot_lines()
            incident.lot_partner_ids = lines_sudo._get_channel_receivers().sudo(False)
            incident.lot_deliveries = incident._format_lot_deliveries(lines_sudo)

    @api.onchange("lot", "product_id")
    def _onchange_lot(self):
        """Propose the partner who got the lot, and its product, if there is only one."""
        lines_sudo = self._find_lot_lines()
        partners = lines_sudo._get_channel_receivers().filtered("channel_is_entity")
        if len(partners) == 1 and not self.partner_id:
            self.partner_id = partners.sudo(False)
        if len(lines_sudo.product_id) == 1 and not self.product_id:
            self.product_id = lines_sudo.product_id.sudo(False)

    def _find_lot_lines(self):
        """Return the lines of our deliveries that had the lot, the latest first; elevated."""
        name = (self.lot or "").strip()
        # Elevated: whoever looks into an incident may know where its lot went, not all of stock.
        lines_sudo = self.env["stock.move.line"].sudo()
        if not name:
            return lines_sudo
        domain = Domain(
            [
                ("lot_id.name", "=ilike", escape_psql(name)),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        return lines_sudo.search(domain, order="date desc, id desc")

    def _format_lot_deliveries(self, lines):
        """Return a table of deliveries: to whom, when, what and by which transfer."""
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                line._get_channel_receivers().name or "",
                format_date(self.env, fields.Datetime.context_timestamp(self, line.date)),
                self._format_lot_quantity(line),
                line.picking_id.name or "",
            )
            for line in lines
        )
        return rows and Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows

    def _format_lot_quantity(self, line):
        quantity = formatLang(self.env, line.quantity, dp="Product Unit")
        return f"{quantity} {line.product_uom_id.name} {line.product_id.display_name}"
