from odoo import api, fields, models

from ..tools.price_limit import FLOOR

POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Block")]


class ResCompany(models.Model):
    """Between which prices goods may be sold in the channel, and how strictly."""

    _inherit = "res.company"

    channel_floor_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="Floor Pricelist",
        ondelete="restrict",
        check_company=True,
        context={"active_test": False},
        help="Dealers and sub-distributors may not buy below the prices of this list. A product "
        "without a rule in it has no floor. An archived list counts as well.",
    )
    channel_floor_sell_in = fields.Selection(
        selection=POLICIES,
        string="Floor on Sell-in",
        required=True,
        default="off",
        help="What happens when we sell to a dealer below the floor.",
    )
    channel_floor_sell_out = fields.Selection(
        selection=POLICIES,
        string="Floor on Sell-out",
        required=True,
        default="off",
        help="What happens when a dealer sells to his sub-distributor below the floor.",
    )
    channel_ceiling_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="Ceiling Pricelist",
        ondelete="restrict",
        check_company=True,
        context={"active_test": False},
        help="The most that a dealer may charge his sub-distributors. A product without a rule in "
        "this list has no ceiling. An archived list counts as well.",
    )
    channel_ceiling_sell_out = fields.Selection(
        selection=POLICIES,
        string="Ceiling on Sell-out",
        required=True,
        default="off",
        help="What happens when a dealer sells to his sub-distributor above the ceiling.",
    )

    @api.constrains("channel_floor_pricelist_id", "channel_ceiling_pricelist_id")
    def _check_channel_pricelists(self):
        self._check_company(["channel_floor_pricelist_id", "channel_ceiling_pricelist_id"])

    def _get_price_limit_list(self, limit):
        """Return the pricelist that gives the floor or the ceiling; it may be empty."""
        self.ensure_one()
        if limit == FLOOR:
            return self.channel_floor_pricelist_id
        return self.channel_ceiling_pricelist_id

    def _get_price_policies(self, limit):
        """Return ``{tier: policy}``: what happens to orders beyond a limit, if there is one."""
        self.ensure_one()
        if not self._get_price_limit_list(limit):
            return {}
        if limit == FLOOR:
            return {"sell_in": self.channel_floor_sell_in, "sell_out": self.channel_floor_sell_out}
        return {"sell_out": self.channel_ceiling_sell_out}
