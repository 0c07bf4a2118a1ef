from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ChannelAgreementCreate(models.TransientModel):
    """Make a period's agreements for all partners of a role in one step."""

    _name = "channel.agreement.create"
    _description = "Create Agreements for a Period"

    period_id = fields.Many2one(
        comodel_name="channel.period",
        required=True,
        domain="[('state', '=', 'open')]",
        default=lambda self: self.env["channel.agreement"]._default_period_id(),
    )
    company_id = fields.Many2one(related="period_id.company_id")
    role = fields.Selection(
        selection=[
            ("both", "Dealers and sub-distributors"),
            ("dealer", "Dealers"),
            ("sub_distributor", "Sub-distributors"),
        ],
        string="For",
        required=True,
        default="both",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Only Partners",
        domain="[('channel_is_entity', '=', True)]",
        help="Empty: all partners of the role.",
    )
    copy_terms = fields.Boolean(
        string="Copy Last Terms",
        default=True,
        help="Take what is covered from the partner's last agreement.",
    )
    copy_rates = fields.Boolean(
        string="Copy Last Rates",
        help="Take the sealed rates of the partner's last agreement as well, each under a seal of "
        "its own, to be changed where they change. The reveal log tells that they were opened.",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products",
        domain="[('type', '!=', 'service')]",
        help="Covered by agreements that have no earlier one to copy. Empty: all products, with "
        "one rate.",
    )
    measure = fields.Selection(
        selection=lambda self: self._selection_measure(), required=True, default="amount"
    )
    partner_count = fields.Integer(string="Agreements to Create", compute="_compute_partner_count")

    @api.model
    def _selection_measure(self):
        return (
            self.env["channel.agreement.line"]._fields["measure"]._description_selection(self.env)
        )

    @api.depends("period_id", "role", "partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard._get_partners())

    def _get_partners(self):
        """Return the partners of the role that have no live agreement for the period yet."""
        self.ensure_one()
        domain = Domain("channel_is_entity", "=", True) & Domain(
            "company_id", "in", [False, self.company_id.id]
        )
        if self.role != "both":
            domain &= Domain("channel_role", "=", self.role)
        if self.partner_ids:
            domain &= Domain("id", "in", self.partner_ids.ids)
        taken = self.env["channel.agreement"].search(
            [("period_id", "=", self.period_id.id), ("state", "!=", "cancelled")]
        )
        return self.env["res.partner"].search(domain) - taken.partner_id

    def _prepare_template_lines(self):
        if not self.product_ids:
            return [{"applied_on": "all", "measure": self.measure}]
        return [
            {"applied_on": "product", "product_id": product.id, "measure": self.measure}
            for product in self.product_ids
        ]

    def action_create(self):
        self.ensure_one()
        partners = self._get_partners()
        if not partners:
            raise UserError(
                self.env._(
                    "All partners of this selection have an agreement for %(period)s already.",
                    period=self.period_id.name,
                )
            )
        agreements = self.period_id._create_agreements(
            partners,
            self._prepare_template_lines(),
            copy_terms=self.copy_terms,
            copy_rates=self.copy_terms and self.copy_rates,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_action"
        )
        return {**action, "domain": [("id", "in", agreements.ids)], "context": {}}
