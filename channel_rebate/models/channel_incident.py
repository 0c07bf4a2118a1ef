from odoo import fields, models


class ChannelIncident(models.Model):
    """A breach of the agreement that somebody has reported, and what marketing decides about it."""

    _name = "channel.incident"
    _description = "Incident"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(comodel_name="res.partner", required=True, index=True)
    type_id = fields.Many2one(comodel_name="channel.incident.type", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
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
    description = fields.Text()
    product_id = fields.Many2one(comodel_name="product.product")
    quantity = fields.Float(digits="Product Unit")
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id
    )
    price = fields.Monetary()
    place = fields.Char()
    lot = fields.Char(string="Lot or Batch Number")
    territory_id = fields.Many2one(comodel_name="channel.territory")
    harmed_dealer_id = fields.Many2one(comodel_name="res.partner")
    order_id = fields.Many2one(comodel_name="sale.order", index="btree_not_null")
    is_detected = fields.Boolean(string="Found Automatically", readonly=True, copy=False)
    reported_by_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, readonly=True
    )
    penalty_ids = fields.One2many(comodel_name="channel.penalty", inverse_name="incident_id")
