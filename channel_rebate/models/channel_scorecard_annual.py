from odoo import models


class ChannelScorecard(models.Model):
    """A coefficient that is fixed anew changes a year-end rebate that is settled already."""

    _inherit = "channel.scorecard"

    def write(self, vals):
        result = super().write(vals)
        if {"state", "coefficient"} & vals.keys():
            self.env["channel.settlement"]._update_annual_activities(
                {(scorecard.company_id, scorecard.year) for scorecard in self}
            )
        return result
