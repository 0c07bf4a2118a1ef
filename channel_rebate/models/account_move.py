from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import TRUSTED


class AccountMove(models.Model):
    """Documents of settlements: their amounts, partner and link stay what the statement says."""

    _inherit = "account.move"

    channel_statement_id = fields.Many2one(
        comodel_name="channel.statement",
        string="Rebate Statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The statement that this document pays or, if reversed, took back.",
    )

    def _channel_trusted(self):
        """Return these moves in the environment of the settlement's own steps."""
        return self.with_context(channel_trusted=TRUSTED)

    def _is_channel_trusted(self):
        return self.env.context.get("channel_trusted") is TRUSTED

    @api.depends("channel_statement_id")
    def _compute_show_reset_to_draft_button(self):  # pylint: disable=missing-return
        """A document of a settlement is taken back there."""
        super()._compute_show_reset_to_draft_button()
        self.filtered("channel_statement_id").show_reset_to_draft_button = False

    def _check_channel_trusted(self):
        """Refuse what has to be done on the settlement instead."""
        if self._is_channel_trusted():
            return
        if documents := self.filtered("channel_statement_id"):
            raise UserError(
                self.env._(
                    "%(documents)s belongs to %(settlements)s. Reverse the settlement instead.",
                    documents=", ".join(documents.mapped("display_name")),
                    settlements=", ".join(
                        documents.sudo().channel_statement_id.settlement_id.mapped("name")
                    ),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        # A default in the context would link as well.
        by_default = self.env.context.get("default_channel_statement_id")
        if by_default or any(vals.get("channel_statement_id") for vals in vals_list):
            self._check_channel_link()
        return super().create(vals_list)

    def write(self, vals):
        if "channel_statement_id" in vals:
            self._check_channel_link()
        if vals.get("state") in ("draft", "cancel") or "move_type" in vals:
            self._check_channel_trusted()
        return super().write(vals)

    def _check_channel_link(self):
        if not self._is_channel_trusted():
            raise UserError(self.env._("Only a settlement links documents to its statements."))

    @api.constrains(
        "channel_statement_id",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "partner_id",
        "currency_id",
    )
    def _check_channel_amounts(self):
        """Keep partner and amounts, whichever way they are changed.

        The constraint also runs when Odoo recomputes the total after a change of a line. While a
        settlement makes its documents the lines come after the head; it checks them when whole.
        """
        if not self._is_channel_trusted():
            self._check_channel_documents()

    def _check_channel_documents(self):
        for move in self.filtered("channel_statement_id"):
            # Elevated: accountants see a statement's amounts, but others may hold the pen.
            statement_sudo = move.sudo().channel_statement_id
            untaxed, tax = move._get_channel_amounts()
            if (
                move._get_channel_partners() != statement_sudo.partner_id
                or move.currency_id != statement_sudo.currency_id
                or move.currency_id.compare_amounts(untaxed, abs(statement_sudo.net_amount))
                # While the documents are being made, the tax is not known yet.
                or (
                    statement_sudo.move_id
                    and move.currency_id.compare_amounts(tax, statement_sudo.document_tax_amount)
                )
            ):
                raise ValidationError(
                    self.env._(
                        "Partner, currency, untaxed amount and tax of %(document)s have to be "
                        "those of %(statement)s.",
                        document=move.display_name,
                        statement=statement_sudo.display_name,
                    )
                )

    def _get_channel_amounts(self):
        """Return the untaxed amount and the tax of a document, in its currency."""
        self.ensure_one()
        if self.move_type != "entry":
            return self.amount_untaxed, self.amount_tax
        return abs(sum(self._get_channel_open_lines().mapped("amount_currency"))), 0.0

    def _get_channel_partners(self):
        """Return whose document it is: one partner, unless somebody changed its lines."""
        self.ensure_one()
        partners = self.commercial_partner_id
        return partners | self._get_channel_open_lines().partner_id.commercial_partner_id

    def _get_channel_open_lines(self):
        """Return the journal items that wait for payment."""
        return self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )

    def _post(self, soft=True):
        if self.env.context.get("channel_finished_later") is TRUSTED:
            # Batches, several at once: what is the last document is found out after them.
            return super()._post(soft=soft)
        # Elevated: accountants post, and the settlement is the holders'. Of two who post at once
        # one is run again, so that the last document is seen to be the last.
        documents_sudo = self.sudo().filtered("channel_statement_id")
        documents_sudo.channel_statement_id.settlement_id._touch()
        documents_sudo._read_for_posting()
        posted = super()._post(soft=soft)
        posted.sudo().channel_statement_id.settlement_id._finish_if_posted()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Only the settlement reverses its documents; the link stays, so none becomes a sale."""
        self._check_channel_trusted()
        default_values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, default_values_list, strict=True):
            if move.channel_statement_id:
                values["channel_statement_id"] = move.channel_statement_id.id
        return super()._reverse_moves(default_values_list, cancel=cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_channel_statement(self):
        self._check_channel_trusted()
