from odoo import fields, models
from odoo.exceptions import UserError


class ChannelTerritoryDealerChange(models.TransientModel):
    """Give territories to another dealer, or to nobody, from a day on."""

    _name = "channel.territory.dealer.change"
    _description = "Change the Dealer of a Territory"

    territory_ids = fields.Many2many(
        comodel_name="channel.territory", string="Territories", required=True
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        string="New Dealer",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
    )
    is_vacant = fields.Boolean(
        string="Nobody for Now", help="The territory has no dealer from that day on."
    )
    date_from = fields.Date(
        string="First Day",
        default=fields.Date.context_today,
        help="Before this day the territory stays with whoever had it. Empty: from the beginning, "
        "as a correction of all that was noted.",
    )
    reason = fields.Char()

    def action_change(self):
        for wizard in self:
            if bool(wizard.dealer_id) == wizard.is_vacant:
                raise UserError(self.env._("Choose the new dealer, or nobody for now."))
            wizard.territory_ids._change_dealer(wizard.dealer_id, wizard.date_from, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
