from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ChannelAgreement(models.Model):
    """Signing: the paper comes back, with a date and a name, and can go again."""

    _inherit = "channel.agreement"

    def action_sign(self):
        """Ask for date and signatory of the selected agreements."""
        self._check_keeper()
        self._check_rates_not_lost()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_sign_action"
        )
        return {**action, "context": {"default_agreement_ids": self.ids}}

    def action_unsign(self):
        """Take a signature back that was marked by mistake, as long as nothing was settled."""
        self._check_keeper()
        self._check_unsigned_in_order()
        statement = self.env["channel.statement"].search(
            [("agreement_ids", "in", self.ids), ("state", "not in", ("cancelled", "reversed"))],
            limit=1,
        )
        if statement:
            raise UserError(
                self.env._(
                    "%(partner)s is part of %(settlement)s: cancel or reverse that first.",
                    partner=statement.partner_id.name,
                    settlement=statement.settlement_id.name,
                )
            )
        unsigned = ("signed_on", "signatory", "signed_by_id", "signed_marked_on")
        self._move_to(
            "sealed",
            allowed=("signed",),
            is_signed_late=False,
            is_marked_late=False,
            **dict.fromkeys(unsigned, False),
        )
        self._drop_papers()

    def _mark_signed(self, signed_on, signatory, papers=None, *, signature=None, reason=None):
        """Record that the partners signed, and keep what they signed.

        :param signed_on: date of the signature
        :param str signatory: who signed; empty takes each partner's own name
        :param dict papers: :class:`Paper` by agreement
        :param signature: an image, base64, given on the screen; for one agreement, without papers
        :param str reason: why, where it comes late
        """
        self._check_keeper()
        if signed_on > fields.Date.context_today(self):
            raise UserError(self.env._("The date of a signature can't lie in the future."))
        self._check_signed_in_order()
        self._check_rates_not_lost()
        if not signature:
            self._check_papers(papers or {})
        self._move_to(
            "signed",
            allowed=("sealed",),
            signed_on=signed_on,
            signed_by_id=self.env.uid,
            signed_marked_on=fields.Datetime.now(),
        )
        self._write_signatories(signatory)
        self._mark_signed_late(signed_on, reason)
        self._store_papers({self: self._sign_on_screen(signature)} if signature else papers)

    def _write_signatories(self, signatory):
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE channel_agreement AS agreement
                      SET signatory = COALESCE(%s, partner.name)
                     FROM res_partner AS partner
                    WHERE partner.id = agreement.partner_id AND agreement.id = ANY(%s)
                RETURNING agreement.id""",
                signatory or None,
                self.ids,
            )
        )
        self.invalidate_recordset(["signatory"])
