from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.penalty import Deduction
from ..tools.rounding import round_amount


class ChannelPenalty(models.Model):
    """What settlements ask of penalties: which are due, and what each is to deduct."""

    _inherit = "channel.penalty"

    settled_amount = fields.Monetary(
        string="Deducted",
        compute="_compute_settled_amount",
        help="What approved statements have deducted so far, or carried over to the next ones.",
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
                ("partner_id", "in", (self.partner_id | self.harmed_dealer_id).ids),
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
    def _find_decided(self, partners, periods):
        """Return the penalties of partners and periods that were decided, lifted ones as well."""
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("period_id", "in", periods.ids),
                ("state", "in", ("confirmed", "lifted")),
            ]
        )

    def _filter_due(self):
        """Return the penalties that live statements hold otherwise than they are now.

        Confirmed and not deducted, or deducted and lifted since. What a percentage comes to is not
        known here: it is due as long as no statement holds it, and changes with the sales.
        """
        settled = self._get_settled_amounts()
        return self.filtered(
            lambda penalty: (
                penalty.id not in settled
                if penalty._get_rate() is not None
                else penalty._get_amount() != settled.get(penalty.id, 0)
            )
        )

    @api.model
    def _find_due(self, partners, periods):
        """Return what the next statement of each partner and period has to hold."""
        return self._find_decided(partners, periods)._filter_due()

    def _get_deductions(self, besides=None):
        """Return a :class:`~..tools.penalty.Deduction` for each penalty.

        :param besides: statements whose own part is left out of what is settled
        """
        settled = self._get_settled_amounts(besides)
        return [
            Deduction(
                key=penalty.id,
                fixed=penalty._get_amount(),
                rate=penalty._get_rate(),
                product=penalty._get_product_key(),
                settled=settled.get(penalty.id, Decimal(0)),
            )
            for penalty in self
        ]

    def _get_rate(self):
        """Return the part of the rebate that is lost as a fraction, None if the amount is known."""
        self.ensure_one()
        if self.state != "confirmed" or self.method == "fixed":
            return None
        return Fraction(1) if self.method == "period" else Fraction(repr(self.percent)) / 100

    def _get_product_key(self):
        self.ensure_one()
        return self.product_id.id if self.method == "product" else None

    def _get_amount(self):
        """Return a fixed amount as a decimal, in whole coins: nothing if lifted.

        Odoo rounds an amount when it is written, not when its currency changes afterwards, and
        shows it rounded.
        """
        self.ensure_one()
        if self.state != "confirmed" or self.method != "fixed":
            return Decimal(0)
        unit = Decimal(str(self.currency_id.rounding))
        return round_amount(Decimal(repr(self.amount)), unit)

    def _get_settled_amounts(self, besides=None):
        """Return what live statements hold as decimals by id; those that none holds are not in."""
        return self.env["channel.statement.penalty"]._get_live_amounts(self, besides)
