from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import get_lang

from ..tools.annual import get_average, get_quotient, get_rate, round_for_people
from ..tools.rounding import round_amount

# Decimals that are shown: of percentages, so that the dealer gets the same cent, and of amounts.
PERCENT_DIGITS = 12
AMOUNT_DIGITS = 8


class ChannelStatement(models.Model):
    """How a year-end rebate comes about, so that the dealer can recompute it to the cent."""

    _inherit = "channel.statement"

    annual_reckoning = fields.Html(
        string="Reckoning", compute="_compute_annual_reckoning", sanitize=False
    )

    @api.depends("state", "kind")
    @api.depends_context("lang")
    def _compute_annual_reckoning(self):
        """Show it to whoever may read the statement: what it is made of is revealed already."""
        for statement in self:
            statement.annual_reckoning = statement.kind == "annual" and self.env["ir.qweb"]._render(
                "channel_rebate.statement_reckoning", {"reckoning": statement._prepare_reckoning()}
            )

    def _prepare_reckoning(self):
        """Return the numbers of a year-end rebate as texts in the language of the environment.

        :return: dictionary of ``periods`` (rows of name, base, gross and quotient) and the sums
        """
        self.ensure_one()
        periods = self._get_year_periods().get(self._origin.id, {})
        sold = list(periods.values())
        base = sum((sales for sales, _rebate in sold), Decimal(0))
        gross = sum((rebate for _sales, rebate in sold), Decimal(0))
        average = get_average(sold, self.annual_average)
        rate = get_rate(sold, self.annual_average, self._get_coefficient())
        raw = rate * Fraction(base)
        total = round_amount(raw, self._get_unit())
        settled = round_amount(Decimal(repr(self.settled_gross_amount)), self._get_unit())
        return {
            "periods": self._prepare_reckoned_periods(periods),
            "base": self._as_money(base),
            "gross": self._as_money(gross),
            "average": self._as_percent(average),
            "method": self.annual_average,
            "average_name": dict(self._get_annual_averages()).get(self.annual_average),
            "period_count": sum(1 for sales, _rebate in sold if sales),
            "coefficient": self._as_exact(round_for_people(self._get_coefficient(), 4)),
            "raw": self._as_exact(round_for_people(raw, AMOUNT_DIGITS)),
            "total": self._as_money(total),
            "number": self.number,
            "settled": self._as_money(settled),
            "difference": self._as_money(total - settled),
        }

    def _prepare_reckoned_periods(self, periods):
        # Elevated: a dealer in the portal does not read periods, but may know his own.
        periods_sudo = self.env["channel.period"].sudo().browse(periods)
        return [
            {
                "name": period_sudo.name,
                "dates": " – ".join(
                    format_date(self.env, day)
                    for day in (period_sudo.date_from, period_sudo.date_to)
                ),
                "base": self._as_money(base),
                "gross": self._as_money(gross),
                "quotient": self._as_percent(get_quotient(base, gross)),
            }
            for period_sudo, (base, gross) in zip(periods_sudo, periods.values(), strict=True)
        ]

    def _as_money(self, amount):
        """Return an amount with the decimals of the statement's currency, without its symbol."""
        digits = self.currency_id.decimal_places
        return self._as_localized(f"{amount:,.{digits}f}")

    def _as_percent(self, quotient):
        if quotient is None:
            return "–"
        return f"{self._as_exact(round_for_people(quotient * 100, PERCENT_DIGITS))} %"

    def _as_exact(self, number):
        """Return a decimal with all its digits, which a float would not have."""
        return self._as_localized(f"{number:,f}")

    def _as_localized(self, text):
        lang = get_lang(self.env)
        marks = {",": lang.thousands_sep or "", ".": lang.decimal_point}
        return "".join(marks.get(character, character) for character in text)
