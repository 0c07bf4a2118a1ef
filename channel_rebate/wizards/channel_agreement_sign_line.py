from odoo import fields, models


class ChannelAgreementSignLine(models.TransientModel):
    """The scan of one of several agreements that are marked as signed."""

    _name = "channel.agreement.sign.line"
    _description = "Signed Paper of an Agreement"

    wizard_id = fields.Many2one(
        comodel_name="channel.agreement.sign", required=True, ondelete="cascade", index=True
    )
    agreement_id = fields.Many2one(
        comodel_name="channel.agreement", required=True, ondelete="cascade", readonly=True
    )
    paper = fields.Binary(string="Scan", attachment=False)
    paper_name = fields.Char()
