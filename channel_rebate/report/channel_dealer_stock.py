from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ChannelDealerStock(models.Model):
    """What a dealer should have left: opening quantity + sell-in - sell-out, returns counted.

    A row a company, dealer and product for which there is any of them, from the same sums as the
    channel analysis and, for the month of a count, from the documents.
    """

    _name = "channel.dealer.stock"
    _description = "Dealer's Stock"
    _auto = False
    _order = "dealer_id, product_id, id"
    _depends = {
        "channel.analysis": [],
        "channel.opening": ["company_id", "date", "dealer_id", "product_id", "quantity"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.partner": ["channel_territory_id", "user_id"],
    }

    dealer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    territory_id = fields.Many2one(comodel_name="channel.territory", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
        help="The dealer's salesperson.",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product", string="Product Variant", readonly=True
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Product", readonly=True
    )
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", readonly=True
    )
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit", readonly=True)
    opening_date = fields.Date(
        string="Counted on",
        readonly=True,
        help="Day of the last opening quantity. What was bought and passed on before it does not "
        "count any more.",
    )
    opening_quantity = fields.Float(string="Opening", digits="Product Unit", readonly=True)
    sell_in_quantity = fields.Float(
        string="Sell-in",
        digits="Product Unit",
        readonly=True,
        help="What the dealer has bought from us since the count, minus what he has returned.",
    )
    sell_out_quantity = fields.Float(
        string="Sell-out",
        digits="Product Unit",
        readonly=True,
        help="What the dealer has passed on to his sub-distributors since the count, minus what "
        "they have returned.",
    )
    quantity_left = fields.Float(
        string="Should Have Left",
        digits="Product Unit",
        readonly=True,
        help="Opening + sell-in - sell-out. What the dealer sells in his own shop is not known "
        "here. Negative: he has passed on more than he can have.",
    )

    @api.depends("dealer_id", "product_id")
    def _compute_display_name(self):
        for stock in self:
            stock.display_name = f"{stock.dealer_id.display_name}: {stock.product_id.display_name}"

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT stock.*, product.product_tmpl_id, template.categ_id,
                   template.uom_id AS product_uom_id, dealer.user_id,
                   dealer.channel_territory_id AS territory_id
              FROM (%s) AS stock
              JOIN product_product AS product ON product.id = stock.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
              JOIN res_partner AS dealer ON dealer.id = stock.dealer_id
            """,
            self.env["channel.ledger"]._left_query(),
        )

    @api.model
    def _get_left(self, company, dealers, products):
        """Return what dealers should have left of products, whoever asks, in one query.

        :param res.company company: whose sales are meant
        :param res.partner dealers: commercial entities
        :param product.product products: any number of them
        :return: ``{(dealer id, product id): quantity in the product's unit}``; a pair for which
            there is no opening quantity and no sale gives 0
        :rtype: defaultdict
        """
        # Elevated: a sub-distributor's salesperson may not be his dealer's, and the quantity
        # tells him nothing that he does not need for the order in his hand.
        rows = self.sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("dealer_id", "in", dealers.ids),
                ("product_id", "in", products.ids),
            ],
            ["dealer_id", "product_id"],
            ["quantity_left:sum"],
        )
        left = defaultdict(float)
        left.update({(dealer.id, product.id): quantity for dealer, product, quantity in rows})
        return left

    @api.readonly
    def action_open_sales(self):
        """Open the sales that make up the row: those on and after the day of the count."""
        self.ensure_one()
        domain = self._get_own_domain()
        if self.opening_date:
            domain &= Domain("date", ">=", self.opening_date)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_analysis_action"
        )
        return {
            **action,
            "name": self.display_name,
            "display_name": self.display_name,
            "domain": list(domain),
            "context": {},
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
        }

    @api.readonly
    def action_open_openings(self):
        """Open the opening quantities of the row's dealer and product."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_opening_action"
        )
        return {
            **action,
            "domain": list(self._get_own_domain()),
            "context": {
                "default_company_id": self.company_id.id,
                "default_dealer_id": self.dealer_id.id,
                "default_product_id": self.product_id.id,
            },
        }

    def _get_own_domain(self):
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("dealer_id", "=", self.dealer_id.id),
                ("product_id", "=", self.product_id.id),
            ]
        )
