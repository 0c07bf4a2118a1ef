from odoo import models
from odoo.exceptions import UserError

MAIL_TEMPLATE = "channel_rebate.mail_template_five_part_order"


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

    def _find_mail_template(self):
        """The usual composer opens with the five-part order, whatever the order's state."""
        return self._find_five_part_template() or super()._find_mail_template()

    def _get_confirmation_template(self):
        """Odoo's own confirmation would ask the sub-distributor to pay us."""
        return self._find_five_part_template() or super()._get_confirmation_template()

    def _find_five_part_template(self):
        """Return the e-mail template if all orders are sell-out orders and it still exists."""
        if self and all(order._is_sell_out() for order in self):
            return self.env.ref(MAIL_TEMPLATE, raise_if_not_found=False)
        return None

    def action_quotation_send(self):
        """Open several sell-out orders with their template too, each for its own partners."""
        action = super().action_quotation_send()
        template = len(self) > 1 and self._find_five_part_template()
        if template and action.get("res_model") == "mail.compose.message":
            action["context"] = {**action["context"], "default_template_id": template.id}
        return action

    def _get_five_part_recipients(self):
        """Return who gets the five-part order by e-mail: who ordered it, and his dealer."""
        self.ensure_one()
        return self.partner_id | self.channel_dealer_id
