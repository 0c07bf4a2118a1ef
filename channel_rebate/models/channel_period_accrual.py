from odoo import api, fields, models

from ..const import ACCRUAL_READERS
from ..tools.accrual import is_mixed


class ChannelPeriod(models.Model):
    """What is accrued for a period, and for whom it is still to come."""

    _inherit = "channel.period"

    currency_id = fields.Many2one(related="company_id.currency_id")
    accrued_amount = fields.Monetary(
        string="Accrued",
        compute="_compute_accrued_amount",
        groups=ACCRUAL_READERS,
        help="What stands in the ledger as accrued liability for this period, in company "
        "currency. Zero once everything accrued has been settled.",
    )

    @api.depends_context("uid")
    def _compute_accrued_amount(self):
        amounts = self._get_accrued_amounts(self.env["channel.accrual"])
        for period in self:
            period.accrued_amount = amounts.get(period.id, 0.0)

    def _get_accrued_amounts(self, accruals):
        groups = accruals._read_group(
            [("period_id", "in", self.ids)], ["period_id"], ["amount:sum"]
        )
        return {period.id: amount for period, amount in groups}

    def _get_accrued(self):
        """Return what is accrued for this period now, in company currency."""
        self.ensure_one()
        # Elevated: whoever posts a document releases by it.
        accrued = self._get_accrued_amounts(self.env["channel.accrual"].sudo())
        return self.company_id.currency_id.round(accrued.get(self.id, 0.0))

    def action_open_accruals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_accrual_action"
        )
        return {**action, "domain": [("period_id", "=", self.id)], "context": {}}

    # === For whom === #

    def _get_unsettled_agreements(self):
        """Return the agreements of these periods that the company still has to settle.

        Signed, or revealed by a run that was reversed; without a statement that is approved; a
        sub-distributor's only together with his dealer's.
        """
        settled = self.env["channel.statement"].search(
            [("period_id", "in", self.ids), ("state", "in", ("approved", "done"))]
        )
        pairs = {(statement.partner_id, statement.period_id) for statement in settled}
        agreements = self.env["channel.agreement"].search(
            [("period_id", "in", self.ids), ("state", "in", ("signed", "revealed"))]
        )
        due = agreements.filtered(
            lambda agreement: (agreement.partner_id, agreement.period_id) not in pairs
        )
        due = due.filtered(
            lambda agreement: (
                not agreement.dealer_agreement_id or agreement.dealer_agreement_id in due
            )
        )
        return due._without_replaced()

    def _get_unposted_amounts(self, day):
        """Return Σ net of approved statements whose document is not posted yet, by period.

        In company currency, at the rate of ``day``. These are revealed. Corrections are not among
        them: nothing is released by their documents either.
        """
        statements = self.env["channel.statement"].search(
            [
                ("period_id", "in", self.ids),
                ("state", "=", "approved"),
                ("kind", "=", "periodic"),
                ("net_amount", "not in", (0, False)),
                ("accrual_released", "=", False),
            ]
        )
        amounts = {}
        for statement in statements:
            amount = statement._get_net_in_company_currency(day)
            amounts[statement.period_id] = amounts.get(statement.period_id, 0.0) + amount
        return amounts

    def _get_pool_dealers(self):
        """Return the dealers of the last entry of this period."""
        self.ensure_one()
        # Elevated: nobody reads the basis of an entry; only names of dealers leave here.
        last_sudo = self.env["channel.accrual"].sudo()._find_steps(self, ("kind", "=", "accrue"))
        return self.env["res.partner"].browse(int(key) for key in last_sudo[:1].basis or {})

    def _is_mixed_in_pool(self, dealers):
        """Tell whether the part of these dealers in the last entry hides each one of them."""
        self.ensure_one()
        # Elevated, as above; yes or no is all that leaves here.
        last_sudo = self.env["channel.accrual"].sudo()._find_steps(self, ("kind", "=", "accrue"))
        basis = last_sudo[:1].basis or {}
        return is_mixed(sum(map(abs, basis[str(key)]["bases"].values())) for key in dealers.ids)

    def _is_accrual_settled(self):
        """Tell whether everything that was accrued has been settled and posted."""
        self.ensure_one()
        statements = self.env["channel.statement"].search(
            [("period_id", "=", self.id), ("state", "in", ("approved", "done"))]
        )
        open_runs = statements.filtered(lambda statement: statement.state == "approved")
        return not open_runs and not self._get_pool_dealers() - statements.partner_id
