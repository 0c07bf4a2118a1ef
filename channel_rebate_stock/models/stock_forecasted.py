from odoo import models


class StockForecastedProductProduct(models.AbstractModel):
    _inherit = "stock.forecasted_product_product"

    def _product_sale_domain(self, product_template_ids, product_ids):
        """Leave sell-out quotations out of what is expected to go out."""
        domain = super()._product_sale_domain(product_template_ids, product_ids)
        return [*domain, ("order_id.channel_tier", "!=", "sell_out")]
