from odoo import fields, models

from ..const import PAYER_DOMAIN


class AccountPaymentRegister(models.TransientModel):
    """Money of a sub-distributor, registered on an invoice of his dealer."""

    _inherit = "account.payment.register"

    channel_payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid By",
        domain=PAYER_DOMAIN,
        help="The sub-distributor who paid on the dealer's account.",
    )
    channel_customer_role = fields.Selection(
        related="partner_id.channel_role", string="Channel Role of the Customer"
    )

    def _create_payment_vals_from_wizard(self, batch_result):
        values = super()._create_payment_vals_from_wizard(batch_result)
        return self._add_channel_payer(values)

    def _create_payment_vals_from_batch(self, batch_result):
        values = super()._create_payment_vals_from_batch(batch_result)
        return self._add_channel_payer(values)

    def _add_channel_payer(self, values):
        return {**values, "channel_payer_id": self.channel_payer_id.id}
