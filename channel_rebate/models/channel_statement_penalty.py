from odoo import api, fields, models
from odoo.tools import SQL

from ..const import HOLDERS


class ChannelStatementPenalty(models.Model):
    """A penalty in a statement, and what of it this statement deducts or gives back.

    Computing a settlement writes down which penalties there are, approval how much. What all live
    statements hold of a penalty is what has been deducted for it.
    """

    _name = "channel.statement.penalty"
    _description = "Penalty in a Rebate Statement"
    _inherit = ["channel.sealed.mixin"]
    _order = "statement_id desc, id"
    _rec_name = "penalty_id"

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
    reason = fields.Text(related="penalty_id.reason")
    state = fields.Selection(related="statement_id.state", string="Status of the Statement")

    # Written at approval
    amount = fields.Monetary(
        readonly=True, help="Deducted; below zero: given back, since it was lifted."
    )

    # For holders, before approval
    expected_amount = fields.Monetary(compute="_compute_expected_amount", groups=HOLDERS)

    @api.depends("statement_id.state")
    @api.depends_context("uid")
    def _compute_expected_amount(self):
        hidden = self.filtered(lambda line: not line.statement_id._is_revealed())
        amounts = hidden._get_amounts()
        for line in self:
            line.expected_amount = float(amounts[line]) if line in hidden else line.amount

    def _get_amounts(self):
        """Return what is to be deducted as decimals by line, in the statement's currency."""
        due = self.penalty_id._get_due_amounts(besides=self.statement_id)
        return {line: due[line.penalty_id.id] for line in self}

    def _write_amounts(self):
        """Write down what is deducted, in one statement for all lines of a run."""
        amounts = self._get_amounts()
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement_penalty AS line
                      SET amount = data.amount
                     FROM unnest(%s::int[], %s::numeric[]) AS data(id, amount)
                    WHERE line.id = data.id
                RETURNING line.id""",
                self.ids,
                [amounts[line] for line in self],
            )
        )
        self.invalidate_recordset()

    def _get_text(self):
        """Return what for, on one line, in the language of the environment."""
        self.ensure_one()
        reason = " ".join(self.reason.split())
        if self.amount < 0:
            return self.env._("%(reason)s (lifted)", reason=reason)
        return reason
