from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """A customer's sales figures are what we have sold to him."""

    _inherit = "res.partner"

    @api.model
    def _get_sale_order_domain_count(self):
        return Domain.AND(
            [
                super()._get_sale_order_domain_count(),
                self.env["sale.order"]._get_own_sales_domain(),
            ]
        )
