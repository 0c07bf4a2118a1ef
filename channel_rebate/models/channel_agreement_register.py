from odoo import api, fields, models
from odoo.tools import SQL


class ChannelAgreement(models.Model):
    """What becomes of a seal is entered in the register of seals."""

    _inherit = "channel.agreement"

    register_number = fields.Integer(
        compute="_compute_register",
        compute_sudo=True,
        aggregator=None,
        help="Number of the sealing in the company's register of seals.",
    )
    register_hash = fields.Char(
        compute="_compute_register",
        compute_sudo=True,
        help="Hash of that entry and, through it, of all that were registered before.",
    )

    @api.depends("fingerprint")
    def _compute_register(self):
        # Elevated (compute_sudo): who reads an agreement may know its own entry, not the register.
        entries = self._find_registered()
        for agreement in self:
            entry = entries.get(agreement._get_register_key(), {})
            agreement.register_number = entry.get("sealed_number") or 0
            agreement.register_hash = entry.get("sealed_hash")

    def _get_register_key(self):
        """Return chain and key of the agreement's entries: no other company's count."""
        self.ensure_one()
        return str(self.company_id.id), self._origin.id

    def _find_registered(self):
        return self.env["channel.seal"]._find_latest(
            SQL("entry.agreement_key = ANY(%s)", self._origin.ids)
        )

    def _find_register_problems(self):
        """Return texts on agreements that differ from what is registered."""
        entries = self._find_registered()
        explain = self.env["channel.seal"]._explain_difference
        texts = [
            explain(agreement, entries.get(agreement._get_register_key())) for agreement in self
        ]
        return [text for text in texts if text]

    def _write_seals(self):
        result = super()._write_seals()
        self.env["channel.seal"]._enter(self, "sealed")
        self.invalidate_recordset(["register_number", "register_hash"])
        return result

    def _mark_signed(self, *args, **kwargs):
        result = super()._mark_signed(*args, **kwargs)
        self.env["channel.seal"]._enter(self, "signed")
        return result

    def action_unsign(self):
        result = super().action_unsign()
        self.env["channel.seal"]._enter(self, "unsigned")
        return result

    def action_cancel(self):
        sealed = self.filtered("fingerprint")
        result = super().action_cancel()
        self.env["channel.seal"]._enter(sealed, "cancelled")
        return result
