from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ChannelOpening(models.Model):
    """What a dealer had of a product at the beginning of a day: entered, counted or imported.

    Movements before that day are contained in it and count no more; those on the day and after it
    come on top. A later count takes the place of an earlier one.
    """

    _name = "channel.opening"
    _description = "Dealer's Opening Quantity"
    _order = "date desc, dealer_id, product_id, id"
    _check_company_auto = True

    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain="[('type', '!=', 'service')]",
        ondelete="restrict",
        check_company=True,
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The quantity is that of the beginning of this day: what was bought and passed on "
        "before counts no more, what is dated this day or later comes on top.",
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, help="In the unit of the product."
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom", string="Unit", related="product_id.uom_id"
    )
    note = fields.Char(help="Where the quantity comes from: stocktaking, the dealer's list, ...")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )

    # Also the index by which later counts are found.
    _count_uniq = models.UniqueIndex(
        "(company_id, dealer_id, product_id, date)",
        "A dealer's product has one opening quantity a day. Change the one that is there.",
    )
    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "An opening quantity can't be negative: it was counted."
    )

    @api.depends("dealer_id", "product_id", "date")
    def _compute_display_name(self):
        for opening in self:
            opening.display_name = self.env._(
                "%(dealer)s: %(product)s on %(date)s",
                dealer=opening.dealer_id.name or "",
                product=opening.product_id.display_name or "",
                date=format_date(self.env, opening.date),
            )

    @api.constrains("dealer_id")
    def _check_dealer(self):
        for opening in self:
            dealer = opening.dealer_id
            if dealer.channel_role != "dealer" or not dealer.channel_is_entity:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no dealer. Choose the company of a dealer.",
                        name=dealer.display_name,
                    )
                )

    @api.constrains("product_id")
    def _check_goods(self):
        for opening in self:
            if opening.product_id.type == "service":
                raise ValidationError(
                    self.env._(
                        "%(product)s is a service, and nobody has services in stock. Choose goods.",
                        product=opening.product_id.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "dealer_id" in vals:
            # Odoo asks before: a count must not end up with somebody else's dealer either.
            self.check_access("write")
        return result

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Opening Quantities"),
                "template": "/channel_rebate/static/import/opening_quantities.csv",
            }
        ]
