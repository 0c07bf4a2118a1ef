from odoo import api, fields, models
from odoo.tools import SQL

from ..models.channel_ledger_analyses import DIGITS


class ChannelAnalysis(models.Model):
    """Sell-in and sell-out side by side, a row a line of an invoice or order.

    What counts is the ledger's to say, as for settlements; only that a credit note counts at its
    own date, where a settlement counts it at its invoice's. There is no table behind it.
    """

    _name = "channel.analysis"
    _description = "Channel Analysis"
    _auto = False
    _rec_name = "document"
    _order = "date desc, id desc"
    # What has to be written to the database before it is asked.
    _depends = {
        "account.move": [
            "channel_statement_id",
            "commercial_partner_id",
            "company_id",
            "invoice_date",
            "invoice_user_id",
            "move_type",
            "name",
            "state",
        ],
        "account.move.line": [
            "balance",
            "display_type",
            "is_downpayment",
            "product_id",
            "product_uom_id",
            "quantity",
            "sale_line_ids",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "type", "uom_id"],
        "res.company": ["currency_id"],
        "res.partner": ["channel_role", "channel_territory_id"],
        "sale.order": [
            "channel_dealer_id",
            "channel_order_date",
            "channel_partner_id",
            "channel_territory_id",
            "channel_tier",
            "company_id",
            "currency_rate",
            "name",
            "state",
            "user_id",
        ],
        "sale.order.line": [
            "display_type",
            "is_downpayment",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
        ],
        "uom.uom": ["factor"],
    }

    # The document
    tier = fields.Selection(
        selection=[("sell_in", "Sell-in"), ("sell_out", "Sell-out")],
        readonly=True,
        help="Sell-in: what we have invoiced to a dealer. Sell-out: what a dealer has sold to his "
        "sub-distributor.",
    )
    document = fields.Char(
        readonly=True, help="The invoice or credit note (sell-in) or the order (sell-out)."
    )
    move_id = fields.Many2one(comodel_name="account.move", string="Invoice", readonly=True)
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    date = fields.Date(
        readonly=True,
        help="Sell-in: the date of the invoice or credit note. Sell-out: the channel date of the "
        "order. A settlement counts a credit note at the date of its invoice instead.",
    )

    # Who
    dealer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    sub_distributor_id = fields.Many2one(
        comodel_name="res.partner", string="Sub-distributor", readonly=True
    )
    territory_id = fields.Many2one(
        comodel_name="channel.territory",
        readonly=True,
        help="Sell-in: the dealer's territory of today. Sell-out: the order's.",
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)

    # What
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

    # How much: in the product's unit, and in company currency without tax
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="In the unit of the product. Credit notes and returns are negative.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="Without tax, in company currency. Credit notes and returns are negative.",
    )
    sell_in_quantity = fields.Float(string="Sell-in Quantity", digits="Product Unit", readonly=True)
    sell_out_quantity = fields.Float(
        string="Sell-out Quantity", digits="Product Unit", readonly=True
    )
    sell_in_amount = fields.Monetary(string="Sell-in Amount", readonly=True)
    sell_out_amount = fields.Monetary(string="Sell-out Amount", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    @property
    def _table_query(self):
        return self.env["channel.ledger"]._sales_query()

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Sum in one go what has one currency.

        Which currencies there are, and sums over several of them, are asked for with every group
        and would have all sales sorted and converted, to say what is known beforehand.
        """
        currencies = self.env.companies.currency_id
        if not self.env.su and len(currencies) == 1:
            if aggregate_spec == "currency_id:array_agg_distinct":
                return SQL("CASE WHEN COUNT(*) > 0 THEN ARRAY[%s] END", currencies.id)
            aggregate_spec = aggregate_spec.replace(":sum_currency", ":sum")
        select = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.endswith(":sum_currency"):
            return self._sum_currencies(aggregate_spec.partition(":")[0], query)
        return select

    @api.model
    def _sum_currencies(self, name, query):
        """Convert with the inverse of a rate, so that a sum comes to what its parts come to.

        The rates have been joined to the query.
        """
        rates = query.make_alias(self._table, "currency_id__rates")
        return SQL(
            "SUM(%s * (ROUND(1, %s) / COALESCE(%s, 1.0)))",
            self._field_to_sql(self._table, name, query),
            DIGITS,
            SQL.identifier(rates, "rate"),
        )

    @api.readonly
    def action_open_document(self):
        """Open the invoice or order that a row comes from."""
        self.ensure_one()
        document = self.move_id or self.order_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
