from odoo import api, fields, models


class SaleOrder(models.Model):
    """What came to light by an order of the channel."""

    _inherit = "sale.order"

    channel_incident_count = fields.Integer(
        string="Incident Count", compute="_compute_channel_incident_count"
    )

    @api.depends_context("uid")
    def _compute_channel_incident_count(self):
        """Count what the reader may see himself; nothing is counted in sudo mode."""
        counts = {}
        if self.env["channel.incident"].has_access("read"):
            counts = dict(
                self.env["channel.incident"]._read_group(
                    [("order_id", "in", self.ids)], ["order_id"], ["__count"]
                )
            )
        for order in self:
            order.channel_incident_count = counts.get(order._origin, 0)

    def action_report_channel_incident(self):
        self.ensure_one()
        Incident = self.env["channel.incident"]
        return Incident._get_report_action(Incident._prepare_from_order(self))

    def action_open_channel_incidents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_incident_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
