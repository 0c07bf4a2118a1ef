from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..keyring import open_vault


class ChannelRate(models.Model):
    """Rates whose key is lost: they show as empty, and whoever has to rely on them is told."""

    _name = "channel.rate"
    _inherit = ["channel.rate", "channel.token.mixin"]

    _sealed_to = "line_id"

    is_lost = fields.Boolean(
        string="Lost",
        compute="_compute_is_lost",
        help="A rate was entered and can't be read any more: its key was lost.",
    )

    @api.depends("is_entered")
    @api.depends_context("uid")
    def _compute_is_lost(self):
        lost = self._find_lost() if self._is_holder() else self.browse()
        for record in self:
            record.is_lost = record._origin in lost

    def _find_lost(self):
        """Return those of these rates whose key was declared lost and is not at hand, or whose
        passphrase was forgotten.

        Nothing of them is opened, so that it takes no passphrase either.
        """
        records = self._origin
        rows = self.env.execute_query(
            SQL(
                """SELECT split_part(token, ':', 2), array_agg(id) FROM channel_rate
                    WHERE id = ANY(%s) AND token != '' GROUP BY 1""",
                records.ids,
            )
        )
        vault = open_vault(self.env) if rows else None
        lost = self.browse(
            record_id
            for key_name, record_ids in rows
            if not vault.has_key(key_name)
            for record_id in record_ids
        )
        return lost | records._find_forgotten()

    def _find_forgotten(self):
        """Return those of these rates that a forgotten passphrase locks."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM channel_rate AS rate WHERE id = ANY(%s) AND %s",
                self.ids,
                self._forgotten(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _explain_damage(self, row_id):
        record = self.browse(row_id)
        return self.env._(
            "The sealed rate of %(agreement)s, %(line)s, does not open: it was changed "
            "in the database or sealed with another key. Restore it from your backup.",
            agreement=record.agreement_id.display_name,
            line=record.line_id.display_name,
        )

    def _check_not_lost(self):
        """Refuse to go on without these rates, which were entered, if they can't be read any more.

        They may also be locked, which is no loss.
        """
        if lost := self and self._find_lost():
            raise UserError(
                self.env._(
                    "The rates of %(agreements)s can't be read: their key is lost, or their "
                    "passphrase forgotten. Put the key's file back from your backup; if there is "
                    "none, a rate keeper starts a new version, from the same day on if need be, "
                    "and enters the rates anew.",
                    agreements=", ".join(lost.agreement_id.mapped("display_name")),
                )
            )
