from odoo import api, models
from odoo.fields import Command


class ChannelStatement(models.Model):
    """Statements that exist in memory only: what a settlement would be based on, unwritten."""

    _inherit = "channel.statement"

    @api.model
    def _imagine(self, agreements, rows):
        """Return statements in memory, as a settlement of ``agreements`` would write them.

        They have everything that :meth:`_get_accounts` reads and no settlement; nothing of them
        ever reaches the database.

        :param agreements: may be of several periods; each partner has one statement in each
        :param rows: sales that count, see :meth:`ChannelLedger._get_bases`
        """
        rows_of = {}
        for row in rows:
            rows_of.setdefault(row["agreement_id"], []).append(row)
        statements = {}
        # Dealers first: a sub-distributor's statement points to his dealer's.
        ordered = agreements.sorted(lambda agreement: (agreement.role != "dealer", agreement.id))
        versions = ordered.grouped(lambda agreement: (agreement.partner_id, agreement.period_id))
        for key, own in versions.items():
            dealer = own.dealer_agreement_id.partner_id[:1]
            of_dealer = statements.get((dealer, own.period_id))
            lines = [row for agreement in own for row in rows_of.get(agreement.id, ())]
            statements[key] = self.new(self._prepare_imagined_values(own, of_dealer, lines))
        return self.concat(*statements.values())

    @api.model
    def _prepare_imagined_values(self, agreements, of_dealer, rows):
        """Return the values of one partner's statement under his ``agreements`` of a period."""
        shared = {
            "company_id": agreements.company_id.id,
            "currency_id": agreements.currency_id[:1].id,
        }
        line_fields = self.env["channel.statement.line"]._fields
        return {
            **shared,
            "period_id": agreements.period_id.id,
            "partner_id": agreements.partner_id.id,
            "role": agreements[:1].role,
            "agreement_ids": [Command.set(agreements.ids)],
            "dealer_statement_id": of_dealer,
            "line_ids": [
                # The currency comes first: amounts are rounded to it.
                Command.create(
                    {
                        **shared,
                        **{name: row[name] for name in row if name in line_fields},
                        "total_quantity": row["quantity"],
                        "total_base_amount": row["base_amount"],
                    }
                )
                for row in rows
            ],
        }
