from odoo import models


class CrmTeam(models.Model):
    """A team's figures are its own sales."""

    _inherit = "crm.team"

    def _compute_sale_order_count(self):  # pylint: disable=missing-return
        super()._compute_sale_order_count()
        sell_out = dict(
            self.env["sale.order"]._read_group(
                [
                    ("team_id", "in", self.ids),
                    ("state", "!=", "cancel"),
                    ("channel_tier", "=", "sell_out"),
                ],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.sale_order_count -= sell_out.get(team._origin, 0)
