from odoo import fields, models

METHODS = [
    ("fixed", "Fixed amount"),
    ("percent", "Percent of the period's rebate"),
    ("product", "Percent of one product's rebate"),
    ("period", "The whole period's rebate"),
]


class ChannelPenalty(models.Model):
    """How much a penalty comes to: a fixed amount, or a part of a rebate that is not known yet.

    A percentage is of what the partner keeps before other penalties: a dealer's gross less what is
    passed on, a sub-distributor's gross. Never less than nothing.
    """

    _inherit = "channel.penalty"

    incident_id = fields.Many2one(
        comodel_name="channel.incident", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    method = fields.Selection(selection=METHODS, required=True, default="fixed", tracking=True)
    percent = fields.Float(digits=(6, 2), help="Of the rebate, before other penalties.")
    product_id = fields.Many2one(
        comodel_name="product.product",
        help="The product whose rebate is lost, in part or altogether.",
    )
    harmed_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        check_company=True,
        groups="base.group_user",
        help="He gets a share of what is withheld.",
    )
    harmed_percent = fields.Float(
        string="Share of the Harmed",
        digits=(6, 2),
        groups="base.group_user",
        help="Percent of what is actually withheld from the period's rebate.",
    )

    _percent_in_range = models.Constraint(
        "CHECK (method NOT IN ('percent', 'product') OR COALESCE(percent, 0) BETWEEN 0.01 AND 100)",
        "A penalty in percent is more than nothing and at most 100 percent.",
    )
    _product_named = models.Constraint(
        "CHECK (method != 'product' OR product_id IS NOT NULL)",
        "Name the product whose rebate is lost.",
    )
    _harmed_percent_in_range = models.Constraint(
        "CHECK (harmed_percent >= 0 AND harmed_percent <= 100)",
        "The harmed dealer gets between nothing and 100 percent of what is withheld.",
    )
