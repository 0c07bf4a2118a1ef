import math
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import HOLDERS

# What a correction compares, each before clamp and carry.
COMPARED = ("gross", "passed_on", "penalty", "compensation")


class ChannelStatement(models.Model):
    """Corrections: what a statement adds to the live ones of the same partner and span.

    A span is a period or, at year's end, a year and currency. Amounts of a correction are
    differences; what the span comes to is the sum of all.
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
            corrections._get_span_domain() & Domain("state", "in", ("approved", "done"))
        ).grouped(lambda statement: statement._get_span_key())
        return {
            statement: live.get(statement._get_span_key(), self.browse()).filtered(
                lambda earlier, number=statement.number: earlier.number < number
            )
            for statement in corrections
        }

    def _get_span_key(self):
        """Return partner and span: statements that have both the same are added up."""
        self.ensure_one()
        if self.period_id:
            return self.partner_id, self.period_id
        return self.partner_id, self.company_id, self.year, self.currency_id

    def _get_span_domain(self):
        """Return the statements of the same partners and spans, and perhaps a few others."""
        spans = Domain("period_id", "in", self.period_id.ids)
        if annual := self.filtered(lambda statement: not statement.period_id):
            spans |= Domain(
                [
                    ("kind", "=", "annual"),
                    ("company_id", "in", annual.company_id.ids),
                    ("year", "in", annual.mapped("year")),
                ]
            )
        return spans & Domain("partner_id", "in", self.partner_id.ids)

    def _get_settled_amounts(self, lines):
        """Return what is settled by line: ``{statement id: {line key: decimal}}``.

        :param lines: :class:`~..tools.lines.Line` list
        """
        rows = self._sum_corrected(
            SQL("COALESCE(line.agreement_line_id, 0), line.product_id, line.tax_key"),
            SQL("line.amount"),
            SQL("JOIN channel_statement_line AS line ON line.statement_id = earlier.id"),
        )
        amounts = {tuple(key): amount for *key, amount in rows}
        settled = {}
        for line in lines if amounts else ():
            # Of the same product and tax set in corrections as well.
            key = line.statement, line.covering or 0, line.product, line.tax_key
            settled.setdefault(line.statement, {})[line.key] = amounts.get(key, Decimal(0))
        return settled

    def _get_refundable_amounts(self):
        """Return what may be asked back as decimals by statement id.

        No more than the period has paid, and nothing unless the company asks back by debit note.
        """
        asking = self.filtered("number").filtered(
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
                   AND (earlier.period_id = own.period_id
                        OR (own.kind = 'annual' AND earlier.kind = 'annual'
                            AND earlier.company_id = own.company_id
                            AND earlier.year = own.year
                            AND earlier.currency_id = own.currency_id))
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
        numbers = {statement._get_span_key(): statement.number for statement in self}
        others = [
            ("settlement_id", "not in", self.settlement_id.ids),
            ("number", ">", 0),
            ("state", "in", ("computed", "approved", "done")),
        ]
        later = self.search(self._get_span_domain() & Domain(others)).filtered(
            lambda found: found.number > numbers.get(found._get_span_key(), math.inf)
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
