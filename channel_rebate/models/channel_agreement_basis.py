from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChannelAgreement(models.Model):
    """Which sales an agreement counts, and in which currency."""

    _inherit = "channel.agreement"

    basis = fields.Selection(
        selection=[("invoiced", "What is invoiced"), ("paid", "What is paid")],
        required=True,
        default="invoiced",
        tracking=True,
        help="What is paid: only invoices count that are paid in full by the cut-off of the "
        "settlement. A sub-distributor's orders count as they are.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="The currency of thresholds, rebates and documents. A sub-distributor's is that of "
        "his dealer.",
    )

    @api.depends("company_id", "role", "dealer_agreement_id")
    def _compute_currency_id(self):
        for agreement in self:
            dealer = agreement.role == "sub_distributor" and agreement.dealer_agreement_id
            agreement.currency_id = (
                dealer.currency_id if dealer else agreement.company_id.currency_id
            )

    def write(self, vals):
        result = super().write(vals)
        if "currency_id" in vals:
            self.sub_agreement_ids._follow_dealer_currency()
        return result

    def _follow_dealer_currency(self):
        """Put drafts of sub-distributors into the currency that their dealer's agreement has now.

        No dependency of the computed field: Odoo would compute it record by record then.
        """
        drafts = self.filtered(
            lambda agreement: agreement.role == "sub_distributor" and agreement.state == "draft"
        )
        for dealer, subs in drafts.grouped("dealer_agreement_id").items():
            wrong = subs.filtered(lambda sub, dealer=dealer: sub.currency_id != dealer.currency_id)
            if dealer and wrong:
                wrong.currency_id = dealer.currency_id

    @api.constrains("basis", "role")
    def _check_basis(self):
        for agreement in self:
            if agreement.basis == "paid" and agreement.role == "sub_distributor":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s can't count what is paid: a sub-distributor does not pay "
                        "us for what he orders from his dealer.",
                        agreement=agreement.display_name,
                    )
                )

    @api.constrains("currency_id", "partner_id", "period_id", "state")
    def _check_currency(self):
        """One statement has one currency, and so have a dealer and his sub-distributors.

        Not when a draft is hung on another agreement: its currency follows right after.
        """
        own = self._without_revealed()
        versions = own.search(
            [
                ("partner_id", "in", own.partner_id.ids),
                ("period_id", "in", own.period_id.ids),
                ("state", "!=", "cancelled"),
            ]
        ).grouped(lambda agreement: (agreement.partner_id, agreement.period_id))
        for agreement in own.filtered(lambda record: record.state != "cancelled"):
            currency = agreement.currency_id
            others = versions.get((agreement.partner_id, agreement.period_id), ())
            for other in (*others, *agreement.dealer_agreement_id):
                if other.currency_id != currency:
                    raise ValidationError(
                        self.env._(
                            "%(agreement)s has to be in %(currency)s, as %(other)s is.",
                            agreement=agreement.display_name,
                            currency=other.currency_id.name,
                            other=other.display_name,
                        )
                    )

    def _prepare_copy_terms(self):
        """Return values for the same terms in an agreement of another period."""
        self.ensure_one()
        terms = {"basis": self.basis}
        if self.role == "dealer":
            terms["currency_id"] = self.currency_id.id
        return terms
