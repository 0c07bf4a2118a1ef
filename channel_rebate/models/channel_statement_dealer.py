from odoo import api, fields, models


class ChannelStatement(models.Model):
    _inherit = "channel.statement"

    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_dealer_id",
        store=True,
        index=True,
        help="The dealer himself, or whom the sub-distributor is settled with: one group in lists.",
    )

    @api.depends("partner_id", "dealer_statement_id.partner_id")
    def _compute_dealer_id(self):
        """Read by lists; settlements write it in SQL, for all statements at once."""
        for statement in self:
            dealer_statement = statement.dealer_statement_id
            statement.dealer_id = dealer_statement.partner_id or statement.partner_id
