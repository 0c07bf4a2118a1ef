from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..arrays import as_array
from ..const import RATE_UNIT
from ..tools.lines import Line
from ..tools.rounding import round_amount


class ChannelStatementLine(models.Model):
    """Lines as plain values, read and written by the thousand without a record of each."""

    _inherit = "channel.statement.line"

    def init(self):
        """Leave room beside each line for what the approval writes down, and spare its indexes."""
        self.env.cr.execute("ALTER TABLE channel_statement_line SET (fillfactor = 50)")

    @api.model
    def _read_plain(self, statements):
        """Return the lines of statements, which may exist in memory only, as :class:`Line` list."""
        in_memory = statements.filtered(lambda statement: not statement._origin)
        stored_ids = statements._origin.ids
        stored = self._read_plain_stored(stored_ids) if stored_ids else []
        return stored + [line._make_plain() for line in in_memory.line_ids]

    @api.model
    def _read_plain_stored(self, statement_ids):
        self.env["channel.ledger"]._flush_statements()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, line.statement_id, line.agreement_line_id, line.product_id,
                          line.tax_key, covering.tier_mode,
                          covering.measure IS DISTINCT FROM 'quantity',
                          COALESCE(
                              CASE WHEN covering.measure = 'quantity' THEN line.total_quantity
                                   ELSE line.total_base_amount END,
                              0
                          )::text
                     FROM channel_statement_line AS line
                LEFT JOIN channel_agreement_line AS covering
                       ON covering.id = line.agreement_line_id
                    WHERE line.statement_id = ANY(%s)""",
                statement_ids,
            )
        )
        return [Line(*values, Decimal(measured)) for *values, measured in rows]

    def _make_plain(self):
        """Return the :class:`Line` of a line that exists in memory only."""
        self.ensure_one()
        covering = self.agreement_line_id
        return Line(
            id=self._origin.id,
            statement=self.statement_id.id,
            covering=covering.id or None,
            product=self.product_id.id,
            tax_key=None if self.tax_key is False else self.tax_key,
            tier_mode=covering.tier_mode or None,
            is_percent=covering.measure != "quantity",
            measured=self._get_measured(),
        )

    def _get_measured(self):
        """Return what the rate applies to as a decimal: base in currency, or quantity."""
        self.ensure_one()
        is_quantity = self.agreement_line_id.measure == "quantity"
        return Decimal(repr(self.total_quantity if is_quantity else self.total_base_amount))

    @api.model
    def _write_amounts(self, lines, rates, accounts):
        """Write rates and rounded amounts, in one statement for all lines.

        :param lines: :class:`Line` list
        :param dict rates: exact rates by ids of statement and agreement line
        :param dict accounts: settled :class:`~..tools.rebate.Account` by statement id
        """
        values = [
            (
                line.id,
                round_amount(rates[line.statement, line.covering], RATE_UNIT),
                accounts[line.statement].amounts[key],
                accounts[line.statement].totals[key],
            )
            for line in lines
            for key in [line.key]
        ]
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement_line AS line
                      SET rate = data.rate, amount = data.amount, total_amount = data.total
                     FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[])
                          AS data(id, rate, amount, total)
                    -- By the index of the statements, and not through all lines of all years.
                    WHERE line.id = data.id AND line.statement_id = ANY(%s)""",
                *(map(as_array, zip(*values, strict=True)) if values else ["{}"] * 4),
                list(accounts),
            )
        )
        self.invalidate_model()
