from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import HOLDERS


class ChannelAgreement(models.Model):
    """What a partner signs for one period: what is covered, in clear, and sealed rates.

    ``draft → sealed → signed → revealed``, ``cancelled`` from draft and sealed. This is the public
    half: salespeople and accountants read it, so nothing here may depend on a rate. The rates are
    in ``channel.rate``, which points here and is not pointed at.
    """

    _name = "channel.agreement"
    _description = "Channel Rebate Agreement"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "period_id desc, role, partner_id, version, id"
    _rec_names_search = ["partner_id.name", "partner_id.ref", "period_id.name"]
    _check_company_auto = True
    _workflow_fields = frozenset(
        {
            "state",
            "version",
            "seal_header",
            "fingerprint",
            "sealed_on",
            "sealed_by_id",
            "signed_on",
            "signatory",
            "signed_by_id",
            "rates_lost",
            "rates_forgotten",
            # channel_agreement_paper.py
            "signed_paper",
            "signed_paper_name",
            "signed_paper_hash",
            "signature",
            # channel_agreement_late.py
            "is_sealed_late",
            "is_signed_late",
            "is_marked_late",
            "signed_marked_on",
        }
    )
    # What the seal covers, beside the lines, which guard themselves.
    _sealed_fields = frozenset(
        {
            "partner_id",
            "role",
            "period_id",
            "company_id",
            "currency_id",
            "basis",
            "date_from",
            "dealer_agreement_id",
        }
    )

    # Who and when
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        domain="[('channel_role', '!=', False), ('channel_is_entity', '=', True)]",
        check_company=True,
        tracking=True,
    )
    role = fields.Selection(
        selection=[("dealer", "Dealer"), ("sub_distributor", "Sub-distributor")],
        compute="_compute_role",
        store=True,
        precompute=True,
        help="The partner's role when the agreement was made.",
    )
    period_id = fields.Many2one(
        comodel_name="channel.period",
        required=True,
        index=True,
        domain="[('state', '=', 'open')]",
        default=lambda self: self._default_period_id(),
        check_company=True,
        tracking=True,
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="First day that counts; later than the period's for a partner who joins in between.",
    )
    date_to = fields.Date(related="period_id.date_to")
    company_id = fields.Many2one(related="period_id.company_id", store=True, precompute=True)
    dealer_agreement_id = fields.Many2one(
        comodel_name="channel.agreement",
        compute="_compute_dealer_agreement_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        string="Dealer's Agreement",
        check_company=True,
        help="The agreement of the sub-distributor's dealer, out of whose rebate he is paid.",
    )
    sub_agreement_ids = fields.One2many(
        comodel_name="channel.agreement",
        inverse_name="dealer_agreement_id",
        string="Sub-distributors' Agreements",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)

    # What is covered
    line_ids = fields.One2many(
        comodel_name="channel.agreement.line",
        inverse_name="agreement_id",
        string="Lines",
        copy=True,
    )

    # The life of it
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sealed", "Sealed"),
            ("signed", "Signed"),
            ("revealed", "Revealed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    seal_header = fields.Text(readonly=True, copy=False, help="The sealed text of the header.")
    fingerprint = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 commitment to the sealed terms and rates. It proves later that no rate was "
        "changed, and tells none.",
    )
    sealed_on = fields.Datetime(readonly=True, copy=False)
    sealed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    signed_on = fields.Date(readonly=True, copy=False, tracking=True)
    signatory = fields.Char(
        readonly=True, copy=False, help="Who signed on the partner's side.", tracking=True
    )
    signed_by_id = fields.Many2one(
        comodel_name="res.users", string="Marked Signed By", readonly=True, copy=False
    )

    # For holders
    line_count = fields.Integer(compute="_compute_counts")
    rate_count = fields.Integer(string="Rates Entered", compute="_compute_counts", groups=HOLDERS)

    # For two users at once; deferred, so that the check in Python, which names the other
    # agreement, comes first. An index alone can't be deferred.
    _one_live_agreement = models.Constraint(
        "EXCLUDE (partner_id WITH =, period_id WITH =, version WITH =) "
        "WHERE (state != 'cancelled') DEFERRABLE INITIALLY DEFERRED",
        "This partner has an agreement for this period already.",
    )

    @api.model
    def _default_period_id(self):
        domain = [("company_id", "=", self.env.company.id), ("state", "=", "open")]
        return self.env["channel.period"].search(domain, limit=1)

    @api.depends("partner_id")
    def _compute_role(self):
        for agreement in self:
            agreement.role = agreement.partner_id.channel_role

    @api.depends("period_id")
    def _compute_date_from(self):
        for agreement in self:
            agreement.date_from = agreement.period_id.date_from

    @api.depends("partner_id.name", "period_id.name", "version")
    def _compute_display_name(self):
        for agreement in self:
            name = f"{agreement.period_id.name} · {agreement.partner_id.name}"
            version = f" (v{agreement.version})" if agreement.version > 1 else ""
            agreement.display_name = name + version

    @api.depends("line_ids")
    @api.depends_context("uid")
    def _compute_counts(self):
        lines = dict(
            self.env["channel.agreement.line"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        rates = {}
        if self.env["channel.rate"].has_access("read"):
            rates = dict(
                self.env["channel.rate"]._read_group(
                    [("agreement_id", "in", self.ids), ("is_entered", "=", True)],
                    ["agreement_id"],
                    ["__count"],
                )
            )
        for agreement in self:
            agreement.line_count = lines.get(agreement, 0)
            agreement.rate_count = rates.get(agreement, 0)

    @api.constrains("partner_id", "period_id")
    def _check_partner(self):
        for agreement in self:
            partner = agreement.partner_id
            if not partner.channel_role or not partner.channel_is_entity:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is neither a dealer nor a sub-distributor. Set the channel "
                        "role on the company's own form first.",
                        partner=partner.display_name,
                    )
                )
            if agreement.role == "sub_distributor" and not partner.channel_dealer_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is a sub-distributor without a dealer. Set his dealer first.",
                        partner=partner.display_name,
                    )
                )
            agreement.period_id._check_open()

    @api.constrains("partner_id", "period_id", "state", "version")
    def _check_no_second_agreement(self):
        live = self._without_revealed()
        groups = live and self.env["channel.agreement"]._read_group(
            [
                ("partner_id", "in", live.partner_id.ids),
                ("period_id", "in", live.period_id.ids),
                ("state", "!=", "cancelled"),
            ],
            ["partner_id", "period_id", "version"],
            having=[("__count", ">", 1)],
        )
        if groups:
            raise ValidationError(
                self.env._(
                    "There is an agreement already: %(agreements)s. Open that one, or cancel it "
                    "first.",
                    agreements=", ".join(
                        f"{period.name} · {partner.name}" for partner, period, _v in groups
                    ),
                )
            )

    @api.constrains("date_from", "period_id")
    def _check_date_from(self):
        for agreement in self:
            period = agreement.period_id
            if not period.date_from <= agreement.date_from <= period.date_to:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s has to begin within its period.",
                        agreement=agreement.display_name,
                    )
                )

    def write(self, vals):
        if self._sealed_fields & vals.keys() and not self._is_trusted():
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if kept := self.filtered(lambda agreement: agreement.state not in ("draft", "cancelled")):
            raise UserError(
                self.env._(
                    "%(agreements)s can't be deleted once sealed. Cancel instead, as long as it "
                    "is not signed.",
                    agreements=", ".join(kept.mapped("display_name")),
                )
            )

    def action_open_rates(self):
        """Open the rate sheet of the selected agreements (holders only, by access right)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("channel_rebate.channel_rate_action")
        return {**action, "domain": [("agreement_id", "in", self.ids)], "context": {}}
