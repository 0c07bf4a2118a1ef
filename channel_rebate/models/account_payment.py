from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import PAYER_DOMAIN


class AccountPayment(models.Model):
    """Payments that a sub-distributor makes on his dealer's account.

    They are ordinary customer payments of the dealer and credit his receivable; what is added is
    who brought the money and for which sell-out order.
    """

    _inherit = "account.payment"

    channel_payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid By",
        domain=PAYER_DOMAIN,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="The sub-distributor who paid on the dealer's account. The customer, whose balance "
        "the payment reduces, is the dealer.",
    )
    channel_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Sell-out Order",
        domain="[('channel_tier', '=', 'sell_out'), ('state', '=', 'sale'), "
        "('channel_partner_id', '=?', channel_payer_id)]",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="The order that the sub-distributor paid for.",
    )
    channel_customer_role = fields.Selection(
        related="partner_id.channel_role", string="Channel Role of the Customer"
    )

    @api.constrains(
        "channel_payer_id", "channel_order_id", "partner_id", "payment_type", "partner_type"
    )
    def _check_channel_payer(self):
        payments = self.filtered(lambda payment: payment._is_on_dealers_account())
        strangers = payments._find_channel_strangers()
        for payment in payments:
            if message := payment._channel_error_message(payment in strangers):
                raise ValidationError(message)

    # === Who may stand there === #

    def _is_customer_receipt(self):
        self.ensure_one()
        return self.payment_type == "inbound" and self.partner_type == "customer"

    def _is_on_dealers_account(self):
        self.ensure_one()
        return bool(self.channel_payer_id or self.channel_order_id)

    def _find_channel_strangers(self):
        """Return the payments whose payer doesn't buy, and never bought, from their customer."""
        doubtful = self.filtered(
            lambda payment: (
                payment.channel_payer_id
                and payment.partner_id.commercial_partner_id
                not in (
                    payment.channel_payer_id.channel_dealer_id
                    | payment.channel_payer_id._get_channel_dealer(payment.date)
                )
            )
        )
        known = doubtful.channel_payer_id._get_channel_purchases()
        return doubtful.filtered(
            lambda payment: (
                (payment.channel_payer_id, payment.partner_id.commercial_partner_id) not in known
            )
        )

    def _channel_error_message(self, is_stranger):
        """Return what is wrong with payer or order of the payment, or nothing."""
        self.ensure_one()
        payer, order = self.channel_payer_id, self.channel_order_id
        names = {
            "payer": payer.name,
            "customer": self.partner_id.commercial_partner_id.name or self.env._("nobody"),
            "order": order.name,
        }
        if not payer:
            return self.env._("Say in “Paid By” which sub-distributor paid for %(order)s.", **names)
        if not self._is_customer_receipt():
            return self.env._(
                "%(payer)s can be named only on money that we receive from a customer. Empty "
                "“Paid By” on this payment.",
                **names,
            )
        if is_stranger:
            return self.env._(
                "%(payer)s does not buy from %(customer)s. Choose the sub-distributor's dealer as "
                "customer, or empty “Paid By”.",
                **names,
            )
        if payer != payer.commercial_partner_id:
            return self.env._(
                "%(payer)s is a contact: name the sub-distributor's company in “Paid By”.", **names
            )
        if order and not self._is_order_of_payer():
            return self.env._(
                "%(order)s is no confirmed sell-out order of %(payer)s with %(customer)s. Choose "
                "another order, or none.",
                **names,
            )
        return None

    def _is_order_of_payer(self):
        self.ensure_one()
        order = self.channel_order_id
        return (
            order._is_sell_out()
            and order.state == "sale"
            and order.channel_partner_id == self.channel_payer_id
            and order.channel_dealer_id == self.partner_id.commercial_partner_id
        )

    # === Writing === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_channel_values(vals) for vals in vals_list])

    def write(self, vals):
        self._check_channel_draft(vals)
        return super().write(vals)

    @api.model
    def _complete_channel_values(self, vals):
        """Return the values with dealer, payer and memo, where an order or a payer tells them."""
        known = {}
        if order := self.env["sale.order"].browse(vals.get("channel_order_id") or ()):
            known = {
                "partner_id": order.channel_dealer_id.id,
                "channel_payer_id": order.channel_partner_id.id,
                "memo": order.name,
            }
        elif payer := self.env["res.partner"].browse(vals.get("channel_payer_id") or ()):
            known = {
                "partner_id": payer._get_channel_dealer(fields.Date.to_date(vals.get("date"))).id
            }
        return {**known, **vals}

    def _check_channel_draft(self, vals):
        """Refuse other names on a confirmed payment: its journal items bear them already."""
        changed = {"channel_payer_id", "channel_order_id", "partner_id"} & vals.keys()
        for payment in self if changed else ():
            if payment.state == "draft" or not (
                payment._is_on_dealers_account() or changed - {"partner_id"}
            ):
                continue
            if any(payment[name].id != (vals[name] or False) for name in changed):
                raise UserError(
                    self.env._(
                        "%(payment)s is confirmed. Reset it to draft to change who paid, on whose "
                        "account, or for which order.",
                        payment=payment.display_name,
                    )
                )

    # === What it says in accounting === #

    def _get_channel_payer_label(self):
        """Return both names, in the language of whoever books or prints."""
        self.ensure_one()
        return self.env._(
            "paid by %(payer)s on account of %(dealer)s",
            payer=self.channel_payer_id.name,
            dealer=self.partner_id.commercial_partner_id.name,
        )

    def _get_aml_default_display_name_list(self):
        """Add both names to the journal items' labels."""
        names = super()._get_aml_default_display_name_list()
        if self.channel_payer_id:
            names = [*names, ("sep", ", "), ("channel_payer", self._get_channel_payer_label())]
        return names

    @api.model
    def _get_trigger_fields_to_synchronize(self):
        return (*super()._get_trigger_fields_to_synchronize(), "channel_payer_id")

    def _get_channel_paid_amount(self, currency):
        """Return what of these payments is confirmed, in ``currency`` of each payment's day."""
        return sum(
            payment.currency_id._convert(payment.amount, currency, payment.company_id, payment.date)
            for payment in self
            if payment.state in ("in_process", "paid")
        )
