from odoo import fields, models

from ..const import PERIOD_KEEPERS


class ChannelSettlement(models.Model):
    """A settlement corrects its period, and says if it has to be corrected itself."""

    _inherit = "channel.settlement"

    needs_supplementary = fields.Boolean(related="period_id.needs_supplementary")
    changed_partner_ids = fields.Many2many(
        related="period_id.changed_partner_ids", groups=PERIOD_KEEPERS
    )

    def action_approve(self):  # pylint: disable=missing-return
        """Compare again: what was posted at the very same moment is seen then, too."""
        super().action_approve()
        self.env["channel.period.check"]._mark_periods(self.period_id)

    def action_reverse(self):  # pylint: disable=missing-return
        super().action_reverse()
        self.env["channel.period.check"]._mark_periods(self.period_id)

    def action_make_supplementary(self):
        return self.period_id.action_make_supplementary()
