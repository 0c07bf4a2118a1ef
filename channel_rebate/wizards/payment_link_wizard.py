from odoo import api, models


class PaymentLinkWizard(models.TransientModel):
    _inherit = "payment.link.wizard"

    @api.constrains("res_model", "res_id")
    def _check_channel_order(self):
        """Refuse links to sell-out orders also when no default value was asked for."""
        wizards = self.filtered(lambda wizard: wizard.res_model == "sale.order")
        self.env["sale.order"].browse(wizards.mapped("res_id"))._check_channel_payable()
