from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    channel_rebate_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Rebate Product",
        default=lambda self: self._default_channel_rebate_product_id(),
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="The product on the documents of settlements; it gives the account, and taxes where "
        "the sales do not tell.",
    )
    channel_rebate_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Rebate Journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Journal of the credit notes of settlements. Empty: the first one for sales.",
    )
    channel_rebate_post_documents = fields.Boolean(
        string="Post Documents at Approval",
        help="Post the documents when a settlement is approved, instead of leaving drafts for the "
        "accountant.",
    )

    def _default_channel_rebate_product_id(self):
        return self.env.ref("channel_rebate.product_product_rebate", raise_if_not_found=False)

    @api.constrains("channel_rebate_product_id")
    def _check_channel_rebate_product(self):
        """Goods would count as sales wherever somebody uses the product by hand."""
        if goods := self.channel_rebate_product_id.filtered(lambda p: p.type != "service"):
            raise ValidationError(
                self.env._(
                    "%(products)s can't be the rebate product: choose a service.",
                    products=", ".join(goods.mapped("display_name")),
                )
            )

    @api.model
    def _set_channel_rebate_product(self):
        """Give the companies that were there before the add-on its product (at installation)."""
        companies = self.search([("channel_rebate_product_id", "=", False)])
        companies.channel_rebate_product_id = self._default_channel_rebate_product_id()
