from odoo import fields, models


class ChannelStatement(models.Model):
    """What the document of a statement takes off the accrual."""

    _inherit = "channel.statement"

    accrual_released = fields.Boolean(
        readonly=True,
        copy=False,
        help="The document is posted, and the accrual was released by it as far as there was one.",
    )

    def _get_net_in_company_currency(self, day=None):
        """Return the net amount in company currency.

        :param day: of the exchange rate; the document's own date if not given
        """
        self.ensure_one()
        return self.currency_id._convert(
            self.net_amount,
            self.company_id.currency_id,
            self.company_id,
            day or self.move_id.invoice_date or self.move_id.date or self.settlement_id.date,
        )
