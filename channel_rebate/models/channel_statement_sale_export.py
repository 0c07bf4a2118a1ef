from decimal import Decimal

from odoo import models

from .channel_statement_export import add_company_columns, get_headings, to_decimal

# Whose labels the columns have; the taxes are those of the sales.
COLUMNS = (
    "dealer_id",
    "partner_id",
    "partner_id.ref",
    "document",
    "document_date",
    "date",
    "product_id.default_code",
    "product_id",
    "product_id.taxes_id",
    "agreement_line_id",
    "version",
    "quantity",
    "uom_id",
    "currency_id",
    "amount",
    "is_counted",
    "base_quantity",
    "base_amount",
    "explanation",
)
# Parts of a coin that are kept: a base is rounded once, over a sum of sales.
MORE_DECIMALS = 4


class ChannelStatementSale(models.Model):
    """A row of the exported sheet for each sale behind a statement; called for holders only."""

    _inherit = "channel.statement.sale"

    def _prepare_export_sheet(self):
        """Return ``(title, headings, rows)``; amounts in the currency that the row names."""
        taxes = self.env["channel.statement.line"]._get_tax_names(self)
        has_other = self._has_other_currency()
        rows = [
            [
                *sale._get_export_document(),
                sale.product_id.default_code or "",
                sale.product_id.name or "",
                taxes.get(sale.tax_key, ""),
                sale.agreement_line_id.display_name or "",
                Decimal(sale.version) if sale.agreement_line_id else "",
                Decimal(repr(sale.quantity)),
                sale.uom_id.name or "",
                sale.currency_id.name,
                to_decimal(sale.amount, sale.currency_id, MORE_DECIMALS),
                self.env._("Yes") if sale.is_counted else self.env._("No"),
                Decimal(repr(sale.base_quantity)),
                to_decimal(sale.base_amount, sale.currency_id, MORE_DECIMALS),
                *(sale._get_company_base() if has_other else ()),
                sale.explanation or "",
            ]
            for sale in self
        ]
        columns = add_company_columns(self, COLUMNS)
        return self.env._("Sales Lines"), get_headings(self, columns), rows

    def _get_export_document(self):
        partner = self.partner_id
        return (
            self.dealer_id.name,
            partner.name,
            partner.ref or "",
            self.document or "",
            self.document_date or "",
            self.date or "",
        )

    def _has_other_currency(self):
        return self.statement_id._has_other_currency()

    def _get_company_base(self):
        currency = self.company_currency_id
        return currency.name, to_decimal(self.base_company_amount, currency, MORE_DECIMALS)
