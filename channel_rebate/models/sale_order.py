from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Sell-in (company to dealer) and sell-out (dealer to sub-distributor) orders.

    Sell-out orders record somebody else's sale: they are confirmed like any order and never
    invoiced.
    """

    _inherit = "sale.order"

    channel_tier = fields.Selection(
        selection=[("sell_in", "Sell-in"), ("sell_out", "Sell-out")],
        compute="_compute_channel",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Sell-in: we sell to a dealer. Sell-out: a dealer sells to his sub-distributor, and "
        "we record it.",
    )
    channel_partner_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_channel",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The dealer or sub-distributor behind the customer.",
    )
    channel_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Dealer",
        compute="_compute_channel",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The dealer who sells to the sub-distributor.",
    )
    channel_order_date = fields.Date(
        string="Channel Date",
        default=fields.Date.context_today,
        copy=False,
        help="The day on which the sub-distributor ordered; it decides the rebate period.",
    )

    @api.depends("partner_id")
    def _compute_channel(self):
        """Follow the customer, not his role: later changes of role leave old orders alone."""
        tiers = {"dealer": "sell_in", "sub_distributor": "sell_out"}
        for order in self:
            partner = order.partner_id.commercial_partner_id
            order.channel_tier = tiers.get(partner.channel_role)
            order.channel_partner_id = partner if partner.channel_role else False
            order.channel_dealer_id = partner.channel_dealer_id

    def _is_sell_out(self):
        self.ensure_one()
        return self.channel_tier == "sell_out"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_channel_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_channel_by_hand(vals)
        return super().write(vals)

    def _check_channel_by_hand(self, vals):
        if {"channel_tier", "channel_partner_id", "channel_dealer_id"} & vals.keys():
            raise UserError(
                self.env._("Tier and dealer of an order follow its customer: change that instead.")
            )

    def _prepare_invoice(self):
        """Refuse sell-out orders here: every way to an invoice or down payment comes by."""
        if self._is_sell_out():
            raise UserError(
                self.env._(
                    "%(order)s is a sell-out order: the dealer invoices it, not we.",
                    order=self.name,
                )
            )
        return super()._prepare_invoice()
