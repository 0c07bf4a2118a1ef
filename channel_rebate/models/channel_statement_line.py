from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import HOLDERS, RATE_DIGITS, RATE_UNIT
from ..tools.rebate import Account
from ..tools.rounding import round_amount
from ..tools.tiers import NO_TIERS, effective_rate
from .channel_statement import REVEALED_STATES


class ChannelStatementLine(models.Model):
    """One product and tax set of a statement, under the agreement line that covers it.

    The invoice or order lines behind a base are its ``channel.statement.sale``.
    """

    _name = "channel.statement.line"
    _description = "Channel Rebate Statement Line"
    _inherit = ["channel.sealed.mixin"]
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
        Rate = self.env["channel.rate"]
        # What a tier comes to and how it is shared depends on the other lines of the statement.
        hidden = self.filtered(lambda line: line.statement_id.state not in REVEALED_STATES)
        lines = hidden.statement_id.line_ids
        secrets, may_see = {}, bool(hidden) and Rate._is_holder()
        if may_see:
            secrets = Rate._unseal_lines(lines.agreement_line_id, "expected", skip_locked=True)
        lines = lines.filtered(lambda line: line._is_readable(secrets))
        rates, accounts = lines._get_rates(secrets), {}
        settled = lines.statement_id._get_settled_amounts()
        for statement, own in lines.grouped("statement_id").items():
            account = accounts[statement.id] = Account(
                key=statement.id,
                raw_amounts=own._get_raw_amounts(rates),
                settled_amounts=settled.get(statement.id, {}),
            )
            account.round_amounts(statement._get_unit())
        for line in self - hidden:
            line.is_locked = False
            line.expected_rate = line.rate
            line.expected_amount = line.amount
            line.expected_total_amount = line.total_amount
        for line in hidden:
            account, key = accounts.get(line.statement_id.id), line._get_share_key()
            line.is_locked = may_see and not line._is_readable(secrets)
            line.expected_rate = float(rates.get(line.id, 0))
            line.expected_amount = float(account.amounts.get(key, 0)) if account else 0.0
            line.expected_total_amount = float(account.totals.get(key, 0)) if account else 0.0

    def _is_readable(self, secrets):
        """Tell whether the rate of the line is among what was unsealed."""
        self.ensure_one()
        return self.agreement_line_id.id in secrets

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

    # === Rebates === #

    def _get_measured(self):
        """Return what the rate applies to as a decimal: base in currency, or quantity."""
        self.ensure_one()
        is_amount = self.agreement_line_id.measure == "amount"
        return Decimal(repr(self.total_base_amount if is_amount else self.total_quantity))

    def _get_rates(self, secrets):
        """Return exact rates, percent or amount per unit, as ``{line id: Fraction}``.

        Tiers are reached by all products and tax sets of a statement together that fall under
        one agreement line, so by each version of an agreement on its own. Takes all lines of the
        statements.

        :param dict secrets: :class:`Secret` by agreement line id
        """
        rates = {}
        for lines in self.grouped(
            lambda line: (line.statement_id, line.agreement_line_id)
        ).values():
            covering = lines.agreement_line_id
            rate = effective_rate(
                covering.tier_mode,
                secrets[covering.id].brackets,
                sum(line._get_measured() for line in lines),
            )
            # Not ``ids``: lines may exist in memory only.
            rates.update(dict.fromkeys(lines._ids, rate))
        return rates

    def _get_raw_amounts(self, rates):
        """Return the rebates of one statement's lines, not rounded, in the groups rounded once.

        A plain agreement line is rounded by product, over its tax sets; one with tiers once in
        all, over its products and tax sets.

        :param dict rates: exact rates by line id
        :return: ``{group: {share key: Fraction}}``
        """
        groups = defaultdict(dict)
        for line in self:
            covering = line.agreement_line_id
            product = line.product_id.id if covering.tier_mode == NO_TIERS else None
            raw = Fraction(line._get_measured()) * rates[line.id]
            groups[covering.id, product][line._get_share_key()] = (
                raw / 100 if covering.measure == "amount" else raw
            )
        return groups

    def _get_key(self):
        """Return what tells the line from the others of its statement, the same in corrections."""
        self.ensure_one()
        tax_key = None if self.tax_key is False else self.tax_key
        return self.agreement_line_id.id or 0, self.product_id.id, tax_key

    def _get_share_key(self):
        """Return the line's key in an :class:`Account`; it decides who gets an odd coin.

        Product and tax set come first, which unlike the id are the same in any order of lines.
        """
        self.ensure_one()
        return self.product_id.id, self.tax_key or "", self.agreement_line_id.id, self._origin.id

    def _write_amounts(self, accounts, secrets):
        """Write rates and rounded amounts, in one statement for all lines of a run.

        :param dict accounts: settled :class:`Account` by statement id
        :param dict secrets: :class:`Secret` by agreement line id
        """
        rates = self._get_rates(secrets)
        account_of = [(accounts[line.statement_id.id], line._get_share_key()) for line in self]
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement_line AS line
                      SET rate = data.rate, amount = data.amount, total_amount = data.total
                     FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[])
                          AS data(id, rate, amount, total)
                    WHERE line.id = data.id
                RETURNING line.id""",
                self.ids,
                [round_amount(rates[line.id], RATE_UNIT) for line in self],
                [account.amounts[key] for account, key in account_of],
                [account.totals[key] for account, key in account_of],
            )
        )
        self.invalidate_recordset()
