from odoo import fields, models


class ResCompany(models.Model):
    """From how many documents on an approval does not wait for them."""

    _inherit = "res.company"

    channel_document_batch_from = fields.Integer(
        string="Documents Made at Once",
        default=200,
        help="An approval with more documents than this returns at once, and scheduled actions "
        "make them in batches; the settlement shows how far they are. 0: always. For never, a "
        "number that no settlement reaches.",
    )

    _channel_document_batch_from = models.Constraint(
        "CHECK (channel_document_batch_from >= 0)",
        "The number of documents that are made at once can't be less than 0.",
    )
