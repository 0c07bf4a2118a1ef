from odoo import models


class AccountMove(models.Model):
    """Numbers of a settlement's documents: what they look like is found out once for all.

    Before each number Odoo writes the one before, and asks the database twice what the next has to
    look like. The number itself, and that nobody else takes it, stays Odoo's.
    """

    _inherit = "account.move"

    def _get_next_sequence_format(self):
        if not self.channel_statement_id or self.journal_id.is_self_billing:
            return super()._get_next_sequence_format()
        # Odoo keeps the last number of each format here, and forgets it when a document is renamed.
        kept = self._get_sequence_cache()
        key = ("channel_rebate", self.journal_id.id, self.date, self.move_type)
        if key not in kept:
            kept[key] = super()._get_next_sequence_format()
        number_format, parts = kept[key]
        return number_format, dict(parts)
