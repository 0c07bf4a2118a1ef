from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..const import PERIOD_KEEPERS

ENTITY_DOMAIN = "[('channel_role', '!=', False), ('channel_is_entity', '=', True)]"


class ChannelIncident(models.Model):
    """A breach of the agreement that somebody has reported, and what marketing decides about it.

    ``reported → confirmed → penalised``, with an appeal in between or after, or ``dismissed``.
    Sales reports, a rate keeper who is not the reporter decides. What the partner was told can't
    change any more. Nothing here follows from a rate: a penalty is a part of a rebate.
    """

    _name = "channel.incident"
    _description = "Incident"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "partner_id.name", "partner_id.ref", "lot"]
    _check_company_auto = True
    _mail_post_access = "read"
    _workflow_fields = frozenset(
        {
            "name",
            "state",
            "is_detected",
            "reported_by_id",
            "confirmed_by_id",
            "confirmed_on",
            "dismissed_by_id",
            "dismiss_reason",
            "appeal_deadline",
            "appealed_on",
            "appeal_text",
            "appeal_answer",
            "state_before_appeal",
        }
    )
    # What the partner is told
    _told_fields = frozenset(
        {
            "company_id",
            "partner_id",
            "type_id",
            "date",
            "description",
            "product_id",
            "quantity",
            "price",
            "currency_id",
            "place",
            "lot",
            "order_id",
        }
    )

    # Who and what
    name = fields.Char(string="Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        domain=ENTITY_DOMAIN,
        check_company=True,
        tracking=True,
        help="The dealer or sub-distributor who is said to have done it.",
    )
    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_dealer_id",
        store=True,
        precompute=True,
        index=True,
        help="The partner himself, or the dealer from whom he bought on that day.",
    )
    type_id = fields.Many2one(
        comodel_name="channel.incident.type",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    date = fields.Date(
        string="Date of the Breach",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Decides the period whose rebate a penalty is deducted from.",
    )
    state = fields.Selection(
        selection=[
            ("reported", "Reported"),
            ("confirmed", "Confirmed"),
            ("appealed", "Appealed"),
            ("penalised", "Penalised"),
            ("dismissed", "Dismissed"),
        ],
        string="Status",
        required=True,
        default="reported",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    description = fields.Text(help="The partner is told, once a rate keeper confirms it.")
    product_id = fields.Many2one(comodel_name="product.product", check_company=True)
    quantity = fields.Float(digits="Product Unit", help="In the unit of the product.")
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id
    )
    price = fields.Monetary(aggregator=None, help="At which it was sold, for one unit.")
    place = fields.Char(help="Where the goods were found or sold: shop, town, web address.")
    lot = fields.Char(string="Lot or Batch Number", index="btree_not_null")
    territory_id = fields.Many2one(
        comodel_name="channel.territory",
        check_company=True,
        index="btree_not_null",
        help="Where it happened.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", check_company=True
    )

    # What came of it; no count and no search for those who may not see a penalty yet
    penalty_ids = fields.One2many(
        comodel_name="channel.penalty",
        inverse_name="incident_id",
        string="Penalties",
        readonly=True,
        groups=PERIOD_KEEPERS,
    )

    @api.depends("partner_id", "date")
    def _compute_dealer_id(self):
        for incident in self:
            partner = incident.partner_id
            is_sub = partner.channel_role == "sub_distributor"
            incident.dealer_id = partner._get_channel_dealer(incident.date) if is_sub else partner

    @api.depends("name", "type_id.name", "partner_id.name")
    def _compute_display_name(self):
        for incident in self:
            names = (incident.name, incident.type_id.name, incident.partner_id.name)
            incident.display_name = " · ".join(filter(None, names))

    @api.constrains("partner_id")
    def _check_partner(self):
        for incident in self:
            partner = incident.partner_id
            if not partner.channel_role or not partner.channel_is_entity:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is neither a dealer nor a sub-distributor. Choose the "
                        "company itself, not one of its contacts.",
                        partner=partner.display_name,
                    )
                )

    @api.constrains("description", "product_id", "place")
    def _check_told(self):
        """Nobody is accused without being told of what; papers are for colleagues."""
        for incident in self:
            if not (incident.description or "").strip() and not (
                incident.product_id and (incident.place or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "%(incident)s: describe what happened, or name product and place. The "
                        "partner has to be told what he is accused of.",
                        incident=incident.display_name,
                    )
                )

    @api.constrains("date", "quantity", "price")
    def _check_facts(self):
        today = fields.Date.context_today(self)
        for incident in self:
            if incident.date > today:
                raise ValidationError(
                    self.env._(
                        "%(incident)s: the breach can't be on a day to come (%(day)s).",
                        incident=incident.display_name,
                        day=format_date(self.env, incident.date),
                    )
                )
            if incident.quantity < 0 or incident.price < 0:
                raise ValidationError(
                    self.env._(
                        "%(incident)s: quantity and price can't be less than zero.",
                        incident=incident.display_name,
                    )
                )

    def write(self, vals):
        if self._told_fields & vals.keys():
            self._check_reported()
        return super().write(vals)

    def _check_reported(self):
        if decided := self.filtered(lambda incident: incident.state != "reported"):
            raise UserError(
                self.env._(
                    "%(incidents)s: decided already, so what it is about can't change. Dismiss "
                    "it, and report what is right.",
                    incidents=", ".join(decided.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if kept := self.filtered(lambda incident: incident.state != "reported"):
            raise UserError(
                self.env._(
                    "%(incidents)s can't be deleted: it was decided.",
                    incidents=", ".join(kept.mapped("display_name")),
                )
            )
