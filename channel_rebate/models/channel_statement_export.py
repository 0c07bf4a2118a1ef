from decimal import Decimal

from odoo import models

from .channel_statement import AMOUNTS

# Whose labels the columns have.
COLUMNS = (
    "settlement_id",
    "period_id",
    "dealer_id",
    "partner_id",
    "partner_id.ref",
    "role",
    "currency_id",
    "base_amount",
    "gross_amount",
    "passed_on_amount",
    "penalty_amount",
    "compensation_amount",
    "carried_in_amount",
    "carried_out_amount",
    "net_amount",
    "move_id",
    "state",
)


# What follows the base where it is in another currency than the company's.
COMPANY_COLUMNS = ("company_currency_id", "base_company_amount")


def add_company_columns(records, columns):
    """Return the columns with the base in company currency, if any record needs them."""
    if not records._has_other_currency():
        return columns
    place = columns.index("base_amount") + 1
    return (*columns[:place], *COMPANY_COLUMNS, *columns[place:])


def to_decimal(amount, currency, more=0):
    """Return an amount as a decimal with its currency's decimals.

    :param int more: decimals that are kept beyond those, if they are not zero
    """
    unit = Decimal(1).scaleb(-currency.decimal_places)
    exact = Decimal(repr(amount)).quantize(unit.scaleb(-more))
    rounded = exact.quantize(unit)
    return rounded if rounded == exact else exact.normalize()


def get_headings(records, columns):
    """Return the labels of fields, given by dotted paths, in the user's language."""
    headings = []
    for path in columns:
        *relations, name = path.split(".")
        model = records
        for relation in relations:
            model = model[relation]
        headings.append(model._fields[name]._description_string(records.env))
    return headings


class ChannelStatement(models.Model):
    """A row of the exported sheet for each statement; called for holders only."""

    _inherit = "channel.statement"

    def _prepare_export_sheet(self):
        """Return ``(title, headings, rows)``; amounts in the currency that the row names."""
        roles = dict(self._fields["role"]._description_selection(self.env))
        states = dict(self.settlement_id._fields["state"]._description_selection(self.env))
        has_other = self._has_other_currency()
        rows = [
            [
                record.settlement_id.name,
                record._get_period_name(),
                record.dealer_id.name,
                record.partner_id.name,
                record.partner_id.ref or "",
                roles[record.role],
                record.currency_id.name,
                record._to_decimal(record.base_amount),
                *(record._get_company_base() if has_other else ()),
                *record._get_export_amounts(),
                # Elevated: a vendor bill or payment entry is not for holders, its number is.
                record.sudo().move_id.name or "",
                states[record.state],
            ]
            for record in self
        ]
        columns = add_company_columns(self, COLUMNS)
        return self.env._("Statements"), get_headings(self, columns), rows

    def _has_other_currency(self):
        return any(record.currency_id != record.company_currency_id for record in self)

    def _get_company_base(self):
        currency = self.company_currency_id
        return currency.name, to_decimal(self.base_company_amount, currency)

    def _get_export_amounts(self):
        """Return final or expected amounts, in the order of the formula with net at the end."""
        return [self._to_decimal(self[f"expected_{name}_amount"]) for name in AMOUNTS]

    def _to_decimal(self, amount):
        """Return an amount as a decimal with its currency's decimals."""
        return to_decimal(amount, self.currency_id)
