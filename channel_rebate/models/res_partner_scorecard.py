from odoo import api, fields, models


class ResPartner(models.Model):
    """From a dealer to his scorecards."""

    _inherit = "res.partner"

    channel_scorecard_count = fields.Integer(
        string="Scorecard Count", compute="_compute_channel_scorecard_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_channel_scorecard_count(self):
        """Count what the reader may see himself; nothing is counted in sudo mode."""
        Scorecard, counts = self.env["channel.scorecard"], {}
        if Scorecard.has_access("read"):
            domain = [("partner_id", "in", self.ids)]
            counts = dict(Scorecard._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.channel_scorecard_count = counts.get(partner._origin, 0)

    def action_open_channel_scorecards(self):
        return self._action_open_channel(
            "channel_scorecard_action",
            [("partner_id", "=", self.id)],
            {"default_partner_id": self.id},
        )
