from odoo import api, models

from ..tools.tiers import NO_TIERS

# Rows that the template has for a line with tiers; whoever needs more adds rows.
SHEET_BRACKETS = 3


class ChannelRate(models.Model):
    """The rate sheet: what its template says, and how its rows find their lines."""

    _inherit = "channel.rate"

    def _get_partner_keys(self):
        """Return what a sheet may call the partner: reference or name, in lower case."""
        self.ensure_one()
        return {text.lower() for text in (self.partner_id.ref, self.partner_id.name) if text}

    def _get_product_keys(self):
        """Return what a sheet may call what the line covers: code or name, in lower case."""
        self.ensure_one()
        target = self.line_id._get_target()
        code = target.default_code if self.line_id.applied_on in ("product", "template") else ""
        name = target.name if target else self.line_id.display_name
        return {text.lower() for text in (code, name, self.line_id.display_name) if text}

    @api.model
    def _get_sheet(self, period):
        """Return the rows of an empty rate sheet of ``period``, headings first; no rate in it."""
        measures = dict(self.line_id._fields["measure"]._description_selection(self.env))
        headings = [
            self.env._("Line"),
            self.env._("Partner"),
            self.env._("Name"),
            self.env._("Product"),
            self.env._("Covers"),
            self.env._("Measure"),
            self.env._("Bracket From"),
            self.env._("Rate"),
        ]
        records = self.search([("period_id", "=", period.id), ("state", "=", "draft")])
        ordered = records.sorted(
            lambda record: (record.role, record.partner_id.name, record.line_id.sequence, record.id)
        )
        rows = [row for record in ordered for row in record._prepare_sheet_rows(measures)]
        return [headings, *rows]

    def _prepare_sheet_rows(self, measures):
        """Return the empty row of a rate, or the first few of its brackets if it has tiers."""
        self.ensure_one()
        named = [
            self.line_id.id,
            self.partner_id.ref or self.partner_id.name,
            self.partner_id.name,
            self.line_id.product_id.default_code or "",
            self.line_id.display_name,
            measures[self.measure],
        ]
        starts = [None] if self.tier_mode == NO_TIERS else [0] + [None] * (SHEET_BRACKETS - 1)
        return [[*named, start, None] for start in starts]
