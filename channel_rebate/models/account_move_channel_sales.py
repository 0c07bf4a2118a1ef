from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # A dealer's sell-in, in settlements and analyses: Odoo has no index on the commercial partner.
    _channel_sales_idx = models.Index(
        "(commercial_partner_id, company_id, invoice_date) "
        "WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )
