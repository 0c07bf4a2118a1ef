from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """The network: dealers, and sub-distributors who buy from one dealer.

    Role, dealer and territory belong to the commercial entity and reach its contacts from there.
    """

    _inherit = "res.partner"

    channel_role = fields.Selection(
        selection=[("dealer", "Dealer"), ("sub_distributor", "Sub-distributor")],
        index="btree_not_null",
        tracking=True,
        help="A dealer buys from the company; a sub-distributor buys from his dealer.",
    )
    channel_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Dealer",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The dealer from whom the sub-distributor buys today.",
    )
    channel_territory_id = fields.Many2one(
        comodel_name="channel.territory", string="Territory", index="btree_not_null"
    )
    channel_sub_distributor_ids = fields.One2many(
        comodel_name="res.partner",
        inverse_name="channel_dealer_id",
        string="Sub-distributors",
        domain=[("channel_is_entity", "=", True)],
    )
    channel_is_entity = fields.Boolean(
        string="Is a Channel Partner",
        compute="_compute_channel_is_entity",
        store=True,
        help="A commercial entity with a channel role, as opposed to one of its contacts.",
    )
    channel_agreement_count = fields.Integer(compute="_compute_channel_counts")
    channel_statement_count = fields.Integer(compute="_compute_channel_counts")
    channel_sub_distributor_count = fields.Integer(
        string="Sub-distributor Count", compute="_compute_channel_counts"
    )

    @api.depends("channel_role", "commercial_partner_id")
    def _compute_channel_is_entity(self):
        for partner in self:
            partner.channel_is_entity = bool(
                partner.channel_role and partner.commercial_partner_id == partner
            )

    @api.depends_context("uid")
    def _compute_channel_counts(self):
        """Count what the reader may see himself; nothing is counted in sudo mode."""
        sources = {
            "channel_agreement_count": ("channel.agreement", "partner_id"),
            "channel_statement_count": ("channel.statement", "partner_id"),
            "channel_sub_distributor_count": ("res.partner", "channel_dealer_id"),
        }
        for field_name, (model, partner_field) in sources.items():
            counts = {}
            domain = [(partner_field, "in", self.ids)]
            if model == "res.partner":
                domain.append(("channel_is_entity", "=", True))
            if self.env[model].has_access("read"):
                counts = dict(self.env[model]._read_group(domain, [partner_field], ["__count"]))
            for partner in self:
                partner[field_name] = counts.get(partner._origin, 0)

    @api.constrains("channel_role", "channel_dealer_id", "parent_id")
    def _check_channel_network(self):
        for partner in self.filtered(lambda record: record == record.commercial_partner_id):
            if message := partner._channel_network_error_message():
                raise ValidationError(message)

    @api.constrains("parent_id", "is_company")
    def _check_channel_entity_with_agreements(self):
        """Sales count for the commercial entity, which has to stay the one that has signed."""
        contacts = self.filtered(lambda partner: partner != partner.commercial_partner_id)
        # Elevated: whoever edits partners need not see agreements.
        agreement_sudo = (
            self.env["channel.agreement"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", contacts.ids),
                    ("state", "in", ("draft", "sealed", "signed")),
                ],
                limit=1,
            )
        )
        if agreement_sudo:
            raise ValidationError(
                self.env._(
                    "%(name)s has rebate agreements and can't become a contact of another company.",
                    name=agreement_sudo.partner_id.name,
                )
            )

    def _channel_network_error_message(self):
        """Return what is wrong with the partner's place in the network, or nothing."""
        self.ensure_one()
        dealer = self.channel_dealer_id
        if self.channel_role == "sub_distributor" and not dealer:
            return self.env._("%(name)s is a sub-distributor: name his dealer.", name=self.name)
        if self.channel_role == "sub_distributor" and dealer.channel_role != "dealer":
            return self.env._(
                "%(dealer)s is no dealer, so %(name)s can't buy there. Choose a dealer.",
                dealer=dealer.name,
                name=self.name,
            )
        if self.channel_role != "sub_distributor" and dealer:
            return self.env._(
                "%(name)s has a dealer without being a sub-distributor. Remove the dealer.",
                name=self.name,
            )
        subs = self.channel_sub_distributor_ids | self._find_channel_coming_sub_distributors()
        if self.channel_role != "dealer" and subs:
            return self.env._(
                "%(name)s has sub-distributors (%(subs)s), so he has to stay a dealer. Give them "
                "another dealer first.",
                name=self.name,
                subs=", ".join(subs.mapped("name")),
            )
        return None

    @api.model
    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "channel_role",
            "channel_dealer_id",
            "channel_territory_id",
        ]

    def _action_open_channel(self, xml_id, domain, context=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"channel_rebate.{xml_id}")
        return {**action, "domain": domain, "context": context or {}}

    def action_open_channel_agreements(self):
        return self._action_open_channel(
            "channel_agreement_action",
            [("partner_id", "=", self.id)],
            {"default_partner_id": self.id},
        )

    def action_open_channel_statements(self):
        return self._action_open_channel("channel_statement_action", [("partner_id", "=", self.id)])

    def action_open_channel_sub_distributors(self):
        return self._action_open_channel(
            "res_partner_sub_distributor_action",
            [("channel_dealer_id", "=", self.id), ("channel_is_entity", "=", True)],
            {"default_channel_dealer_id": self.id, "default_channel_role": "sub_distributor"},
        )
