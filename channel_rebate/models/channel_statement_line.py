from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import HOLDERS, RATE_DIGITS
from ..tools.rebate import rebate


class ChannelStatementLine(models.Model):
    """One product and tax set of a statement, under the agreement line that covers it.

    The invoice or order lines behind a base are its ``channel.statement.sale``.
    """

    _name = "channel.statement.line"
    _description = "Channel Rebate Statement Line"
    _order = "statement_id, id"
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
    measure = fields.Selection(related="agreement_line_id.measure", related_sudo=True)
    tax_key = fields.Char(
        readonly=True, help="The taxes of the sales, as sorted ids separated by commas."
    )

    # Written at approval
    rate = fields.Float(digits=RATE_DIGITS, readonly=True, aggregator=None)
    amount = fields.Monetary(string="Rebate", readonly=True)

    # For holders, before approval
    expected_rate = fields.Float(digits=RATE_DIGITS, compute="_compute_expected", groups=HOLDERS)
    expected_amount = fields.Monetary(
        compute="_compute_expected", groups=HOLDERS, string="Expected Rebate"
    )

    @api.depends("base_amount", "quantity", "statement_id.state")
    @api.depends_context("uid")
    def _compute_expected(self):
        Rate = self.env["channel.rate"]
        secrets = Rate._unseal_lines(self.agreement_line_id) if Rate._is_holder() else {}
        for line in self:
            secret = secrets.get(line.agreement_line_id.id)
            line.expected_rate = float(secret.rate) if secret else 0.0
            line.expected_amount = (
                line.currency_id.round(float(line._get_rebate(secrets))) if secret else 0.0
            )

    def action_open_sales(self):
        """Open the invoice or order lines that the base is made of."""
        self.ensure_one()
        action = self.statement_id.action_open_sales()
        own = [
            ("is_counted", "=", True),
            ("agreement_line_id", "=", self.agreement_line_id.id),
            ("product_id", "=", self.product_id.id),
            ("tax_key", "=", self.tax_key),
        ]
        return {**action, "domain": action["domain"] + own, "context": {}}

    def _get_rebate(self, secrets):
        """Return the rebate of the line, not rounded, as a decimal.

        :param dict secrets: :class:`Secret` by agreement line id
        """
        self.ensure_one()
        covering = self.agreement_line_id
        return rebate(
            covering.measure,
            Decimal(repr(self.base_amount)),
            Decimal(repr(self.quantity)),
            secrets[covering.id].rate,
        )

    def _write_amounts(self, accounts, secrets):
        """Write rates and rounded amounts, in one statement for all lines of a run.

        :param dict accounts: settled :class:`Account` by statement id
        :param dict secrets: :class:`Secret` by agreement line id
        """
        amounts = {
            line_id: amount
            for account in accounts.values()
            for line_id, amount in account.amounts.items()
        }
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement_line AS line
                      SET rate = data.rate, amount = data.amount
                     FROM unnest(%s::int[], %s::numeric[], %s::numeric[]) AS data(id, rate, amount)
                    WHERE line.id = data.id
                RETURNING line.id""",
                self.ids,
                [secrets[line.agreement_line_id.id].rate for line in self],
                [amounts[line.id] for line in self],
            )
        )
        self.invalidate_recordset()
