from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import date_utils


class ChannelAccrualRun(models.TransientModel):
    """Ask for the month up to which rebates are accrued."""

    _name = "channel.accrual.run"
    _description = "Accrue Rebates"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self._default_date(),
        help="Sales up to the last day of this month are in the accrual.",
    )

    def _default_date(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    def action_accrue(self):
        """Accrue, and say for each period what came of it; no amount of any partner is told."""
        self.ensure_one()
        company = self.company_id
        month_end = date_utils.end_of(self.date, "month")
        Accrual = self.env["channel.accrual"].with_company(company)
        steps, reasons = Accrual._accrue(company, month_end)
        texts = [self.env._("%(accrual)s: posted", accrual=step.name) for step in steps]
        texts += [f"{period.name}: {reason}" for period, reason in reasons.items()]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Accruals"),
                "message": "\n".join(texts) or self.env._("There is no open period."),
                "type": "success" if steps else "warning",
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
