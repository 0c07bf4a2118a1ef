from odoo import api, fields, models
from odoo.fields import Domain

# What Odoo's payment states of a document mean for its statement.
STATUS = {
    "not_paid": "open",
    "blocked": "open",
    "partial": "partial",
    "in_payment": "paid",
    "paid": "paid",
}


class ChannelStatement(models.Model):
    """What became of a statement's document: its dates, its tax, its payment, its reversal."""

    _inherit = "channel.statement"

    document_tax_amount = fields.Monetary(
        string="Tax",
        compute="_compute_document_tax_amount",
        store=True,
        help="Tax on the document as the settlement made it; none on a payment entry.",
    )
    # Related fields are read in sudo mode: a portal user may know them, not open every document.
    document_name = fields.Char(related="move_id.name", string="Document Number")
    document_type = fields.Selection(related="move_id.move_type", string="Document Type")
    document_date = fields.Date(
        related="move_id.invoice_date",
        string="Document Date",
        help="Date of the document: the settlement's.",
    )
    accounting_date = fields.Date(
        related="move_id.date",
        string="Accounting Date",
        help="Date in the books: that of the document or, if that is locked, the first open day.",
    )
    reversal_move_id = fields.Many2one(
        comodel_name="account.move", string="Reversal", compute="_compute_reversal"
    )
    reversal_date = fields.Date(compute="_compute_reversal", help="Day of the reversal.")
    reversal_accounting_date = fields.Date(
        compute="_compute_reversal",
        help="The reversal's date in the books: its day or, if that is locked, the first open day.",
    )
    payment_status = fields.Selection(
        selection=[("open", "Not Paid"), ("partial", "Partly Paid"), ("paid", "Paid")],
        string="Payment",
        compute="_compute_payment_status",
        search="_search_payment_status",
    )

    @api.depends("move_id")
    def _compute_document_tax_amount(self):
        """Keep what the tax was when the document was made: it may not change behind our back."""
        for statement in self:
            # Elevated: whoever may read a statement may know the tax on it.
            statement.document_tax_amount = statement.sudo().move_id.amount_tax

    @api.depends("move_id.reversal_move_ids.state", "move_id.reversal_move_ids.date")
    def _compute_reversal(self):
        for statement in self:
            # Elevated: which document took a statement back is part of it.
            reversals_sudo = statement.sudo().move_id.reversal_move_ids
            reversal_sudo = reversals_sudo.filtered(
                lambda move: move.state == "posted" and move.channel_statement_id
            )[:1]
            statement.reversal_move_id = reversal_sudo
            statement.reversal_date = reversal_sudo.invoice_date
            statement.reversal_accounting_date = reversal_sudo.date

    @api.depends("move_id.payment_state", "move_id.state", "state")
    def _compute_payment_status(self):
        for statement in self:
            # Elevated: whoever may read a statement may know whether it was paid.
            move_sudo = statement.sudo().move_id
            is_live = statement.state in ("approved", "done") and move_sudo.state != "cancel"
            statement.payment_status = STATUS.get(move_sudo.payment_state) if is_live else False

    def _search_payment_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = [state for state, status in STATUS.items() if status in value]
        # Elevated: as above; only statements that the caller may read are found by it.
        moves_sudo = self.env["account.move"].sudo()
        paid_so = moves_sudo._search(
            [
                ("channel_statement_id", "!=", False),
                ("payment_state", "in", states),
                ("state", "!=", "cancel"),
            ]
        )
        found = Domain("state", "in", ("approved", "done")) & Domain("move_id", "in", paid_so)
        if False in value:
            return found | ~self._search_payment_status("in", list(STATUS.values()))
        return found
