from odoo import fields, models


class ResCompany(models.Model):
    """From how many documents on an approval does not wait for them."""

    _inherit = "res.company"

    channel_document_batch_from = fields.Integer(
        string="Documents in the Background",
        default=200,
        help="An approval with more documents than this leaves them to the scheduled actions, "
        "which make them in batches. 0: always.",
    )

    _channel_document_batch_from = models.Constraint(
        "CHECK (channel_document_batch_from >= 0)",
        "Documents are left to the scheduled actions from 0 on, or a higher number.",
    )
