from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang


class ChannelIncident(models.Model):
    """What a penalty for an incident would be: the type's, with a higher step for repeaters."""

    _inherit = "channel.incident"

    def _find_earlier(self):
        """Return by incident those that make the partner a repeater.

        Of the same type, company and partner, confirmed or penalised, and in the months before
        the breach. What is appealed is not decided, so it does not count.
        """
        decided = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("type_id", "in", self.type_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ("confirmed", "penalised")),
            ]
        )
        by_kind = decided.grouped(lambda one: (one.partner_id, one.type_id, one.company_id))
        return {
            incident: by_kind.get(
                (incident.partner_id, incident.type_id, incident.company_id), decided.browse()
            ).filtered(incident._is_repeat_of)
            for incident in self
        }

    def _is_repeat_of(self, earlier):
        """Tell whether an incident of the same kind is near enough before this one."""
        months = self.type_id.repeat_months
        start = months and self.date - relativedelta(months=months)
        return earlier.date < self.date and (not start or earlier.date >= start)

    def _prepare_penalties(self):
        """Return by incident the values of the penalty that its type proposes.

        :raise UserError: naming what no settlement could deduct, and why
        """
        earlier = self._find_earlier()
        agreements = self._find_agreements()
        return {
            incident: incident._prepare_penalty(agreements[incident], bool(earlier[incident]))
            for incident in self
        }

    def _prepare_penalty(self, agreement, is_repeat):
        self.ensure_one()
        method, percent, amount = self.type_id._get_step(is_repeat=is_repeat)
        currency = agreement.currency_id
        return {
            "partner_id": self.partner_id.id,
            "period_id": agreement.period_id.id,
            "date": self.date,
            "reason": self._get_reason(),
            "method": method,
            "percent": percent,
            "currency_id": currency.id,
            "amount": self.type_id.currency_id._convert(
                amount, currency, self.company_id, self.date
            ),
            "product_id": method == "product" and self.product_id.id,
            "harmed_dealer_id": self.harmed_dealer_id.id,
            "harmed_percent": self.harmed_dealer_id and self.type_id.harmed_percent,
        }

    def _find_agreements(self):
        """Return by incident an agreement of the period in which the breach was.

        :raise UserError: naming incidents without period, or without agreement in it
        """
        periods = self._find_periods()
        agreements = self.env["channel.agreement"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("period_id", "in", [period.id for period in periods.values()]),
                ("state", "!=", "cancelled"),
            ]
        )
        by_key = agreements.grouped(lambda one: (one.partner_id, one.period_id))
        found = {one: by_key.get((one.partner_id, periods[one])) for one in self}
        if missing := [incident for incident, agreement in found.items() if not agreement]:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(incident)s: %(partner)s has no agreement in %(period)s, so there is "
                        "no rebate to deduct from.",
                        incident=incident.display_name,
                        partner=incident.partner_id.name,
                        period=periods[incident].name,
                    )
                    for incident in missing
                )
            )
        return {incident: agreement[:1] for incident, agreement in found.items()}

    def _find_periods(self):
        """Return by incident the period of its date.

        :raise UserError: naming incidents on days outside of all periods
        """
        periods = self.env["channel.period"].search([("company_id", "in", self.company_id.ids)])
        found = {
            incident: periods.filtered(
                lambda period, one=incident: (
                    period.company_id == one.company_id
                    and period.date_from <= one.date <= period.date_to
                )
            )
            for incident in self
        }
        if missing := [incident for incident, period in found.items() if not period]:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(incident)s: no period holds %(day)s. Create that period first.",
                        incident=incident.display_name,
                        day=format_date(self.env, incident.date),
                    )
                    for incident in missing
                )
            )
        return found

    # === In words === #

    def _in_partner_language(self):
        self.ensure_one()
        return self.with_context(lang=self.partner_id.lang or self.env.lang)

    def _get_reason(self):
        """Return what a penalty is for, as the partner reads it on his statement."""
        incident = self._in_partner_language()
        words = [
            incident.env._(
                "%(type)s on %(day)s",
                type=incident.type_id.name,
                day=format_date(incident.env, incident.date),
            ),
            incident._get_goods_text(),
            incident.place,
        ]
        return f"{', '.join(filter(None, words))} ({incident.name})"

    def _get_goods_text(self):
        """Return product and quantity, as far as they are known: ``Soap, 30 Units``."""
        self.ensure_one()
        digits = 0 if self.quantity.is_integer() else 2
        quantity = formatLang(self.env, self.quantity, digits=digits)
        if not self.product_id:
            return self.quantity and self.env._("quantity %(quantity)s", quantity=quantity)
        amount = self.quantity and f"{quantity} {self.product_id.uom_id.name}"
        return ", ".join(filter(None, (self.product_id.display_name, amount)))

    def _get_penalty_text(self):
        """Return what is deducted in words, never an amount that follows from a rate.

        In the language of the environment. Elevated callers show it to the partner himself.
        """
        self.ensure_one()
        confirmed = self.penalty_ids.filtered(lambda penalty: penalty.state == "confirmed")
        return ", ".join(penalty._get_part_text() for penalty in confirmed)
