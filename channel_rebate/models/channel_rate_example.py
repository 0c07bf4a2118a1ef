from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..const import HOLDERS, RATE_UNIT
from ..tools.rounding import round_amount, share
from ..tools.tiers import NO_TIERS, effective_rate, parts

# What is reckoned with unless the example is opened from a statement.
EXAMPLE_BASE = 3800


class ChannelRate(models.Model):
    """The worked example: what the entered rates come to, bracket by bracket, for holders."""

    _inherit = "channel.rate"

    example_base = fields.Float(
        string="Example Sales",
        compute="_compute_example_base",
        readonly=False,
        groups=HOLDERS,
        copy=False,
        help="An amount without tax, or a quantity, to try the rates on. It is not saved.",
    )
    example = fields.Html(
        string="Worked Example", compute="_compute_example", groups=HOLDERS, copy=False
    )

    @api.depends_context("uid", "channel_example_base")
    def _compute_example_base(self):
        base = self.env.context.get("channel_example_base")
        self.example_base = base if isinstance(base, int | float) else EXAMPLE_BASE

    @api.depends("brackets", "rate", "is_locked", "example_base")
    @api.depends_context("uid", "lang", "channel_example_base")
    def _compute_example(self):
        may_see = self._is_holder()
        for record in self:
            record.example = record._get_example() if may_see else False

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "example_base"}
        return super().write(vals) if vals else True

    def _get_example(self):
        """Return the example on what is entered on the screen, or why there is none yet."""
        self.ensure_one()
        if self.is_locked:
            return Markup("<p>%s</p>") % self.env._("The rate is locked with the passphrase.")
        if self.tier_mode == NO_TIERS:
            brackets, problem = ((Decimal(0), Decimal(repr(self.rate))),), None
        else:
            brackets, problem = self._read_brackets()
        if problem:
            return Markup("<p>%s</p>") % self._explain_problem(problem)
        return self._format_example(brackets, Decimal(repr(self.example_base)))

    def _format_example(self, brackets, base):
        """Return the example as a table; its parts add up to what is rounded once.

        :param brackets: ``((from, rate), …)`` as decimals
        :param base: amount in the agreement's currency, or quantity
        """
        percent = 100 if self.measure == "amount" else 1
        found = dict(enumerate(parts(self.tier_mode, brackets, base)))
        unit = Decimal(str(self.agreement_id.currency_id.rounding or 0.01))
        rebates = share(
            {
                number: Fraction(part.measured) * Fraction(part.rate) / percent
                for number, part in found.items()
            },
            unit,
        )
        rows = [
            self._format_row(self._name_bracket(part), part.measured, part.rate, rebates[number])
            for number, part in found.items()
        ]
        rate = round_amount(effective_rate(self.tier_mode, brackets, base), RATE_UNIT)
        total = self._format_row(self.env._("Total"), base, rate, sum(rebates.values()))
        return Markup(
            '<table class="table table-sm w-auto"><thead>%s</thead><tbody>%s</tbody>'
            '<tfoot class="fw-bold">%s</tfoot></table>'
        ) % (self._format_headings(), Markup().join(rows), total)

    def _name_bracket(self, part):
        start = self._format_number(part.start)
        if part.end is None:
            return self.env._("from %(start)s", start=start) if part.start else self.env._("all")
        return f"{start} – {self._format_number(part.end)}"

    def _format_headings(self):
        measured = (
            self.env._("Sales Amount") if self.measure == "amount" else self.env._("Quantity")
        )
        return self._format_cells(
            "th", [self.env._("Bracket"), measured, self.env._("Rate"), self.env._("Rebate")]
        )

    def _format_row(self, name, measured, rate, amount):
        """Return one row: ``measured`` at ``rate`` gives ``amount`` (decimals)."""
        rate = self._format_number(rate)
        if self.measure == "amount":
            texts = [self._format_money(measured), f"{rate} %"]
        else:
            texts = [self._format_number(measured), self.env._("%(rate)s per unit", rate=rate)]
        return self._format_cells("td", [name, *texts, self._format_money(amount)])

    def _format_cells(self, tag, texts):
        cells = Markup().join(
            Markup('<{tag} class="{align}">{text}</{tag}>').format(
                tag=tag, align="text-end" if number else "", text=text
            )
            for number, text in enumerate(texts)
        )
        return Markup("<tr>%s</tr>") % cells

    def _format_money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.agreement_id.currency_id)

    def _format_number(self, number):
        """Return a decimal in the user's format, without trailing zeros."""
        decimals = max(0, -number.normalize().as_tuple().exponent)
        return formatLang(self.env, float(number), digits=decimals)
