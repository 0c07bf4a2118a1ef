from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """From a dealer to what his sub-distributors order, and to what he should have left."""

    _inherit = "res.partner"

    channel_sell_out_count = fields.Integer(
        string="Sell-out Order Count",
        compute="_compute_channel_sell_out_count",
        help="A dealer's: what his sub-distributors have ordered from him. A sub-distributor's: "
        "what he has ordered.",
    )
    channel_stock_count = fields.Integer(
        string="Should Have Left",
        compute="_compute_channel_stock_count",
        help="Number of products that the dealer has bought, passed on or counted.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_channel_sell_out_count(self):
        """Count what the reader may see himself, as of each role; nothing is counted in sudo."""
        counts = {"channel_dealer_id": {}, "channel_partner_id": {}}
        if self.env["sale.order"].has_access("read"):
            for field_name in counts:
                domain = self._get_sell_out_domain() & Domain(field_name, "in", self.ids)
                groups = self.env["sale.order"]._read_group(domain, [field_name], ["__count"])
                counts[field_name] = dict(groups)
        for partner in self:
            field_name = partner._get_channel_field("channel_dealer_id", "channel_partner_id")
            partner.channel_sell_out_count = counts[field_name].get(partner._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_channel_stock_count(self):
        counts = {}
        if self.env["channel.dealer.stock"].has_access("read"):
            domain = [("dealer_id", "in", self.ids)]
            counts = dict(
                self.env["channel.dealer.stock"]._read_group(domain, ["dealer_id"], ["__count"])
            )
        for partner in self:
            partner.channel_stock_count = counts.get(partner._origin, 0)

    @api.model
    def _get_sell_out_domain(self):
        return Domain("channel_tier", "=", "sell_out") & Domain("state", "!=", "cancel")

    def _get_channel_field(self, dealer_field, sub_distributor_field):
        """Return the field by which the partner's rows are found: as dealer, or as customer."""
        return sub_distributor_field if self.channel_role == "sub_distributor" else dealer_field

    def action_open_channel_sell_out_orders(self):
        field_name = self._get_channel_field("channel_dealer_id", "channel_partner_id")
        return self._action_open_channel(
            "sale_order_channel_action",
            list(self._get_sell_out_domain() & Domain(field_name, "=", self.id)),
            {"default_partner_id": self.id} if self.channel_role == "sub_distributor" else {},
        )

    def action_open_channel_dealer_stock(self):
        return self._action_open_channel(
            "channel_dealer_stock_action", [("dealer_id", "=", self.id)]
        )

    def action_open_channel_analysis(self):
        field_name = self._get_channel_field("dealer_id", "sub_distributor_id")
        return self._action_open_channel(
            "channel_analysis_action",
            [(field_name, "=", self.id)],
            {"pivot_row_groupby": ["product_id"]},
        )
