from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import HOLDERS
from .channel_statement import LIVE_STATES


class ChannelStatementPenaltyMixin(models.AbstractModel):
    """What a penalty is to a statement: deducted from it, or shared with it.

    Computing a settlement writes down which penalties there are, approval how much. What all live
    statements hold of a penalty is what has been settled of it.
    """

    _name = "channel.statement.penalty.mixin"
    _description = "Part of a Penalty in a Statement"
    _inherit = ["channel.sealed.mixin"]
    _order = "statement_id desc, id"
    _rec_name = "penalty_id"

    # Where an Account of tools.rebate has the amounts.
    _account_part = ""

    statement_id = fields.Many2one(
        comodel_name="channel.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    penalty_id = fields.Many2one(
        comodel_name="channel.penalty",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="penalty_id.currency_id")
    date = fields.Date(related="penalty_id.date")
    state = fields.Selection(related="statement_id.state", string="Status of the Statement")

    # Written at approval
    amount = fields.Monetary(readonly=True)

    # For holders, before approval
    expected_amount = fields.Monetary(compute="_compute_expected_amount", groups=HOLDERS)

    @api.depends("statement_id.state")
    @api.depends_context("uid")
    def _compute_expected_amount(self):
        """A percentage is of sealed rates: nothing is shown if they are locked."""
        hidden = self.filtered(lambda line: not line.statement_id._is_revealed())
        may_see = bool(hidden) and self.env["channel.rate"]._is_holder()
        accounts = hidden.statement_id._settle_shown() if may_see else {}
        amounts = self._index_amounts(accounts)
        for line in self:
            expected = amounts.get(line._origin._get_account_key(), 0)
            line.expected_amount = float(expected) if line in hidden else line.amount

    def _get_account_key(self):
        self.ensure_one()
        return self.statement_id.id, self.penalty_id.id

    @api.model
    def _index_amounts(self, accounts):
        """Return what is new of each penalty as decimals by ids of statement and penalty."""
        return {
            (statement_id, part.key): part.amount
            for statement_id, account in accounts.items()
            for part in getattr(account, self._account_part)
        }

    def _write_amounts(self, accounts):
        """Write down what is settled, in one statement for all lines of a run.

        :param dict accounts: settled :class:`~..tools.rebate.Account` by statement id
        """
        if not self:
            return
        amounts = self._index_amounts(accounts)
        self.env.execute_query(
            SQL(
                """UPDATE %s AS line
                      SET amount = data.amount
                     FROM unnest(%s::int[], %s::numeric[]) AS data(id, amount)
                    WHERE line.id = data.id
                RETURNING line.id""",
                SQL.identifier(self._table),
                self.ids,
                [amounts[line._get_account_key()] for line in self],
            )
        )
        self.invalidate_recordset()

    def _drop_unchanged(self):
        """Remove from corrections what has stayed as other statements hold it."""
        # Of one set, as writing has emptied the cache through which they were found.
        lines = self.browse(self.ids)
        unchanged = lines.filtered(lambda line: line.statement_id.number and not line.amount)
        held = self._get_live_amounts(unchanged.penalty_id, unchanged.statement_id)
        # Elevated: nobody deletes them by hand.
        unchanged.sudo().filtered(lambda line: line.penalty_id.id in held).unlink()

    @api.model
    def _get_live_amounts(self, penalties, besides=None):
        """Return what live statements hold as decimals by penalty id; none for what they don't.

        :param besides: statements that are left out
        """
        groups = self._read_group(
            [
                ("penalty_id", "in", penalties.ids),
                ("statement_id.state", "in", LIVE_STATES),
                ("statement_id", "not in", besides.ids if besides else []),
            ],
            ["penalty_id"],
            ["amount:sum"],
        )
        return {penalty.id: Decimal(repr(amount or 0.0)) for penalty, amount in groups}
