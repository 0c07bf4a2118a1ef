from decimal import Decimal
from fractions import Fraction

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..tools.penalty import Award, share_withheld
from ..tools.rounding import round_amount
from .channel_statement import LIVE_STATES


class ChannelPenalty(models.Model):
    """The dealer who was harmed by a breach gets a share of what is withheld for it.

    Of what is actually withheld from the rebate of the period: if penalties come to more than
    that, each counts in proportion. What is carried over and deducted later is the company's.
    """

    _inherit = "channel.penalty"

    @api.constrains("harmed_dealer_id", "partner_id")
    def _check_harmed_dealer(self):
        for penalty in self.filtered("harmed_dealer_id"):
            harmed = penalty.harmed_dealer_id
            if harmed.channel_role != "dealer" or not harmed.channel_is_entity:
                raise ValidationError(
                    self.env._(
                        "%(harmed)s is no dealer and can't be compensated: choose a dealer.",
                        harmed=harmed.display_name,
                    )
                )
            if harmed == penalty.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s can't be compensated for his own breach: choose another "
                        "dealer, or none.",
                        partner=harmed.display_name,
                    )
                )

    def _check_currency(self):  # pylint: disable=missing-return
        super()._check_currency()
        agreements = self._find_agreements()
        for penalty in self._filter_shared():
            agreement = agreements.get((penalty.harmed_dealer_id, penalty.period_id))
            if agreement and agreement.currency_id != penalty.currency_id:
                raise UserError(
                    self.env._(
                        "%(penalty)s is in %(currency)s, and the agreement of %(harmed)s in "
                        "%(agreed)s: he can't be compensated out of it. Leave the harmed dealer "
                        "empty.",
                        penalty=penalty.display_name,
                        currency=penalty.currency_id.name,
                        harmed=penalty.harmed_dealer_id.name,
                        agreed=", ".join(agreement.currency_id.mapped("name")),
                    )
                )

    def _filter_shared(self):
        return self.filtered(lambda penalty: penalty.harmed_dealer_id and penalty.harmed_percent)

    @api.model
    def _find_harming(self, dealers, periods):
        """Return decided penalties out of which dealers are compensated."""
        return self.search(
            [
                ("harmed_dealer_id", "in", dealers.ids),
                ("harmed_percent", ">", 0),
                ("period_id", "in", periods.ids),
                ("state", "in", ("confirmed", "lifted")),
            ]
        )

    def _get_awards(self, besides=None):
        """Return an :class:`~..tools.penalty.Award` for each penalty.

        :param besides: statements whose own part is left out of what is settled
        """
        granted = self._get_granted_amounts(besides)
        withheld = self._get_live_withheld(besides)
        return [
            Award(
                key=penalty.id,
                rate=Fraction(repr(penalty.harmed_percent)) / 100,
                withheld=withheld.get(penalty.id, Fraction(0)),
                settled=granted.get(penalty.id, Decimal(0)),
            )
            for penalty in self
        ]

    def _filter_award_due(self):
        """Return the penalties out of which live statements give more or less than they should."""
        due = self.browse()
        for penalty, award in zip(self, self._get_awards(), strict=True):
            unit = Decimal(str(penalty.currency_id.rounding))
            if round_amount(award.rate * Fraction(award.withheld), unit) != award.settled:
                due |= penalty
        return due

    def _get_live_withheld(self, besides=None):
        """Return what live statements withhold of each penalty, as fractions by id."""
        if not self:
            return {}
        decided = self._find_decided(self.partner_id, self.period_id)
        settled = decided._get_settled_amounts(besides)
        kept = self._get_live_kept(besides)
        withheld = {}
        for key, penalties in decided.grouped(
            lambda penalty: (penalty.partner_id, penalty.period_id)
        ).items():
            totals = {p.id: settled[p.id] for p in penalties if p.id in settled}
            withheld |= share_withheld(totals, kept.get(key, Decimal(0)))
        return withheld

    def _get_live_kept(self, besides=None):
        """Return what live statements leave to partners before penalties, by partner and period."""
        groups = self.env["channel.statement"]._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("state", "in", LIVE_STATES),
                ("id", "not in", besides.ids if besides else []),
            ],
            ["partner_id", "period_id"],
            ["gross_amount:sum", "passed_on_amount:sum"],
        )
        return {
            (partner, period): Decimal(repr(gross or 0.0)) - Decimal(repr(passed_on or 0.0))
            for partner, period, gross, passed_on in groups
        }

    def _get_granted_amounts(self, besides=None):
        """Return what live statements give to the harmed as decimals by id."""
        return self.env["channel.statement.compensation"]._get_live_amounts(self, besides)
