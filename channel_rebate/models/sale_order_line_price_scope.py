from odoo import models


class SaleOrderLine(models.Model):
    """Which lines floor and ceiling look at. Other add-ons that make special lines hook in here."""

    _inherit = "sale.order.line"

    def _is_channel_price_limited(self):
        """Tell whether floor and ceiling apply to this line: it sells goods or services.

        Not to rewards, deliveries and returns, nor to a combination, whose items are lines of their
        own. Free goods count.
        """
        self.ensure_one()
        return bool(
            self.product_id
            and self.product_uom_id
            and self.order_id.currency_id
            and not self.display_type
            and self.product_uom_qty > 0
            and self.product_type != "combo"
            and not self._is_channel_reward()
            and not self._is_channel_delivery()
        )

    def _is_channel_reward(self):
        """Tell whether a loyalty programme gave this line (if sale_loyalty is installed)."""
        return "reward_id" in self._fields and bool(self.reward_id)

    def _is_channel_delivery(self):
        """Tell whether this line is the price of delivery: always a service."""
        return self.product_type == "service" and self._is_delivery()

    def _is_order_discount(self):
        """Tell whether this line takes something off the others.

        That is a negative price, or a service taken back; goods taken back are a return.
        """
        self.ensure_one()
        if self.display_type or self._is_channel_reward():
            return False
        if self.product_uom_qty < 0:
            return self.price_unit > 0 and self.product_type == "service"
        return self.price_subtotal < 0
