from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, drop_view_if_exists

# A sale's id is that of its pack, times this, plus its place there.
PLACES = 2**20


class ChannelStatementSale(models.Model):
    """A line of an invoice or order that was looked at for a statement, and what of it counts.

    Written by the ledger together with the statement and never changed: the base of a statement
    can be traced to its documents also after these have changed. A return that belongs to several
    sales has a row for each. Lines that do not count are there as well, with the reason. There is
    no rate in it.

    A view of ``channel.statement.pack``; lines of documents may be gone that it names.
    """

    _name = "channel.statement.sale"
    _description = "Sale behind a Rebate Statement"
    _order = "statement_id, document_date, document, id"
    _rec_name = "document"
    _auto = False

    pack_key = fields.Integer(
        readonly=True, aggregator=None, help="Sales of a product are kept together."
    )
    statement_id = fields.Many2one(comodel_name="channel.statement", readonly=True)
    settlement_id = fields.Many2one(related="statement_id.settlement_id")
    partner_id = fields.Many2one(related="statement_id.partner_id")
    dealer_id = fields.Many2one(related="statement_id.dealer_id")
    agreement_line_id = fields.Many2one(
        comodel_name="channel.agreement.line", string="Covered By", readonly=True
    )
    version = fields.Integer(related="agreement_line_id.agreement_id.version", aggregator=None)

    # The document
    move_line_id = fields.Many2one(
        comodel_name="account.move.line", string="Invoice Line", readonly=True
    )
    order_line_id = fields.Many2one(comodel_name="sale.order.line", readonly=True)
    document = fields.Char(readonly=True, help="Number of the invoice, credit note or order.")
    document_date = fields.Date(readonly=True)
    date = fields.Date(
        string="Counts on",
        readonly=True,
        help="The day that decides the period, the version of the agreement and the exchange rate: "
        "the document's own or, of a return, that of its sale.",
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    tax_key = fields.Char(
        readonly=True, help="The taxes of the line, as sorted ids separated by commas."
    )
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the product's unit, returns negative."
    )
    amount = fields.Monetary(
        readonly=True, help="Net of tax, in the currency of the agreement, returns negative."
    )

    # What of it counts
    is_counted = fields.Boolean(string="Counts", readonly=True)
    reason = fields.Selection(
        selection=[
            ("no_agreement", "No signed agreement applies on that day"),
            ("other_dealer", "Bought from another dealer than the agreement's"),
            ("not_covered", "The agreement does not cover the product"),
            ("service", "A service or a combination, whose items are lines of their own"),
            ("down_payment", "A down payment"),
            ("no_product", "No product"),
            ("unpaid", "Not paid in full by the cut-off"),
            ("no_sale", "A return without a sale: counts on its own day"),
            ("unavailable", "More sold than the dealer can have had: counts in part"),
        ],
        readonly=True,
        help="Why the line does not count, or with which reservation.",
    )
    change = fields.Selection(
        selection=[("added", "Added"), ("removed", "Removed"), ("changed", "Changed")],
        readonly=True,
        help="Of a correction: what has happened to the line since the period was settled. What "
        "counts of it is then the difference.",
    )
    base_quantity = fields.Float(
        string="Quantity that Counts", digits="Product Unit", readonly=True
    )
    base_amount = fields.Monetary(
        string="Base",
        readonly=True,
        help="What of the amount counts: of a sell-out order at the floor price at most, and only "
        "as many units as the dealer can have had.",
    )
    base_company_amount = fields.Monetary(
        string="Base in Company Currency", currency_field="company_currency_id", readonly=True
    )
    currency_id = fields.Many2one(related="statement_id.currency_id")
    company_currency_id = fields.Many2one(related="statement_id.company_currency_id")
    company_id = fields.Many2one(related="statement_id.company_id")

    explanation = fields.Char(compute="_compute_explanation")

    def init(self):
        drop_view_if_exists(self.env.cr, self._table)
        pack = self.env["channel.statement.pack"]
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW %(view)s AS
                SELECT pack.id::bigint * %(places)s + sale.place AS id, pack.id AS pack_key,
                       pack.statement_id, pack.agreement_line_id, pack.product_id, pack.tax_key,
                       pack.is_counted, pack.reason, pack.change, %(columns)s
                  FROM channel_statement_pack AS pack
                  %(sales)s
                """,
                view=SQL.identifier(self._table),
                places=PLACES,
                columns=pack._unpacked_columns(),
                sales=pack._unpacked(),
            )
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Look for ids in their packs only: a view cannot tell where they are."""

        def narrow(condition):
            if condition.field_expr != "id" or condition.operator not in ("in", "="):
                return condition
            ids = condition.value if condition.operator == "in" else [condition.value]
            if not all(isinstance(number, int) for number in ids):
                return condition
            return condition & Domain("pack_key", "in", {number // PLACES for number in ids})

        return super()._search(Domain(domain).map_conditions(narrow), *args, **kwargs)

    @api.depends("reason", "change", "quantity", "base_quantity")
    def _compute_explanation(self):
        """Put the reason into words, with the share that counts where only a share does."""
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        changes = {
            "added": self.env._("New since the period was settled"),
            "changed": self.env._("Changed since the period was settled"),
            "removed": self.env._("Cancelled, reset to draft or dated otherwise since"),
        }
        for sale in self:
            reason = reasons.get(sale.reason)
            if sale.change == "removed":
                sale.explanation = reason or changes["removed"]
            elif sale.change:
                parts = [changes[sale.change], reason]
                sale.explanation = " · ".join(filter(None, parts))
            elif sale.reason == "unavailable" and sale.quantity:
                sale.explanation = self.env._(
                    "%(share).2f %% counts: more was sold than the dealer can have had",
                    share=100 * sale.base_quantity / sale.quantity,
                )
            else:
                sale.explanation = reason

    def action_open_document(self):
        """Open the invoice, credit note or order."""
        self.ensure_one()
        document = self.move_line_id.exists().move_id or self.order_line_id.exists().order_id
        if not document:
            raise UserError(
                self.env._(
                    "%(document)s was changed since: the line is not there any more. Compute the "
                    "settlement again, as long as it is not approved.",
                    document=self.document,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
