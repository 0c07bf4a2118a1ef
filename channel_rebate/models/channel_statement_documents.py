from odoo import models
from odoo.exceptions import UserError

# As many documents as are made, posted or reversed at once: what Odoo keeps in memory of each, and
# how many are tried one by one if one of them can't be made, stays small.
CHUNK = 100


class ChannelStatement(models.Model):
    """Documents: what pays approved statements."""

    _inherit = "channel.statement"

    def _create_documents(self, responsible):
        """Make a document for each net amount; drafts, or posted if the company says so.

        Called in sudo mode. Statements that have their document already are left alone.

        :param responsible: user named on the documents of partners without a salesperson; never
            empty, since salespeople may read each other's documents without one
        :raise UserError: what Odoo or a setting is against, naming the statement; no document of
            the run is made then
        """
        for company, statements in self._get_due().grouped("company_id").items():
            # The settings of a company are its own, whatever companies the user works in.
            chunks = [
                statements[start : start + CHUNK].with_company(company).with_prefetch()
                for start in range(0, len(statements), CHUNK)
            ]
            for chunk in chunks:
                chunk._create_documents_of_company(responsible)
            if company.channel_rebate_post_documents:
                for chunk in chunks:
                    chunk._post_documents()

    def _post_documents(self):
        """Post the documents of these statements (one company's), or none of them."""
        self._name_the_culprit(
            list(self.move_id), lambda chosen: chosen[0].union(*chosen).action_post()
        )

    def _get_due(self):
        """Return the statements that need a document and have none."""
        # Read together whatever happens to the cache of the settlement that they came from.
        return self.with_prefetch().filtered(
            lambda statement: (
                not statement.move_id and not statement.currency_id.is_zero(statement.net_amount)
            )
        )

    def _create_documents_of_company(self, responsible):
        """Return the documents of these statements, in their order, linked to them."""
        self._check_document_settings()
        moves = self._name_the_culprit(
            self._prepare_move_values_list(responsible), self._create_moves
        )
        self._link_documents(moves)
        return moves

    def _link_documents(self, moves):
        for statement, move in zip(self, moves, strict=True):
            statement.move_id = move
        # What it is now, before anybody can touch the documents.
        self.flush_recordset(["document_tax_amount"])

    def _create_moves(self, values_list):
        """Return new documents, whole and checked."""
        moves = self.env["account.move"]._channel_trusted()._create_whole(values_list)
        moves._solve_channel_prices()
        moves._check_channel_documents()
        moves._move_to_open_day()
        return moves

    def _name_the_culprit(self, items, step):
        """Do a step for all statements at once; if it fails, say at which one.

        :param list items: for each statement what the step needs for it
        :param step: function of a list of items
        """
        try:
            with self.env.cr.savepoint():
                return step(items)
        except UserError as failure:
            for statement, item in zip(self, items, strict=True):
                try:
                    with self.env.cr.savepoint():
                        step([item])
                except UserError as reason:
                    raise UserError(
                        self.env._(
                            "%(statement)s: its document can't be made.\n%(reason)s",
                            statement=statement.display_name,
                            reason=reason,
                        )
                    ) from failure
            raise

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
        """Cancel drafts and reverse what was posted (called in sudo mode).

        A reversal is dated today; if that day is locked, Odoo books it on the first open one. Its
        rate is that of the document, so that no exchange difference stays on the rebate account.
        """
        moves = self.move_id._channel_trusted()
        moves.fetch(["state"])
        moves.filtered(lambda move: move.state == "draft").button_cancel()
        posted = moves.filtered(lambda move: move.state == "posted")
        for start in range(0, len(posted), CHUNK):
            chunk = posted[start : start + CHUNK].with_prefetch()
            chunk._reverse_together(chunk._prepare_channel_reversals())
            # Thousands with all their journal items and messages would not stay small.
            self.env.cr.flush()
            self.env.invalidate_all()
