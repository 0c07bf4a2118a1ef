from odoo import fields, models


class ChannelAgreementSign(models.TransientModel):
    """Ask when the selected agreements were signed, and by whom."""

    _name = "channel.agreement.sign"
    _description = "Mark Agreements as Signed"

    agreement_ids = fields.Many2many(
        comodel_name="channel.agreement", string="Agreements", required=True
    )
    signed_on = fields.Date(required=True, default=fields.Date.context_today)
    signatory = fields.Char(help="Empty: the partner's own name.")

    def action_sign(self):
        self.ensure_one()
        self.agreement_ids._mark_signed(self.signed_on, self.signatory)
        return {"type": "ir.actions.act_window_close"}
