from decimal import Decimal
from fractions import Fraction

from odoo import models

# The only group of a year-end statement: all of it is rounded once.
YEAR = "year"


class ChannelStatementLine(models.Model):
    """Lines of year-end statements: each unit of the year's sales earns the same.

    They fall under no agreement line; no sealed rate is needed for them.
    """

    _inherit = "channel.statement.line"

    def _is_annual(self):
        self.ensure_one()
        return self.statement_id.kind == "annual"

    def _is_readable(self, secrets):
        return self._is_annual() or super()._is_readable(secrets)

    def _get_measured(self):
        if not self._is_annual():
            return super()._get_measured()
        return Decimal(repr(self.total_base_amount))

    def _get_rates(self, secrets):
        """Return for lines of a year what its sales earn in percent: coefficient × average."""
        annual = self.filtered(lambda line: line._is_annual())
        rates = super(ChannelStatementLine, self - annual)._get_rates(secrets)
        of_year = annual.statement_id._get_year_rates()
        return rates | {line.id: 100 * of_year[line.statement_id.id] for line in annual}

    def _get_raw_amounts(self, rates):
        if self.statement_id.kind != "annual":
            return super()._get_raw_amounts(rates)
        return {
            YEAR: {
                line._get_share_key(): Fraction(line._get_measured()) * rates[line.id] / 100
                for line in self
            }
        }
