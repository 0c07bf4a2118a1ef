from odoo import api, fields, models


class ChannelPricePass(models.TransientModel):
    """Ask a floor approver why orders may be sold beyond the price limits."""

    _name = "channel.price.pass"
    _description = "Pass Price Limits"

    order_ids = fields.Many2many(
        comodel_name="sale.order",
        string="Orders",
        required=True,
        default=lambda self: self._default_order_ids(),
    )
    price_breaks = fields.Html(string="Prices", compute="_compute_price_breaks")
    reason = fields.Text(
        required=True,
        help="It stays on the order, and whoever may read the order can read it.",
    )

    def _default_order_ids(self):
        if self.env.context.get("active_model") != "sale.order":
            return False
        return self.env.context.get("active_ids")

    @api.depends("order_ids")
    def _compute_price_breaks(self):
        for wizard in self:
            wizard.price_breaks = wizard.order_ids._format_price_breaks()

    def action_pass(self):
        self.ensure_one()
        self.order_ids._pass_price_limits(self.reason)
        return {"type": "ir.actions.act_window_close"}
