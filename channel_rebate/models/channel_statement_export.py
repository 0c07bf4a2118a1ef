from decimal import Decimal

from odoo import models

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
    "carried_in_amount",
    "carried_out_amount",
    "net_amount",
    "move_id",
    "state",
)


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
        rows = [
            [
                record.settlement_id.name,
                record.period_id.name,
                record.dealer_id.name,
                record.partner_id.name,
                record.partner_id.ref or "",
                roles[record.role],
                record.currency_id.name,
                record._to_decimal(record.base_amount),
                *record._get_export_amounts(),
                # Elevated: a vendor bill or payment entry is not for holders, its number is.
                record.sudo().move_id.name or "",
                states[record.state],
            ]
            for record in self
        ]
        return self.env._("Statements"), get_headings(self, COLUMNS), rows

    def _get_export_amounts(self):
        """Return gross, passed on, penalty, carries and net: final or expected ones."""
        names = ("gross", "passed_on", "penalty", "carried_in", "carried_out", "net")
        return [self._to_decimal(self[f"expected_{name}_amount"]) for name in names]

    def _to_decimal(self, amount):
        """Return an amount as a decimal with its currency's decimals."""
        digits = self.currency_id.decimal_places
        return Decimal(repr(amount)).quantize(Decimal(1).scaleb(-digits))
