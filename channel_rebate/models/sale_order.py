from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


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

    @api.depends("channel_partner_id", "channel_order_date", "channel_origin_order_id")
    def _compute_channel_dealer_id(self):
        """A return goes back to whom it came from, whoever is the dealer by then."""
        for order in self:
            partner = order.channel_partner_id
            if order._is_sell_out():
                origin = order.channel_origin_order_id
                partner = origin.channel_dealer_id or partner._get_channel_dealer(
                    order.channel_order_date
                )
            order.channel_dealer_id = partner

    @api.depends("channel_tier", "channel_order_date", "channel_origin_order_id.channel_order_date")
    def _compute_currency_rate(self):
        """A sell-out order in another currency counts at the rate of its channel date.

        A return counts at that of its original, or the difference would keep its rebate.
        """
        sell_out = self.filtered(lambda order: order._is_sell_out() and order.channel_order_date)
        for order in sell_out:
            order.currency_rate = self.env["res.currency"]._get_conversion_rate(
                from_currency=order.company_id.currency_id,
                to_currency=order.currency_id,
                company=order.company_id,
                date=order.channel_origin_order_id.channel_order_date or order.channel_order_date,
            )
        return super(SaleOrder, self - sell_out)._compute_currency_rate()

    def _is_sell_out(self):
        self.ensure_one()
        return self.channel_tier == "sell_out"

    @api.model
    def _get_own_sales_domain(self):
        """Return the domain of orders that are our own sales: all but the sell-out ones."""
        return Domain("channel_tier", "!=", "sell_out")

    @api.constrains("channel_tier", "order_line", "state")
    def _check_channel_goods(self):
        self.order_line._check_channel_goods()

    @api.constrains("channel_tier")
    def _check_channel_invoices(self):
        """What we have invoiced is our own sale."""
        for order in self.filtered(lambda record: record._is_sell_out() and record.order_line):
            # Elevated: an invoice counts whoever may see it.
            invoices_sudo = order.order_line.sudo().invoice_lines.move_id.filtered(
                lambda move: move.state != "cancel"
            )
            if invoices_sudo:
                raise ValidationError(
                    self.env._(
                        "%(order)s has invoices (%(invoices)s), so it can't become a sell-out "
                        "order: make a new one.",
                        order=order.name,
                        invoices=", ".join(invoices_sudo.mapped("display_name")),
                    )
                )

    @api.constrains("partner_id", "partner_invoice_id")
    def _check_channel_invoice_address(self):
        """An order counts for whom it is invoiced to: both are the same in the channel."""
        for order in self:
            customer = order.partner_id.commercial_partner_id
            invoiced = order.partner_invoice_id.commercial_partner_id
            if customer != invoiced and (customer.channel_role or invoiced.channel_role):
                raise ValidationError(
                    self.env._(
                        "%(order)s of %(customer)s would be invoiced to %(invoiced)s, and would "
                        "count as his. Choose an address of %(customer)s, or make it an order of "
                        "%(invoiced)s.",
                        order=order.display_name,
                        customer=customer.name,
                        invoiced=invoiced.name,
                    )
                )

    @api.constrains("state", "channel_order_date")
    def _check_channel_order_date(self):
        """A sell-out order counts on a day, and that day has come."""
        today = fields.Date.context_today(self)
        for order in self.filtered(lambda record: record.state == "sale"):
            if order._is_sell_out() and not order.channel_order_date:
                raise ValidationError(
                    self.env._("%(order)s needs a channel date.", order=order.display_name)
                )
            if order._is_sell_out() and order.channel_order_date > today:
                raise ValidationError(
                    self.env._(
                        "The channel date of %(order)s, %(day)s, lies in the future: enter the "
                        "day on which the sub-distributor ordered.",
                        order=order.display_name,
                        day=format_date(self.env, order.channel_order_date),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_channel_by_hand(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_channel_by_hand(vals)
        if "partner_id" in vals:
            self._check_channel_customer(vals["partner_id"])
        if "channel_order_date" in vals:
            self._check_channel_settled()
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

    def _check_channel_customer(self, partner_id):
        """A confirmed order keeps its customer if that decides where it counts."""
        customer = self.env["res.partner"].browse(partner_id).commercial_partner_id
        for order in self.filtered(lambda record: record.state == "sale"):
            changes = order.partner_id.commercial_partner_id != customer
            if changes and (order.channel_tier or customer.channel_role):
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed, so its customer stays. Cancel it and set it to "
                        "quotation first.",
                        order=order.name,
                    )
                )

    def _check_channel_settled(self):
        """The channel date stays once a settlement has counted the order."""
        for order in self.filtered(lambda record: record.state == "sale" and record.channel_tier):
            settled = order._is_sell_out() and self.env["channel.statement"]._find_settled(
                order.channel_partner_id, order.channel_order_date, company=order.company_id
            )
            if settled:
                raise UserError(
                    self.env._(
                        "%(order)s was settled with %(period)s, so its channel date stays.",
                        order=order.name,
                        period=settled.period_id.name,
                    )
                )

    def _prepare_invoice(self):
        """Refuse sell-out orders here: every way to an invoice or down payment comes by."""
        if self._is_sell_out():
            # Odoo makes invoices in the customer's language; the refusal is for the one who tries.
            in_own_language = self.with_context(lang=self.env.user.lang)
            raise UserError(
                in_own_language.env._(
                    "%(order)s is a sell-out order: the dealer invoices it, not we.",
                    order=self.name,
                )
            )
        return super()._prepare_invoice()
