from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import HOLDERS

# What a correction compares, each before clamp and carry.
COMPARED = ("gross", "passed_on", "penalty", "compensation")


class ChannelStatement(models.Model):
    """Corrections: what a statement adds to the live ones of the same partner and period.

    Amounts of a correction are differences; what the period comes to is the sum of all.
    """

    _inherit = "channel.statement"

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
    expected_total_gross_amount = fields.Monetary(
        compute="_compute_expected_totals", groups=HOLDERS
    )
    expected_total_passed_on_amount = fields.Monetary(
        compute="_compute_expected_totals", groups=HOLDERS
    )

    expected_total_penalty_amount = fields.Monetary(
        compute="_compute_expected_totals", groups=HOLDERS
    )

    def _compute_totals(self):
        """Add up the live statements before each one.

        What was settled before is known from the moment it was approved; the new totals are once
        the correction is, like its own amounts.
        """
        for statement in self:
            # Elevated: whoever reads a statement may know the others of its partner and period.
            earlier_sudo = statement.sudo()._find_corrected()
            statement.settled_base_amount = sum(earlier_sudo.mapped("base_amount"))
            statement.total_base_amount = statement.settled_base_amount + statement.base_amount
            for name in COMPARED:
                before = sum(earlier_sudo.mapped(f"{name}_amount"))
                statement[f"settled_{name}_amount"] = before
                statement[f"total_{name}_amount"] = before + statement[f"{name}_amount"]

    @api.depends_context("uid")
    def _compute_expected_totals(self):
        for statement in self:
            for name in ("gross", "passed_on", "penalty"):
                statement[f"expected_total_{name}_amount"] = (
                    statement[f"settled_{name}_amount"] + statement[f"expected_{name}_amount"]
                )

    def _find_corrected(self):
        """Return the live statements of the same partner and period that came before."""
        corrections = self.filtered("number")
        if not corrections:
            return self.browse()
        return self.search(
            Domain("state", "in", ("approved", "done"))
            & Domain.OR(
                [
                    ("partner_id", "=", statement.partner_id.id),
                    ("period_id", "=", statement.period_id.id),
                    ("number", "<", statement.number),
                ]
                for statement in corrections
            )
        )

    def _get_corrected(self):
        """Return for each correction the statements that it corrects: ``{statement: statements}``."""
        found = self._find_corrected().grouped(
            lambda statement: (statement.partner_id, statement.period_id)
        )
        return {
            statement: found[statement.partner_id, statement.period_id].filtered(
                lambda earlier, number=statement.number: earlier.number < number
            )
            for statement in self.filtered("number")
            if (statement.partner_id, statement.period_id) in found
        }

    def _get_settled_amounts(self):
        """Return what is settled of each line as decimals: ``{statement id: {share key: amount}}``."""
        settled = {}
        for statement, corrected in self._get_corrected().items():
            sums = defaultdict(Decimal)
            for line in corrected.line_ids:
                sums[line._get_key()] += Decimal(repr(line.amount))
            settled[statement.id] = {
                line._get_share_key(): sums[line._get_key()] for line in statement.line_ids
            }
        return settled

    def _get_refundable_amounts(self):
        """Return what may be asked back as decimals by statement id.

        No more than the period has paid, and nothing unless the company asks back by debit note.
        """
        return {
            statement.id: max(
                sum((Decimal(repr(earlier.net_amount)) for earlier in corrected), Decimal(0)),
                Decimal(0),
            )
            for statement, corrected in self._get_corrected().items()
            if statement.company_id.channel_negative_correction == "debit_note"
        }

    def _check_not_corrected(self):
        """Refuse to take back a statement on which a later correction is built."""
        for statement in self:
            later = self.search(
                [
                    ("partner_id", "=", statement.partner_id.id),
                    ("period_id", "=", statement.period_id.id),
                    ("number", ">", statement.number),
                    ("state", "in", ("computed", "approved", "done")),
                ],
                limit=1,
            )
            if later:
                raise UserError(
                    self.env._(
                        "%(partner)s: %(settlement)s corrects this one. Reverse or cancel that one "
                        "first.",
                        partner=later.partner_id.name,
                        settlement=later.settlement_id.name,
                    )
                )
