from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChannelTerritoryAssignment(models.Model):
    """Whose territory it is, from a day on: the history of a change of dealer.

    An assignment applies until the day before the next one. The first has no day: it applies to
    everything before the second. One without a dealer says that nobody has the territory then.
    The territory's ``dealer_id`` is the one of today.
    """

    _name = "channel.territory.assignment"
    _description = "Dealer of a Territory"
    _order = "territory_id, date_from nulls first, id"
    _rec_name = "dealer_id"
    _check_company_auto = True

    territory_id = fields.Many2one(
        comodel_name="channel.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True)
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Empty: nobody has the territory.",
    )
    date_from = fields.Date(
        string="From",
        help="First day on which the territory was his. Empty: from the beginning.",
    )
    reason = fields.Char(help="Why the dealer changed.")

    _one_a_day = models.UniqueIndex(
        "(territory_id, (COALESCE(date_from, '0001-01-01'::date)))",
        "A territory has one dealer on a day.",
    )

    @api.constrains("dealer_id", "date_from")
    def _check_dealer(self):
        """What comes has to be a dealer; what has been may have changed its role since."""
        today = fields.Date.context_today(self)
        for assignment in self.filtered("dealer_id"):
            dealer = assignment.dealer_id
            is_over = assignment.date_from and assignment.date_from < today
            is_dealer = dealer.channel_role == "dealer" and dealer.channel_is_entity
            if not is_over and not is_dealer:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no dealer, so %(territory)s can't be his. Choose a dealer.",
                        name=dealer.display_name,
                        territory=assignment.territory_id.name,
                    )
                )

    @api.model
    def _cron_apply(self):
        """Give the territories whose day has come their new dealer."""
        today = fields.Date.context_today(self)
        self.search([("date_from", "<=", today)]).territory_id._apply_dealer()
