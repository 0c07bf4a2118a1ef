from odoo import api, fields, models


class ChannelAgreementVersion(models.TransientModel):
    """Ask from which day a new version of an agreement applies."""

    _name = "channel.agreement.version"
    _description = "New Version of an Agreement"

    agreement_id = fields.Many2one(
        comodel_name="channel.agreement", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id")
    applies_from = fields.Date(related="agreement_id.date_from", string="Applies From")
    applies_until = fields.Date(related="agreement_id.date_until", string="Applies Until")
    date_from = fields.Date(
        string="New Version From",
        compute="_compute_date_from",
        store=True,
        readonly=False,
        required=True,
        help="Its first day. The version before it applies until the day before.",
    )
    copy_terms = fields.Boolean(
        string="Copy What Is Covered",
        default=True,
        help="Take the lines of the version before.",
    )
    copy_rates = fields.Boolean(
        help="Take the sealed rates of the version before as well, each under a seal of its own, "
        "to be changed where they change. The reveal log tells that they were opened.",
    )

    @api.depends("agreement_id")
    def _compute_date_from(self):
        """Suggest today, if the period is running and the version before has begun.

        What replaces lost rates begins with them.
        """
        today = fields.Date.context_today(self)
        for wizard in self:
            agreement = wizard.agreement_id
            is_within = agreement and agreement.date_from < today <= agreement.period_id.date_to
            wizard.date_from = today if is_within else False
            if agreement.rates_lost:
                wizard.date_from = agreement.date_from

    def action_create(self):
        self.ensure_one()
        version = self.agreement_id._create_version(
            self.date_from,
            copy_terms=self.copy_terms,
            copy_rates=self.copy_terms and self.copy_rates,
        )
        return version.get_formview_action()
