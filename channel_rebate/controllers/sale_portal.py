from odoo.exceptions import AccessError, MissingError
from odoo.http import route

from odoo.addons.sale.controllers.portal import CustomerPortal


class ChannelOrderPortal(CustomerPortal):
    @route()
    def portal_order_page(self, order_id, **kwargs):
        """Show no payment form on a sell-out order, whatever amount the link asks for."""
        if self._is_channel_sell_out(order_id, kwargs.get("access_token")):
            kwargs.update(payment_amount=None, amount_selection=None)
        return super().portal_order_page(order_id, **kwargs)

    def _is_channel_sell_out(self, order_id, access_token):
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return False
        return order_sudo._is_sell_out()
