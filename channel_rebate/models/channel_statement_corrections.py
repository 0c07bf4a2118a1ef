import math
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import HOLDERS

# What a correction compares, each before clamp and carry.
COMPARED = ("gross", "passed_on", "penalty", "compensation")


class ChannelStatement(models.Model):
    """Corrections: what a statement adds to the live ones of the same partner and period.

    Amounts of a correction are differences; what the period comes to is the sum of all.
    """

    _inherit = "channel.statement"

    change_ids = fields.One2many(
        comodel_name="channel.statement.sale",
        inverse_name="statement_id",
        string="What Has Changed",
        domain=[("change", "!=", False)],
        readonly=True,
    )
    total_base_amount = fields.Monetary(
        string="New Base", compute="_compute_totals", help="Of the period, with this correction."
    )
    settled_base_amount = fields.Monetary(
        string="Base before", compute="_compute_totals", help="Settled before this correction."
    )
    total_gross_amount = fields.Monetary(string="New Gross", compute="_compute_totals")
    settled_gross_amount = fields.Monetary(string="Gross before", compute="_compute_totals")
    total_passed_on_amount = fields.Monetary(string="New Passed on", compute="_compute_totals")
    settled_passed_on_amount = fields.Monetary(string="Passed on before", compute="_compute_totals")
    total_penalty_amount = fields.Monetary(string="New Penalty", compute="_compute_totals")
    settled_penalty_amount = fields.Monetary(string="Penalty before", compute="_compute_totals")
    total_compensation_amount = fields.Monetary(
        string="New Compensation", compute="_compute_totals"
    )
    settled_compensation_amount = fields.Monetary(
        string="Compensation before", compute="_compute_totals"
    )
    expected_total_gross_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_total_passed_on_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_total_penalty_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_total_compensation_amount = fields.Monetary(
        compute="_compute_expected", groups=HOLDERS
    )

    @api.depends("base_amount", "state", *(f"{name}_amount" for name in COMPARED))
    def _compute_totals(self):
        """Add up the live statements before each one.

        What was settled before is known; new totals are once the correction is approved.
        """
        # Elevated: whoever reads a statement may know the others of its partner and period.
        corrected_sudo = self.sudo()._get_corrected()
        for statement in self:
            earlier_sudo = corrected_sudo.get(statement.sudo(), self.browse())
            for name in ("base", *COMPARED):
                before = sum(earlier_sudo.mapped(f"{name}_amount"))
                statement[f"settled_{name}_amount"] = before
                statement[f"total_{name}_amount"] = before + statement[f"{name}_amount"]

    @api.depends(*(f"settled_{name}_amount" for name in COMPARED))
    @api.depends_context("uid")
    def _compute_expected(self):  # pylint: disable=missing-return
        super()._compute_expected()
        for statement in self:
            for name in COMPARED:
                statement[f"expected_total_{name}_amount"] = (
                    statement[f"settled_{name}_amount"] + statement[f"expected_{name}_amount"]
                )

    def _get_corrected(self):
        """Return what each correction corrects, live statements: ``{statement: statements}``."""
        corrections = self.filtered("number")
        if not corrections:
            return {}
        live = self.search(
            [
                ("partner_id", "in", corrections.partner_id.ids),
                ("period_id", "in", corrections.period_id.ids),
                ("state", "in", ("approved", "done")),
            ]
        ).grouped(lambda statement: (statement.partner_id, statement.period_id))
        return {
            statement: live.get(
                (statement.partner_id, statement.period_id), self.browse()
            ).filtered(lambda earlier, number=statement.number: earlier.number < number)
            for statement in corrections
        }

    def _get_settled_amounts(self):
        """Return what is settled by line: ``{statement id: {share key: decimal}}``."""
        rows = self._sum_corrected(
            SQL("line.agreement_line_id, line.product_id, COALESCE(line.tax_key, '')"),
            SQL("line.amount"),
            SQL("JOIN channel_statement_line AS line ON line.statement_id = earlier.id"),
        )
        amounts = {tuple(key): amount for *key, amount in rows}
        return {
            statement.id: {
                line._get_share_key(): amounts.get((statement.id, *line._get_key()), Decimal(0))
                for line in statement.line_ids
            }
            for statement in self.filtered("number")
        }

    def _get_refundable_amounts(self):
        """Return what may be asked back as decimals by statement id.

        No more than the period has paid, and nothing unless the company asks back by debit note.
        """
        asking = self.filtered(
            lambda statement: statement.company_id.channel_negative_correction == "debit_note"
        )
        rows = asking._sum_corrected(SQL("NULL::int"), SQL("earlier.net_amount"), SQL())
        return {statement_id: max(amount, Decimal(0)) for statement_id, _all, amount in rows}

    def _sum_corrected(self, key, amount, joins):
        """Return exact sums over what each correction corrects: ``[(id, *key, decimal)]``."""
        corrections = self.filtered("number")
        if not corrections:
            return []
        self.env["channel.ledger"]._flush_statements()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT own.id, %(key)s, SUM(%(amount)s)::text
                  FROM channel_statement AS own
                  JOIN channel_statement AS earlier
                    ON earlier.partner_id = own.partner_id
                   AND earlier.period_id = own.period_id
                   AND COALESCE(earlier.number, 0) < own.number
                   AND earlier.state IN ('approved', 'done')
                  %(joins)s
                 WHERE own.id = ANY(%(ids)s)
              GROUP BY own.id, %(key)s
                """,
                key=key,
                amount=amount,
                joins=joins,
                ids=corrections.ids,
            )
        )
        return [(*rest, Decimal(amount or 0)) for *rest, amount in rows]

    def _check_not_corrected(self):
        """Refuse to take back a statement on which a later correction is built."""
        numbers = {(s.partner_id, s.period_id): s.number for s in self}
        later = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("settlement_id", "not in", self.settlement_id.ids),
                ("number", ">", 0),
                ("state", "in", ("computed", "approved", "done")),
            ]
        ).filtered(
            lambda found: found.number > numbers.get((found.partner_id, found.period_id), math.inf)
        )
        if later:
            raise UserError(
                self.env._(
                    "%(partner)s: %(settlement)s corrects this one. Reverse or cancel that one "
                    "first.",
                    partner=later[0].partner_id.name,
                    settlement=later[0].settlement_id.name,
                )
            )
