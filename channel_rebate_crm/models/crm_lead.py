from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """An opportunity's figures, and the orders behind its buttons, are our own sales."""

    _inherit = "crm.lead"

    @api.depends("order_ids.channel_tier")
    def _compute_sale_data(self):
        return super()._compute_sale_data()

    def _get_lead_sale_order_domain(self):
        return self._get_own_sales_domain(super()._get_lead_sale_order_domain())

    def _get_lead_quotation_domain(self):
        return self._get_own_sales_domain(super()._get_lead_quotation_domain())

    def _get_action_view_sale_quotation_domain(self):
        return self._get_own_sales_domain(super()._get_action_view_sale_quotation_domain())

    @api.model
    def _get_own_sales_domain(self, domain):
        """Return ``domain`` without sell-out orders, as sale_crm wants it: a list."""
        return list(Domain(domain) & self.env["sale.order"]._get_own_sales_domain())

    def _update_revenues_from_so(self, order):
        """Expect no revenue from what a dealer sells."""
        if order._is_sell_out():
            return None
        return super()._update_revenues_from_so(order)
