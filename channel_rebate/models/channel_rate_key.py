from odoo import api, fields, models
from odoo.exceptions import UserError


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
        readable = self._unseal_many() if self._is_holder() else {}
        for record in self:
            record.is_lost = record.is_entered and record._origin.id not in readable

    @api.model
    def _explain_damage(self, row_id):
        record = self.browse(row_id)
        return self.env._(
            "The sealed rate of %(agreement)s, %(line)s, does not open: it was changed "
            "in the database or sealed with another key. Restore it from your backup.",
            agreement=record.agreement_id.display_name,
            line=record.line_id.display_name,
        )

    def _check_not_lost(self, secrets):
        """Refuse to go on without rates that were entered and can't be read any more.

        :param dict secrets: :class:`Secret` by rate id, as far as they could be read
        """
        lost = self.filtered(lambda record: record.is_entered and record.id not in secrets)
        if lost:
            raise UserError(
                self.env._(
                    "The rates of %(agreements)s can't be read: their key is lost. Put its file "
                    "back from your backup; if there is none, a rate keeper starts a new version, "
                    "from the same day on if need be, and enters the rates anew.",
                    agreements=", ".join(lost.agreement_id.mapped("display_name")),
                )
            )
