from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChannelDealerAssignment(models.Model):
    """From which dealer a sub-distributor buys, from a day on: the history of a move.

    An assignment applies until the day before the next one. The first has no day: it applies to
    everything before the second. The partner's ``channel_dealer_id`` is the one of today.
    """

    _name = "channel.dealer.assignment"
    _description = "Dealer of a Sub-distributor"
    _order = "partner_id, date_from nulls first, id"
    _rec_name = "dealer_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Sub-distributor",
        required=True,
        index=True,
        ondelete="cascade",
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
    )
    date_from = fields.Date(
        string="From",
        help="First day on which he bought from this dealer. Empty: from the beginning.",
    )
    reason = fields.Char(help="Why he was moved.")

    _one_a_day = models.UniqueIndex(
        "(partner_id, (COALESCE(date_from, '0001-01-01'::date)))",
        "A sub-distributor has one dealer on a day.",
    )

    @api.constrains("partner_id", "dealer_id", "date_from")
    def _check_dealer(self):
        """What comes has to be a dealer; what has been may have changed its role since."""
        today = fields.Date.context_today(self)
        for assignment in self:
            dealer = assignment.dealer_id
            is_over = assignment.date_from and assignment.date_from < today
            if not is_over and (dealer.channel_role != "dealer" or dealer == assignment.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(dealer)s is no dealer, so %(name)s can't buy there. Choose a dealer.",
                        dealer=dealer.name,
                        name=assignment.partner_id.name,
                    )
                )

    @api.model
    def _cron_apply(self):
        """Give the sub-distributors whose day has come their new dealer."""
        today = fields.Date.context_today(self)
        due = self.search([("date_from", "<=", today)]).partner_id
        due.filtered(
            lambda partner: partner.channel_is_entity and partner.channel_role == "sub_distributor"
        )._apply_channel_dealer()
