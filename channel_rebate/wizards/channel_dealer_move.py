from odoo import api, fields, models


class ChannelDealerMove(models.TransientModel):
    """Move a sub-distributor to another dealer, from a day on."""

    _name = "channel.dealer.move"
    _description = "Move to Another Dealer"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Sub-distributor",
        required=True,
        domain="[('channel_role', '=', 'sub_distributor'), ('channel_is_entity', '=', True)]",
    )
    current_dealer_id = fields.Many2one(
        related="partner_id.channel_dealer_id", string="Present Dealer"
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        string="New Dealer",
        required=True,
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True),"
        " ('id', '!=', current_dealer_id)]",
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=fields.Date.context_today,
        help="Orders from this channel date on belong to the new dealer; orders that are there "
        "already keep theirs.",
    )
    reason = fields.Char()
    agreements = fields.Char(
        compute="_compute_agreements",
        string="Running Agreements",
        help="They hang on the present dealer's agreement and count his sales only.",
    )

    @api.depends("partner_id", "date_from")
    def _compute_agreements(self):
        """Name what does not move along, as far as the reader may see it."""
        agreements = self.env["channel.agreement"]
        for wizard in self:
            running = agreements
            if agreements.has_access("read") and wizard.date_from:
                running = agreements.search(
                    [
                        ("partner_id", "=", wizard.partner_id.id),
                        ("state", "in", ("draft", "sealed", "signed")),
                        ("period_id.date_to", ">=", wizard.date_from),
                    ]
                )
            wizard.agreements = ", ".join(running.mapped("display_name"))

    def action_move(self):
        for wizard in self:
            wizard.partner_id._move_to_channel_dealer(
                wizard.dealer_id, wizard.date_from, wizard.reason
            )
        return {"type": "ir.actions.act_window_close"}
