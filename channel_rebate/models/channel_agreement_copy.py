from odoo import models
from odoo.exceptions import UserError


class ChannelAgreement(models.Model):
    """Duplicating: the terms, never the rates, and into a period that is free for the partner."""

    _inherit = "channel.agreement"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "period_id" not in (default or {}):
            for agreement, vals in zip(self, vals_list, strict=True):
                vals["period_id"] = agreement._find_period_to_copy_to().id
        return vals_list

    def _find_period_to_copy_to(self):
        """Return the first open period, from its own on, in which the partner has none yet."""
        self.ensure_one()
        periods = self.env["channel.period"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
                ("date_from", ">=", self.period_id.date_from),
            ],
            order="date_from",
        )
        taken = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("period_id", "in", periods.ids),
                ("state", "!=", "cancelled"),
            ]
        )
        if free := periods - taken.period_id:
            return free[0]
        raise UserError(
            self.env._(
                "%(partner)s has an agreement in each open period from %(period)s on. Open the "
                "next period first, or make a new version of %(agreement)s.",
                partner=self.partner_id.name,
                period=self.period_id.name,
                agreement=self.display_name,
            )
        )
