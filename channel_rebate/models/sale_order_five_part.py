from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The paper of a sell-out order: the five-part order, printed and sent by e-mail."""

    _inherit = "sale.order"

    def _check_five_part_order(self):
        """Check that all orders are sell-out orders.

        :raise UserError: naming those that are not
        """
        if others := self.filtered(lambda order: not order._is_sell_out()):
            raise UserError(
                self.env._(
                    "%(orders)s: no sell-out order of a sub-distributor, so there is no five-part "
                    "order. Leave it out of the selection, or print it as a quotation or order.",
                    orders=", ".join(others.mapped("name")),
                )
            )
