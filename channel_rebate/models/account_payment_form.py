from odoo import api, models


class AccountPayment(models.Model):
    """What the payment screen fills in when a sub-distributor pays.

    Only the screen turns a sub-distributor into the payer, and says so. What pays his own invoice
    (Odoo's payment wizard, online payments, imports) stays his.
    """

    _inherit = "account.payment"

    @api.onchange("partner_id", "payment_type", "partner_type")
    def _onchange_channel_partner_id(self):
        """Book what a sub-distributor pays to his dealer, and say so."""
        if not self._is_customer_receipt():
            self.channel_payer_id = self.channel_order_id = False
            return None
        payer = self.partner_id.commercial_partner_id
        is_sub = payer.channel_role == "sub_distributor"
        dealer = payer._get_channel_dealer(self.date) if is_sub else payer.browse()
        if dealer:
            self.channel_payer_id = payer
            self.partner_id = dealer
        elif self.partner_id and self._find_channel_strangers():
            self.channel_payer_id = False
        if self.channel_order_id.channel_dealer_id != self.partner_id.commercial_partner_id:
            self.channel_order_id = False
        return dealer and self._prepare_channel_notification(payer, dealer)

    def _prepare_channel_notification(self, payer, dealer):
        """Return what the form says about a sub-distributor who was chosen as customer."""
        return {
            "warning": {
                "type": "notification",
                "title": self.env._("On the dealer's account"),
                "message": self.env._(
                    "%(payer)s buys from %(dealer)s, so the payment is credited to %(dealer)s. If "
                    "it is for an invoice that we sent to %(payer)s, register it on that invoice.",
                    payer=payer.name,
                    dealer=dealer.name,
                ),
            }
        }

    @api.onchange("channel_payer_id")
    def _onchange_channel_payer_id(self):
        if self.channel_order_id.channel_partner_id != self.channel_payer_id:
            self.channel_order_id = False
        if self._find_channel_strangers():
            self.partner_id = self.channel_payer_id._get_channel_dealer(self.date)

    @api.onchange("channel_order_id")
    def _onchange_channel_order_id(self):
        order = self.channel_order_id
        if not order:
            return
        self.partner_id = order.channel_dealer_id
        self.channel_payer_id = order.channel_partner_id
        self.memo = self.memo or order.name
        if not self.amount:
            values = order._prepare_channel_payment_values()
            self.currency_id, self.amount = values["currency_id"], values["amount"]
