from datetime import timedelta

from odoo import api, models
from odoo.fields import Command


class AccountMove(models.Model):
    """Documents of settlements of any kind: their day in the books, and their payment."""

    _inherit = "account.move"

    # === Day in the books === #

    def _get_accounting_date(self, invoice_date, has_tax, lock_dates=None):
        """Take the document's own day or, if that is locked, the first open one."""
        if not self.channel_statement_id:
            return super()._get_accounting_date(invoice_date, has_tax, lock_dates=lock_dates)
        lock_dates = lock_dates or self._get_violated_lock_dates(invoice_date, has_tax)
        return lock_dates[-1][0] + timedelta(days=1) if lock_dates else invoice_date

    def _move_to_open_day(self):
        """Show on drafts already where they will be booked; posting asks again."""
        for move in self:
            day = move._get_accounting_date(move.date, move._affect_tax_report())
            if day != move.date:
                move.date = day

    # === Unit prices === #

    def _solve_channel_prices(self):
        """Solve the prices of documents whose taxes Odoo took from the rebate product."""
        for move in self.filtered(lambda move: move.is_invoice()):
            net = abs(move.channel_statement_id.net_amount)
            if not move.currency_id.compare_amounts(move.amount_untaxed, net):
                continue
            lines = move.invoice_line_ids
            prices = self.env["account.tax"]._find_channel_prices(
                [(line.price_unit, line.tax_ids) for line in lines],
                move.company_id,
                move.currency_id,
                move.company_id.channel_rebate_product_id,
            )
            if prices:
                changes = zip(lines, prices, strict=True)
                move.invoice_line_ids = [
                    Command.update(line.id, {"price_unit": price}) for line, price in changes
                ]

    # === Posting === #

    def _read_for_posting(self):
        """Read together what Odoo reads document by document."""
        for name in ("tax_ids", "tax_tag_ids", "partner_id.commercial_partner_id.name"):
            self.line_ids.mapped(name)
        # Of partners for whom this is the first document.
        for name in ("user_ids", "child_ids"):
            self.partner_id.mapped(name)

    # === Payment of plain entries === #

    @api.depends("channel_statement_id", "line_ids.amount_residual_currency")
    def _compute_payment_state(self):  # pylint: disable=missing-return
        """Tell of a payment entry what Odoo tells of invoices only."""
        super()._compute_payment_state()
        for move in self:
            if move.move_type == "entry" and move.channel_statement_id and move.state == "posted":
                move.payment_state = move._get_channel_payment_state()

    def _get_channel_payment_state(self):
        self.ensure_one()
        lines = self._get_channel_open_lines()
        left = sum(lines.mapped("amount_residual_currency"))
        if self.currency_id.is_zero(left):
            taken_back = self.reversed_entry_id or any(
                move.state == "posted" for move in self.reversal_move_ids
            )
            return "reversed" if taken_back else "paid"
        # Without an outstanding account a payment has no entry until the bank statement comes.
        if self.matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        ):
            return self._get_invoice_in_payment_state()
        whole = sum(lines.mapped("amount_currency"))
        return "partial" if self.currency_id.compare_amounts(left, whole) else "not_paid"

    def action_force_register_payment(self):
        """Let Odoo's payment screen pay payment entries too, alone or among bills."""
        entries = self.filtered(lambda move: move.move_type == "entry")
        if entries and entries == entries.filtered("channel_statement_id"):
            return self.line_ids.action_register_payment()
        return super().action_force_register_payment()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.constrains("account_id", "partner_id")
    def _check_channel_document(self):
        """What waits for payment stays the partner's, on a payable or receivable account."""
        self.move_id._check_channel_amounts()
