from odoo import api, fields, models


class ChannelAgreement(models.Model):
    """Sealing and signing when an agreement applies already, and who is responsible for it.

    What is late is written down when it happens: later changes of dates or users change nothing.
    """

    _inherit = "channel.agreement"

    is_sealed_late = fields.Boolean(
        string="Sealed Late",
        readonly=True,
        copy=False,
        help="Sealed on or after the first day on which it applies.",
    )
    is_signed_late = fields.Boolean(
        string="Signed Late",
        readonly=True,
        copy=False,
        help="Signed on or after the first day on which it applies.",
    )
    signed_marked_on = fields.Datetime(
        string="Signature Recorded On",
        readonly=True,
        copy=False,
        help="When it was marked as signed here; the date of signature is what the keeper says.",
    )
    is_marked_late = fields.Boolean(
        string="Recorded Late",
        readonly=True,
        copy=False,
        help="The signature was recorded on or after the first day on which it applies, whatever "
        "date it bears.",
    )
    is_late = fields.Boolean(string="Late", compute="_compute_late", store=True)
    late_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_late",
        store=True,
        help="Who sealed late; else who marked a late signature.",
    )
    late_reason = fields.Char(
        string="Reason for Being Late",
        copy=False,
        tracking=True,
        help="Why it was sealed or signed only when it applied already.",
    )

    @api.depends(
        "is_sealed_late", "is_signed_late", "is_marked_late", "sealed_by_id", "signed_by_id"
    )
    def _compute_late(self):
        for agreement in self:
            is_signed = agreement.is_signed_late or agreement.is_marked_late
            agreement.is_late = agreement.is_sealed_late or is_signed
            if agreement.is_sealed_late:
                agreement.late_by_id = agreement.sealed_by_id
            else:
                agreement.late_by_id = agreement.signed_by_id if is_signed else False

    def _begins_until(self, day):
        """Return those of these agreements that apply on a day, or did before."""
        return self.filtered(lambda agreement: agreement.date_from <= day)

    def _mark_sealed_late(self):
        late = self._begins_until(fields.Date.context_today(self))
        late._trusted().write({"is_sealed_late": True})

    def _mark_signed_late(self, signed_on, reason):
        """Write down whose signature, or its record, comes late.

        :param signed_on: date of the signature, as it is told
        :param str reason: why, or nothing
        """
        self._begins_until(signed_on)._trusted().write({"is_signed_late": True})
        self._begins_until(fields.Date.context_today(self))._trusted().write(
            {"is_marked_late": True, **({"late_reason": reason} if reason else {})}
        )
