from decimal import Decimal

from odoo import api, models

from .channel_statement import REVEALED_STATES
from .channel_statement_export import add_company_columns, get_headings, to_decimal

# Whose labels the columns have; the taxes are those of the sales.
COLUMNS = (
    "dealer_id",
    "partner_id",
    "partner_id.ref",
    "product_id.default_code",
    "product_id",
    "agreement_line_id",
    "product_id.taxes_id",
    "quantity",
    "uom_id",
    "measure",
    "currency_id",
    "base_amount",
    "rate",
    "amount",
)


class ChannelStatementLine(models.Model):
    """A row of the exported sheet for each line; called for holders only."""

    _inherit = "channel.statement.line"

    def _prepare_export_sheet(self):
        """Return ``(title, headings, rows)``; amounts in the currency that the row names."""
        measures = dict(self.agreement_line_id._fields["measure"]._description_selection(self.env))
        taxes = self._get_tax_names(self)
        has_other = self._has_other_currency()
        rows = [
            [
                line.statement_id.dealer_id.name,
                line.statement_id.partner_id.name,
                line.statement_id.partner_id.ref or "",
                line.product_id.default_code or "",
                line.product_id.name,
                line.agreement_line_id.display_name or "",
                taxes.get(line.tax_key, ""),
                Decimal(repr(line.quantity)),
                line.uom_id.name,
                measures.get(line.measure, ""),
                line.currency_id.name,
                line.statement_id._to_decimal(line.base_amount),
                *(line._get_company_base() if has_other else ()),
                *line._get_export_amounts(),
            ]
            for line in self
        ]
        columns = add_company_columns(self, COLUMNS)
        return self.env._("Lines"), get_headings(self, columns), rows

    def _has_other_currency(self):
        return self.statement_id._has_other_currency()

    def _get_company_base(self):
        currency = self.company_currency_id
        return currency.name, to_decimal(self.base_company_amount, currency)

    def _get_export_amounts(self):
        """Return rate and rebate: final ones, or before the reveal expected ones."""
        is_final = self.statement_id.state in REVEALED_STATES
        rate = self.rate if is_final else self.expected_rate
        amount = self.amount if is_final else self.expected_amount
        digits = self._fields["rate"].get_digits(self.env)[1]
        exact = Decimal(repr(rate)).quantize(Decimal(1).scaleb(-digits))
        return [exact, self.statement_id._to_decimal(amount)]

    @api.model
    def _get_tax_names(self, records):
        """Return the names of the taxes of lines or sales by tax key."""
        keys = {record.tax_key for record in records if record.tax_key}
        ids = {int(tax_id) for key in keys for tax_id in key.split(",")}
        # Elevated: only the names, of sales that the reader sees anyway.
        taxes_sudo = self.env["account.tax"].sudo().browse(ids).exists()
        names = {tax.id: tax.name for tax in taxes_sudo}
        return {
            key: ", ".join(filter(None, (names.get(int(tax_id)) for tax_id in key.split(","))))
            for key in keys
        }
