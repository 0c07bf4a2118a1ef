from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SaleOrder(models.Model):
    """A sell-out order is paid to the dealer: no till of ours offers it or takes it."""

    _inherit = "sale.order"

    @api.depends("channel_tier")
    def _compute_amount_unpaid(self):
        """Leave nothing to pay, for which the till's list of orders asks."""
        sell_out = self.filtered(lambda order: order._is_sell_out())
        sell_out.amount_unpaid = 0
        return super(SaleOrder, self - sell_out)._compute_amount_unpaid()

    @api.model
    def _load_pos_data_domain(self, data, config):
        domain = Domain(super()._load_pos_data_domain(data, config))
        return list(domain & self._get_own_sales_domain())

    def load_sale_order_from_pos(self, config_id):
        """Refuse when the order is chosen, not only when it is paid."""
        self._check_not_sell_out()
        return super().load_sale_order_from_pos(config_id)

    @api.constrains("channel_tier")
    def _check_channel_pos_lines(self):
        """Refuse to make a sell-out order of one that a till has taken already."""
        # Who changes the customer need not be able to read the orders of the till.
        self.sudo().filtered("pos_order_line_ids")._check_not_sell_out()

    def _check_not_sell_out(self):
        """Raise an error if one of the orders is a sell-out order."""
        sell_out = self.filtered(lambda order: order._is_sell_out())
        if sell_out:
            raise ValidationError(
                self.env._(
                    "%(order)s is a sell-out order of %(customer)s, who pays the dealer, not us: "
                    "no point of sale can settle it.",
                    order=sell_out[0].name,
                    customer=sell_out[0].partner_id.display_name,
                )
            )
