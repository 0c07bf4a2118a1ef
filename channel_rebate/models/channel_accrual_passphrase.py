from odoo import api, models
from odoo.tools import format_date


class ChannelAccrual(models.Model):
    """Accruals of locked rates: nobody types a passphrase for the scheduled action."""

    _inherit = "channel.accrual"

    @api.model
    def _remind_officers(self, company, month_end):
        """Give the officers of a company an activity: the month waits for one of them."""
        month = format_date(self.env, month_end, date_format="LLLL y")
        text = self.env._(
            "The rates of %(company)s are locked with a passphrase: run the accrual of %(month)s "
            "under Channel > Settlement > Accrue Rebates, which asks for it.",
            company=company.sudo().name,
            month=month,
        )
        self._tell_officers(company, text)
