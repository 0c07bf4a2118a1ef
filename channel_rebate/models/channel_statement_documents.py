from odoo import fields, models
from odoo.exceptions import UserError


class ChannelStatement(models.Model):
    """Documents: the credit notes of approved statements, and their way back."""

    _inherit = "channel.statement"

    def _create_documents(self, responsible):
        """Make a credit note for each net amount; drafts, or posted if the company says so.

        Called in sudo mode. Statements that have their document already are left alone.

        :param responsible: user named on the documents of partners without a salesperson; never
            empty, since salespeople may read each other's documents without one
        """
        due = self.filtered(
            lambda statement: (
                not statement.move_id
                and statement.currency_id.compare_amounts(statement.net_amount, 0) > 0
            )
        )
        for company, statements in due.grouped("company_id").items():
            moves = (
                self.env["account.move"]
                .with_company(company)
                ._channel_trusted()
                .create([statement._prepare_move_values(responsible) for statement in statements])
            )
            moves._check_channel_documents()
            for statement, move in zip(statements, moves, strict=True):
                statement.move_id = move
            if company.channel_rebate_post_documents:
                moves.action_post()

    def _prepare_move_values(self, responsible):
        """Return the values of the credit note: one line, no rate in any text."""
        self.ensure_one()
        company = self.company_id
        journal = company.channel_rebate_journal_id
        values = {
            "move_type": "out_refund",
            "partner_id": self.partner_id.id,
            "company_id": company.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.settlement_id.date,
            "invoice_user_id": (self._get_salesperson() or responsible).id,
            "ref": self.settlement_id.name,
            "invoice_origin": self.settlement_id.name,
            "channel_statement_id": self.id,
            "invoice_line_ids": [fields.Command.create(self._prepare_move_line_values())],
        }
        return {**values, "journal_id": journal.id} if journal else values

    def _prepare_move_line_values(self):
        self.ensure_one()
        product = self.company_id.channel_rebate_product_id
        if not product:
            raise UserError(
                self.env._(
                    "%(company)s has no rebate product. Choose one in the settings of Channel.",
                    company=self.company_id.name,
                )
            )
        statement = self.with_context(lang=self.partner_id.lang)
        return {
            "product_id": product.id,
            "name": statement.env._("Rebate %(period)s", period=self.period_id.name),
            "quantity": 1.0,
            "price_unit": self.net_amount,
        }

    def _get_salesperson(self):
        self.ensure_one()
        return self.partner_id.user_id or self.dealer_statement_id.partner_id.user_id

    def _check_not_carried_further(self):
        """Refuse to take back a statement whose carry a later settlement has deducted."""
        carrying = self.filtered("carried_out_amount")
        if not carrying:
            return
        since = min(carrying.mapped("settlement_id.approved_on"))
        later = self.search(
            [
                ("partner_id", "in", carrying.partner_id.ids),
                ("company_id", "in", carrying.company_id.ids),
                ("settlement_id.approved_on", ">=", since),
                ("settlement_id", "not in", carrying.settlement_id.ids),
                ("carried_in_amount", "<", 0),
                ("state", "in", ("approved", "done")),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "%(partner)s: %(settlement)s has used what was carried over. Reverse that one "
                    "first.",
                    partner=later.partner_id.name,
                    settlement=later.settlement_id.name,
                )
            )

    def _reverse_documents(self):
        """Cancel drafts and reverse what was posted (called in sudo mode)."""
        moves = self.move_id._channel_trusted()
        moves.filtered(lambda move: move.state == "draft").button_cancel()
        posted = moves.filtered(lambda move: move.state == "posted")
        today = fields.Date.context_today(self)
        posted._reverse_moves(
            [
                {
                    "date": today,
                    "invoice_date": today,
                    "ref": move.with_context(lang=move.partner_id.lang).env._(
                        "Reversal of %(document)s", document=move.name
                    ),
                }
                for move in posted
            ],
            cancel=True,
        )
