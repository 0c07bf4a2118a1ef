from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .channel_statement import REVEALED_STATES


class ChannelStatement(models.Model):
    """Penalties of a statement: those that no live statement holds as they are now."""

    _inherit = "channel.statement"

    penalty_line_ids = fields.One2many(
        comodel_name="channel.statement.penalty",
        inverse_name="statement_id",
        string="Penalties",
        readonly=True,
    )

    def _is_revealed(self):
        self.ensure_one()
        return self.state in REVEALED_STATES

    def _find_penalties(self):
        """Return what each statement has to hold: ``{statement: penalties}``.

        What is due, and of a correction percentages as well, which may have changed.
        """
        decided = self.env["channel.penalty"]._find_decided(self.partner_id, self.period_id)
        if not decided:
            return {}
        changing = decided.filtered(lambda penalty: penalty._get_rate() is not None)
        by_key = (decided._filter_due() | changing).grouped(
            lambda penalty: (penalty.partner_id, penalty.period_id)
        )
        return {
            statement: by_key[statement.partner_id, statement.period_id]
            for statement in self
            if (statement.partner_id, statement.period_id) in by_key
        }

    def _write_penalties(self):
        """Write down which penalties there are, not how much.

        :raise UserError: a penalty is in another currency than the statement
        """
        found = self._find_penalties()
        for statement, penalties in found.items():
            statement._check_penalty_currencies(penalties)
        self._create_penalty_lines("channel.statement.penalty", found)

    def _find_other_penalties(self):
        """Return the penalties that statements hold and should not, or the other way round."""
        found = self._find_penalties()
        return self.env["channel.penalty"].union(
            *(
                statement._differ(statement.penalty_line_ids, found.get(statement))
                # Few of a run have any.
                for statement in self.penalty_line_ids.statement_id.union(*found)
            )
        )

    @api.model
    def _differ(self, lines, penalties):
        held, wanted = lines.penalty_id, penalties or self.env["channel.penalty"]
        return (held - wanted) | (wanted - held)

    def _create_penalty_lines(self, model, found):
        # Elevated: nobody makes them by hand.
        self.env[model].sudo().create(
            [
                {"statement_id": statement.id, "penalty_id": penalty.id}
                for statement, penalties in found.items()
                for penalty in penalties.sorted(lambda penalty: (penalty.date, penalty.id))
            ]
        )

    def _check_penalty_currencies(self, penalties):
        self.ensure_one()
        if wrong := penalties.filtered(lambda one: one.currency_id != self.currency_id):
            raise UserError(
                self.env._(
                    "%(penalties)s: in %(currency)s, and the agreement in %(agreed)s. Lift it, and "
                    "enter it in %(agreed)s.",
                    penalties=", ".join(wrong.mapped("display_name")),
                    currency=", ".join(wrong.currency_id.mapped("name")),
                    agreed=self.currency_id.name,
                )
            )

    # === Sums === #

    def _get_deductions(self):
        """Return all decided penalties of each statement's partner and period, by statement id.

        Empty if there is none at all.
        """
        decided = self.env["channel.penalty"]._find_decided(self.partner_id, self.period_id)
        if not decided:
            return {}
        deductions = dict(zip(decided, decided._get_deductions(besides=self), strict=True))
        by_key = decided.grouped(lambda penalty: (penalty.partner_id, penalty.period_id))
        return {
            statement.id: [
                deductions[penalty]
                for penalty in by_key.get((statement.partner_id, statement.period_id), ())
            ]
            for statement in self
        }

    def _get_passed_on_before(self):
        """Return what earlier settlements of the period passed on: ``{id: {product id: decimal}}``.

        For corrections, whose penalties in percent are of the period's whole rebate.
        """
        corrections = self.filtered(lambda statement: statement.number and not statement._is_sub())
        if not corrections:
            return {}
        self.env["channel.ledger"]._flush_statements()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT own.id, line.product_id, SUM(line.amount)::text
                  FROM channel_statement AS own
                  JOIN channel_statement AS earlier
                    ON earlier.partner_id = own.partner_id
                   AND earlier.period_id = own.period_id
                   AND COALESCE(earlier.number, 0) < own.number
                   AND earlier.state IN ('approved', 'done')
                  JOIN channel_statement AS sub ON sub.dealer_statement_id = earlier.id
                  JOIN channel_statement_line AS line ON line.statement_id = sub.id
                 WHERE own.id = ANY(%s)
              GROUP BY own.id, line.product_id
                """,
                corrections.ids,
            )
        )
        before = {}
        for statement_id, product_id, amount in rows:
            before.setdefault(statement_id, {})[product_id] = Decimal(amount or 0)
        return before

    def _write_parts(self, accounts):
        if any(account.deductions for account in accounts.values()):
            lines = self.penalty_line_ids
            lines._write_amounts(accounts)
            lines._drop_unchanged()
        return super()._write_parts(accounts)
