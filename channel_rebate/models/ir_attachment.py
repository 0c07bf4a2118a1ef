from odoo import api, models
from odoo.exceptions import UserError

from ..const import TRUSTED
from .channel_agreement_paper import PAPER_FIELDS


class IrAttachment(models.Model):
    """Signed papers are attachments of agreements: they come and go with the signature only.

    Whoever may write an agreement could otherwise write, point elsewhere or delete its
    attachments, and elevated code those of everybody.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        if any("res_field" in vals for vals in vals_list):
            attachments._check_no_signed_papers()
        return attachments

    def write(self, vals):
        # First: who may not touch it does not learn what it is.
        self.check_access("write")
        self._check_no_signed_papers()
        result = super().write(vals)
        if {"res_model", "res_field", "res_id"} & vals.keys():
            self._check_no_signed_papers()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed_papers(self):
        self._check_no_signed_papers()

    def _check_no_signed_papers(self):
        if self.env.context.get("channel_trusted") is TRUSTED:
            return
        # Elevated: also who may not read the paper shall not touch it.
        paper = self.sudo().search(
            [
                ("id", "in", self.ids),
                ("res_model", "=", "channel.agreement"),
                ("res_field", "in", PAPER_FIELDS),
            ],
            limit=1,
        )
        if paper:
            agreement = self.env["channel.agreement"].sudo().browse(paper.res_id)
            raise UserError(
                self.env._(
                    "The signed paper of %(agreement)s can't be changed. Undo the signature, as "
                    "long as nothing is settled, and sign again with the right one.",
                    agreement=agreement.display_name,
                )
            )
