from odoo import fields, models


class ResCompany(models.Model):
    """What the company wants to spend on rebates: a plan, from which no rate follows."""

    _inherit = "res.company"

    channel_rebate_target = fields.Float(
        string="Rebate Target",
        digits=(5, 2),
        # Companies are read on the website and the portal, too.
        groups="base.group_user",
        help="How many percent of dealers' purchases all rebates of a year are meant to come to, "
        "year-end rebates and sub-distributors' included. The rebate report compares with it. "
        "0: no target.",
    )

    _channel_rebate_target_percent = models.Constraint(
        "CHECK (channel_rebate_target >= 0 AND channel_rebate_target <= 100)",
        "The rebate target is a percent of sales: enter a number from 0 to 100.",
    )
