from odoo import fields, models


class ResCompany(models.Model):
    """Whether orders are looked through for breaches of the agreements."""

    _inherit = "res.company"

    channel_detect_incidents = fields.Boolean(
        string="Report Incidents Automatically",
        default=True,
        help="Report sell-out orders that left the dealer's territory or were sold below the "
        "floor, for marketing to decide about.",
    )
