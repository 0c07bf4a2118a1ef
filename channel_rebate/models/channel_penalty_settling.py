from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.rebate import round_amount


class ChannelPenalty(models.Model):
    """What settlements ask of penalties: which are due, and how much of each."""

    _inherit = "channel.penalty"

    settled_amount = fields.Monetary(
        string="Deducted",
        compute="_compute_settled_amount",
        help="What approved statements have deducted so far.",
    )
    line_ids = fields.One2many(
        comodel_name="channel.statement.penalty",
        inverse_name="penalty_id",
        string="Statements",
        readonly=True,
    )

    def _compute_settled_amount(self):
        settled = self._get_settled_amounts()
        for penalty in self:
            penalty.settled_amount = float(settled.get(penalty.id, 0))

    def _find_agreements(self):
        """Return live agreements, all versions, by partner and period."""
        agreements = self.env["channel.agreement"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("state", "!=", "cancelled"),
            ]
        )
        return agreements.grouped(lambda agreement: (agreement.partner_id, agreement.period_id))

    def _check_currency(self):
        """Refuse what could never be deducted, naming it."""
        agreements = self._find_agreements()
        for penalty in self:
            agreement = agreements.get((penalty.partner_id, penalty.period_id))
            if agreement and agreement.currency_id != penalty.currency_id:
                raise UserError(
                    self.env._(
                        "%(penalty)s is in %(currency)s, and the agreement in %(agreed)s. Lift or "
                        "change it, and enter the amount in %(agreed)s.",
                        penalty=penalty.display_name,
                        currency=penalty.currency_id.name,
                        agreed=", ".join(agreement.currency_id.mapped("name")),
                    )
                )

    @api.model
    def _find_due(self, partners, periods):
        """Return the penalties that live statements hold otherwise than they are now.

        Confirmed and not deducted, or deducted and lifted since: what the next statement of each
        partner and period has to hold, whichever kind it is.
        """
        decided = self.search(
            [
                ("partner_id", "in", partners.ids),
                ("period_id", "in", periods.ids),
                ("state", "in", ("confirmed", "lifted")),
            ]
        )
        due = decided._get_due_amounts()
        return decided.filtered(lambda penalty: due[penalty.id])

    def _get_due_amounts(self, besides=None):
        """Return what is left to deduct as decimals by id, in each penalty's currency.

        :param besides: statements whose own part is left out of what is settled
        """
        settled = self._get_settled_amounts(besides)
        return {
            penalty.id: penalty._get_amount() - settled.get(penalty.id, Decimal(0))
            for penalty in self
        }

    def _get_amount(self):
        """Return what it comes to now as a decimal, in whole coins: nothing if lifted.

        Odoo rounds an amount when it is written, not when its currency changes afterwards, and
        shows it rounded.
        """
        self.ensure_one()
        if self.state != "confirmed":
            return Decimal(0)
        unit = Decimal(str(self.currency_id.rounding))
        return round_amount(Decimal(repr(self.amount)), unit)

    def _get_settled_amounts(self, besides=None):
        """Return what live statements hold as decimals by id."""
        groups = self.env["channel.statement.penalty"]._read_group(
            [
                ("penalty_id", "in", self.ids),
                ("statement_id.state", "in", ("approved", "done")),
                ("statement_id", "not in", besides.ids if besides else []),
            ],
            ["penalty_id"],
            ["amount:sum"],
        )
        return {penalty.id: Decimal(repr(amount or 0.0)) for penalty, amount in groups}
