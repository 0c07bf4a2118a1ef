from odoo import api, models


class ChannelPeriod(models.Model):
    """A period keeps the days on which its penalties' breaches were."""

    _inherit = "channel.period"

    @api.constrains("date_from", "date_to")
    def _check_penalties(self):
        # Elevated: officers keep periods, and anybody's penalty counts.
        self.env["channel.penalty"].sudo().search([("period_id", "in", self.ids)])._check_date()
