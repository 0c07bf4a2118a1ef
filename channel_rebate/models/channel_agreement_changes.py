from odoo import models


class ChannelAgreement(models.Model):
    """Who signs late has the settled period compared again; so has a new version."""

    _inherit = "channel.agreement"

    def _move_to(self, state, allowed, **values):  # pylint: disable=missing-return
        super()._move_to(state, allowed, **values)
        if state != "revealed":  # which comes with a settlement, and that says so itself
            self.env["channel.period.check"]._mark_sales(
                {
                    (agreement.company_id.id, partner.id, agreement.period_id.date_from)
                    for agreement in self
                    for partner in agreement.partner_id | agreement.dealer_agreement_id.partner_id
                }
            )
