from odoo import api, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """What was sold through the channel as goods stays goods, or it would not count any more."""

    _inherit = "product.template"

    @api.constrains("type")
    def _check_channel_goods(self):
        services = self.filtered(lambda template: template.type == "service")
        if not services:
            return
        # Elevated: also orders that the writer does not see.
        line_sudo = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("product_id.product_tmpl_id", "in", services.ids),
                    ("order_id.channel_tier", "=", "sell_out"),
                    ("order_id.state", "=", "sale"),
                ],
                limit=1,
            )
        )
        if line_sudo:
            raise ValidationError(
                self.env._(
                    "%(product)s stands as goods on the sell-out order %(order)s and can't become "
                    "a service: make a new product.",
                    product=line_sudo.product_id.display_name,
                    order=line_sudo.order_id.name,
                )
            )
