from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Statements tell their dealer, by whom lists group what belongs together."""

    _inherit = "channel.ledger"

    @api.model
    def _write_statements(self, settlement, agreements):
        result = super()._write_statements(settlement, agreements)
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_statement AS statement
                   SET dealer_id = COALESCE(
                       (SELECT dealer.partner_id FROM channel_statement AS dealer
                         WHERE dealer.id = statement.dealer_statement_id), statement.partner_id)
                 WHERE statement.settlement_id = %s
             RETURNING statement.id
                """,
                settlement.id,
            )
        )
        self.env.invalidate_all()
        return result
