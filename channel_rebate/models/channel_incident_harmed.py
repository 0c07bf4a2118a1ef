from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEALER_DOMAIN = "[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]"


class ChannelIncident(models.Model):
    """Whom a breach has harmed: the dealer of the territory on that day, unless somebody chose.

    He may have become something else since, or belong to another company; then it is nobody.
    """

    _inherit = "channel.incident"

    harmed_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_harmed_dealer_id",
        inverse="_inverse_harmed_dealer_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain=DEALER_DOMAIN,
        check_company=True,
        help="Who has lost by it: the dealer of that territory. He may get a share of the penalty.",
    )

    is_harmed_chosen = fields.Boolean(
        string="Harmed Dealer Chosen",
        readonly=True,
        copy=False,
        help="By hand, and not the dealer of the territory on that day.",
    )

    @api.depends("territory_id", "partner_id", "date", "company_id")
    def _compute_harmed_dealer_id(self):
        """Propose whose territory it was on that day; what was chosen or decided stays."""
        proposals = self._propose_harmed_dealers()
        for incident, proposal in proposals.items():
            is_decided = incident.state in ("penalised", "dismissed")
            if is_decided or incident.is_harmed_chosen:
                incident.harmed_dealer_id = incident.harmed_dealer_id
            else:
                incident.harmed_dealer_id = proposal

    @api.onchange("harmed_dealer_id")  # in a form, before anything is written
    def _inverse_harmed_dealer_id(self):
        """Keep in mind what is not as proposed, nobody included."""
        for incident, proposal in self._propose_harmed_dealers().items():
            incident.is_harmed_chosen = incident.harmed_dealer_id != proposal

    def _propose_harmed_dealers(self):
        """Return ``{incident: dealer}``; the dealer may be empty."""
        today = fields.Date.context_today(self)
        places = {
            incident: (incident.territory_id._origin, incident.date or today) for incident in self
        }
        dealers = self.env["channel.territory"]._get_dealers_by_day(places.values())
        return {
            incident: self._filter_harmed(
                dealers[place] - incident.partner_id._origin, incident.company_id._origin
            )
            for incident, place in places.items()
        }

    @api.model
    def _filter_harmed(self, partners, company):
        """Return those of the partners who can be entered as harmed in a company's incident."""
        # Elevated: whose territory it was may be out of sight.
        harmed_sudo = partners.sudo().filtered(
            lambda partner: partner.channel_role == "dealer" and partner.channel_is_entity
        )
        domain = harmed_sudo._check_company_domain(company)
        return partners.browse(harmed_sudo.filtered_domain(domain).ids)

    @api.constrains("partner_id", "harmed_dealer_id")
    def _check_harmed_dealer(self):
        for incident in self:
            harmed = incident.harmed_dealer_id
            is_dealer = harmed.channel_role == "dealer" and harmed.channel_is_entity
            if harmed and (harmed == incident.partner_id or not is_dealer):
                raise ValidationError(
                    self.env._(
                        "%(incident)s: %(dealer)s can't be the harmed dealer. Choose another "
                        "dealer, or nobody.",
                        incident=incident.display_name,
                        dealer=harmed.display_name,
                    )
                )
