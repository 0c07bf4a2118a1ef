from odoo import api, models
from odoo.tools import SQL


class AccountPartialReconcile(models.Model):
    """Payments of dealers whose agreements count what is paid have it compared again."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self._mark_channel_paid(partials._get_channel_paid())
        return partials

    def unlink(self):
        paid = self._get_channel_paid()
        result = super().unlink()
        self._mark_channel_paid(paid)
        return result

    def _get_channel_paid(self):
        """Return ``{(company id, partner id, day)}`` of the sell-in that these pay."""
        moves = (self.debit_move_id | self.credit_move_id).move_id._get_channel_sales()
        return {
            (move.company_id.id, move.commercial_partner_id.id, move.invoice_date) for move in moves
        }

    @api.model
    def _mark_channel_paid(self, paid):
        if not paid:
            return
        self.env["channel.agreement"].flush_model(["basis", "state"])
        is_paid_basis = SQL(
            """EXISTS (SELECT FROM channel_agreement AS agreement
                        WHERE agreement.partner_id = statement.partner_id
                          AND agreement.period_id = statement.period_id
                          AND agreement.basis = 'paid'
                          AND agreement.state IN ('signed', 'revealed'))"""
        )
        self.env["channel.period.check"]._mark_sales(paid, is_paid_basis)
