from odoo import api, models
from odoo.exceptions import ValidationError


class AccountMoveLine(models.Model):
    """No invoice of ours is about what a dealer has sold."""

    _inherit = "account.move.line"

    @api.constrains("sale_line_ids")
    def _check_channel_sale_lines(self):
        # Elevated: whoever writes invoices need not see the orders.
        sell_out_sudo = self.sudo().sale_line_ids.order_id.filtered(
            lambda order: order._is_sell_out()
        )
        if sell_out_sudo:
            raise ValidationError(
                self.env._(
                    "%(order)s is a sell-out order: the dealer invoices it, not we.",
                    order=", ".join(sell_out_sudo.mapped("name")),
                )
            )
