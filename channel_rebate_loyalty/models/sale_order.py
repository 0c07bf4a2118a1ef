from odoo import models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """A sell-out order is the dealer's sale: promotions, coupons, points and cards are ours.

    No program fits it, so that it takes no reward and earns no point. A reward that an order has
    got before its customer was changed goes with the next update of its rewards, at the latest at
    confirmation.
    """

    _inherit = "sale.order"

    def _get_program_domain(self):
        if self._is_sell_out():
            return list(Domain.FALSE)  # website_sale_loyalty walks through it as a list
        return super()._get_program_domain()

    def _get_trigger_domain(self):
        if self._is_sell_out():
            return list(Domain.FALSE)
        return super()._get_trigger_domain()

    def _allow_nominative_programs(self):
        """Leave the customer's loyalty cards and e-wallets alone."""
        return super()._allow_nominative_programs() and not self._is_sell_out()

    def _try_apply_code(self, code):
        return self._get_loyalty_refusal() or super()._try_apply_code(code)

    def _apply_program_reward(self, reward, coupon, **kwargs):
        return self._get_loyalty_refusal() or super()._apply_program_reward(
            reward, coupon, **kwargs
        )

    def _get_loyalty_refusal(self):
        """Return why nothing of ours can be claimed on the order, as sale_loyalty wants it."""
        if not self._is_sell_out():
            return {}
        return {
            "error": self.env._(
                "%(order)s is a sell-out order: our coupons, promotions and gift cards do not "
                "apply to what a dealer sells.",
                order=self.name,
            )
        }
