from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import PAY_TO, PAYMENT_READERS


class SaleOrder(models.Model):
    """How a sell-out order is paid: to the dealer, or to us on the dealer's account.

    What is paid to us is an ordinary customer payment of the dealer that names the sub-distributor
    and, if there is one, the order. The order itself is no claim of ours: it has no balance.
    """

    _inherit = "sale.order"

    channel_pay_to = fields.Selection(
        selection=PAY_TO,
        string="Paid To",
        compute="_compute_channel_pay_to",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="Whom the sub-distributor pays for this order. What he pays us is credited to his "
        "dealer.",
    )
    channel_payment_ids = fields.One2many(
        comodel_name="account.payment",
        inverse_name="channel_order_id",
        string="Payments on Dealer's Account",
        groups=PAYMENT_READERS,
    )
    channel_payment_count = fields.Integer(
        string="Payment Count", compute="_compute_channel_payments", groups=PAYMENT_READERS
    )
    channel_paid_amount = fields.Monetary(
        string="Paid to Us",
        compute="_compute_channel_payments",
        groups=PAYMENT_READERS,
        help="Confirmed payments of the sub-distributor for this order, credited to the dealer.",
    )

    @api.depends("channel_partner_id", "channel_tier")
    def _compute_channel_pay_to(self):
        """Follow the customer, not his habit: later changes of it leave old orders alone."""
        for order in self:
            order.channel_pay_to = order._is_sell_out() and (
                order.channel_partner_id.channel_pay_to or "dealer"
            )

    @api.depends("channel_payment_ids.state", "channel_payment_ids.amount")
    @api.depends_context("uid")
    def _compute_channel_payments(self):
        """Count and add up what the reader may see himself, in the order's currency."""
        for order in self:
            payments = order.channel_payment_ids
            order.channel_payment_count = len(payments)
            order.channel_paid_amount = payments._get_channel_paid_amount(order.currency_id)

    @api.depends("channel_tier")
    def _compute_partner_credit_warning(self):  # pylint: disable=missing-return
        """A sell-out order adds nothing to what its customer owes us."""
        sell_out = self.filtered(lambda order: order._is_sell_out())
        sell_out.partner_credit_warning = ""
        super(SaleOrder, self - sell_out)._compute_partner_credit_warning()

    @api.constrains("channel_pay_to")
    def _check_channel_pay_to(self):
        for order in self:
            if order.channel_pay_to and not order._is_sell_out():
                raise ValidationError(
                    self.env._(
                        "%(order)s is no sell-out order: its customer pays us. Leave “Paid To” "
                        "empty.",
                        order=order.name,
                    )
                )

    def _channel_payment_error_message(self):
        """Return why no payment on the dealer's account can be registered now, or nothing."""
        self.ensure_one()
        if not self._is_sell_out():
            return self.env._(
                "%(order)s is no sell-out order: pay its invoice instead.", order=self.name
            )
        if self.state != "sale":
            return self.env._("Confirm %(order)s before it is paid.", order=self.name)
        if self.channel_pay_to != "company":
            return self.env._(
                "%(sub)s pays %(order)s to %(dealer)s. If we receive the money, change “Paid To” "
                "on the order first.",
                sub=self.channel_partner_id.name,
                order=self.name,
                dealer=self.channel_dealer_id.name,
            )
        if self.currency_id.compare_amounts(self.channel_paid_amount, self.amount_total) >= 0:
            return self.env._("There is nothing left to pay on %(order)s.", order=self.name)
        return None

    def _prepare_channel_payment_values(self):
        """Return the values of a payment of what is left, in the order's currency."""
        self.ensure_one()
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "company_id": self.company_id.id,
            "partner_id": self.channel_dealer_id.id,
            "channel_payer_id": self.channel_partner_id.id,
            "channel_order_id": self.id,
            "currency_id": self.currency_id.id,
            "amount": max(self.amount_total - self.channel_paid_amount, 0),
            "memo": self.name,
        }

    def action_register_channel_payment(self):
        """Open Odoo's payment form, filled in for what is left to pay on the dealer's account."""
        self.ensure_one()
        if message := self._channel_payment_error_message():
            raise UserError(message)
        values = self._prepare_channel_payment_values()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register Payment"),
            "res_model": "account.payment",
            "views": [(self.env.ref("account.view_account_payment_form").id, "form")],
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_open_channel_payments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_payments")
        return {
            **action,
            "domain": [("channel_order_id", "=", self.id)],
            "context": {"create": False},
        }
