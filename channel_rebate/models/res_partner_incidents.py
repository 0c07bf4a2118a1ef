from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """What a dealer or sub-distributor is said to have done."""

    _inherit = "res.partner"

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
                    [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
                )
            )
        for partner in self:
            partner.channel_incident_count = counts.get(partner._origin, 0)

    def action_open_channel_incidents(self):
        return self._action_open_channel(
            "channel_incident_action",
            [("partner_id", "=", self.id)],
            {"default_partner_id": self.id},
        )

    def action_report_channel_incident(self):
        """Report what this partner, or the company of this contact, has done."""
        self.ensure_one()
        entity = self.commercial_partner_id
        if not entity.channel_role:
            raise UserError(
                self.env._(
                    "%(partner)s is neither a dealer nor a sub-distributor: there is no incident "
                    "to report.",
                    partner=self.display_name,
                )
            )
        return self.env["channel.incident"]._get_report_action({"partner_id": entity.id})
