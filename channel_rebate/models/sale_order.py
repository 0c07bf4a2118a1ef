from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Sell-in (company to dealer) and sell-out (dealer to sub-distributor) orders.

    Sell-out orders record somebody else's sale: they are confirmed like any order, never delivered,
    never invoiced, and never counted in our own figures.
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
        string="Channel Partner",
        compute="_compute_channel",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The dealer or sub-distributor behind the customer.",
    )
    channel_territory_id = fields.Many2one(
        comodel_name="channel.territory",
        string="Territory",
        compute="_compute_channel",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The territory of the dealer or sub-distributor when the order was made.",
    )
    channel_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Dealer",
        compute="_compute_channel_dealer_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Sell-in: the dealer who buys. Sell-out: the dealer who sells to the "
        "sub-distributor, as of the channel date.",
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
            order.channel_territory_id = (
                partner.channel_territory_id or partner.channel_dealer_id.channel_territory_id
            )

    @api.depends("channel_partner_id", "channel_order_date")
    def _compute_channel_dealer_id(self):
        for order in self:
            partner = order.channel_partner_id
            order.channel_dealer_id = (
                partner._get_channel_dealer(order.channel_order_date)
                if order._is_sell_out()
                else partner
            )

    def _is_sell_out(self):
        self.ensure_one()
        return self.channel_tier == "sell_out"

    @api.model
    def _get_own_sales_domain(self):
        """Return the domain of orders that are our own sales: all but the sell-out ones."""
        return Domain("channel_tier", "=", False) | Domain("channel_tier", "!=", "sell_out")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_channel_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_channel_by_hand(vals)
        return super().write(vals)

    def _check_channel_by_hand(self, vals):
        derived = {
            "channel_tier",
            "channel_partner_id",
            "channel_dealer_id",
            "channel_territory_id",
        }
        if derived & vals.keys():
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
