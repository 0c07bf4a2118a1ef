from odoo import api, fields, models

from ..const import HOLDERS, RATE_DIGITS
from .channel_statement import REVEALED_STATES


class ChannelStatementLine(models.Model):
    """One product and tax set of a statement, under the agreement line that covers it.

    The invoice or order lines behind a base are its ``channel.statement.sale``.
    """

    _name = "channel.statement.line"
    _description = "Channel Rebate Statement Line"
    _inherit = ["channel.sealed.mixin"]
    # Who and when is told by the statement: nothing writes to lines alone, and each reference costs
    # as much as inserting the rest of the line.
    _log_access = False
    # By id, for which there is an index: there are a hundred thousand lines a quarter.
    _order = "statement_id.id desc, id"
    _check_company_auto = True

    statement_id = fields.Many2one(
        comodel_name="channel.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    agreement_line_id = fields.Many2one(
        comodel_name="channel.agreement.line", string="Covered By", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the product's unit, returns deducted."
    )
    base_amount = fields.Monetary(string="Base", readonly=True)
    company_currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    base_company_amount = fields.Monetary(
        string="Base in Company Currency", currency_field="company_currency_id", readonly=True
    )
    total_quantity = fields.Float(
        string="New Quantity",
        digits="Product Unit",
        readonly=True,
        help="Of the period as it is now, with what was settled before.",
    )
    total_base_amount = fields.Monetary(
        string="New Base",
        readonly=True,
        help="Of the period as it is now, with what was settled before.",
    )
    measure = fields.Selection(related="agreement_line_id.measure", related_sudo=True)
    tax_key = fields.Char(
        readonly=True, help="The taxes of the sales, as sorted ids separated by commas."
    )

    # Written at approval
    rate = fields.Float(
        digits=RATE_DIGITS,
        readonly=True,
        aggregator=None,
        help="Percent of the base, or amount per unit. With tiers: the rate that all sales of the "
        "agreement's line come to together, the reached one for whole-amount tiers and the "
        "average for marginal ones. At year's end: coefficient × average.",
    )
    amount = fields.Monetary(string="Rebate", readonly=True)
    total_amount = fields.Monetary(
        string="New Rebate",
        readonly=True,
        help="Of the period as it is now, with what was settled before.",
    )

    # For holders, before approval
    expected_rate = fields.Float(digits=RATE_DIGITS, compute="_compute_expected", groups=HOLDERS)
    expected_amount = fields.Monetary(
        compute="_compute_expected", groups=HOLDERS, string="Expected Rebate"
    )
    expected_total_amount = fields.Monetary(
        compute="_compute_expected", groups=HOLDERS, string="Expected New Rebate"
    )

    @api.depends("total_base_amount", "total_quantity", "statement_id.state")
    @api.depends_context("uid")
    def _compute_expected(self):
        # What a tier comes to and how it is shared depends on the other lines of the statement.
        hidden = self.filtered(lambda line: line.statement_id.state not in REVEALED_STATES)
        may_see = bool(hidden) and self.env["channel.rate"]._is_holder()
        statements = hidden.statement_id
        rates, accounts = statements._get_line_accounts(
            statements._unseal_expected(self._read_plain(statements)) if may_see else {}
        )
        for line in self - hidden:
            line.is_locked = False
            line.expected_rate = line.rate
            line.expected_amount = line.amount
            line.expected_total_amount = line.total_amount
        for line in hidden:
            statement_id, key = line.statement_id._origin.id, line._get_share_key()
            rate = rates.get((statement_id, line.agreement_line_id.id or None))
            account = accounts.get(statement_id)
            line.is_locked = may_see and rate is None
            line.expected_rate = float(rate or 0)
            line.expected_amount = float(account.amounts.get(key, 0)) if account else 0.0
            line.expected_total_amount = float(account.totals.get(key, 0)) if account else 0.0

    def action_open_sales(self):
        """Open the invoice or order lines that the base is made of."""
        self.ensure_one()
        action = self.statement_id.action_open_sales()
        covering = self.agreement_line_id
        own = [
            ("is_counted", "=", True),
            ("product_id", "=", self.product_id.id),
            # None of a year's line: its sales fell under several.
            *([("agreement_line_id", "=", covering.id)] if covering else []),
            # None if it was settled before lines told their taxes.
            *([("tax_key", "=", self.tax_key)] if self.tax_key is not False else []),
        ]
        return {
            **action,
            "name": self.product_id.display_name,
            "display_name": self.product_id.display_name,
            "domain": action["domain"] + own,
            "context": self.statement_id._get_sales_context(),
        }

    def _get_share_key(self):
        """Return the key of the line in an :class:`Account`, which :class:`Line` explains."""
        self.ensure_one()
        covering_id = self.agreement_line_id.id or None
        return self.product_id.id, self.tax_key or "", covering_id, self._origin.id
