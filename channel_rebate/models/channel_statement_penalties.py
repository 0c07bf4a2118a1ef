from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

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
        """Return what each statement has to hold: ``{statement: penalties}``."""
        due = self.env["channel.penalty"]._find_due(self.partner_id, self.period_id)
        by_key = due.grouped(lambda penalty: (penalty.partner_id, penalty.period_id))
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
        # Elevated: nobody makes them by hand.
        self.env["channel.statement.penalty"].sudo().create(
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

    def _get_penalty_amounts(self):
        """Return what is deducted as decimals by statement id, in each statement's currency.

        Of a correction: what is deducted more than live statements hold, less than zero if a
        penalty was lifted since.
        """
        amounts = self.penalty_line_ids._get_amounts()
        return {
            statement.id: sum(
                (amounts[line] for line in statement.penalty_line_ids), start=Decimal(0)
            )
            for statement in self
        }

    def _write_amounts(self, accounts):
        # First: what follows empties the cache.
        self.penalty_line_ids._write_amounts()
        return super()._write_amounts(accounts)

    @api.model
    def _imagine(self, agreements, rows):
        statements = super()._imagine(agreements, rows)
        for statement, penalties in statements._find_penalties().items():
            statement.penalty_line_ids = [
                Command.create({"penalty_id": penalty.id}) for penalty in penalties
            ]
        return statements
