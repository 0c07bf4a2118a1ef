from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.lockbox import token_body_length
from ..tools.vault import PAYLOAD_BYTES


class ChannelAgreement(models.Model):
    """Agreements whose rates a forgotten passphrase locks: like those whose key was lost."""

    _inherit = "channel.agreement"

    rates_forgotten = fields.Boolean(
        readonly=True, copy=False, help="Its rates are locked with a passphrase that was forgotten."
    )

    @api.model
    def _find_locked(self, company, states=("sealed", "signed")):
        """Return the agreements of a company that a passphrase locks, forgotten ones not."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT agreement.id
                     FROM channel_agreement AS agreement
                     JOIN channel_rate AS rate ON rate.agreement_id = agreement.id
                    WHERE agreement.company_id = %s AND agreement.state = ANY(%s)
                      AND NOT agreement.rates_forgotten IS TRUE
                      AND length(split_part(rate.token, ':', 3)) = %s""",
                company.id,
                list(states),
                token_body_length(PAYLOAD_BYTES),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _give_up_locked(self, company):
        """Mark what is locked as lost, and say so in each chatter."""
        self.env.flush_all()
        agreements = self._find_locked(company)
        cancelled = self._find_locked(company, states=["cancelled"])
        cancelled._trusted().write({"rates_forgotten": True})
        agreements._trusted().write({"rates_lost": True, "rates_forgotten": True})
        # Tokens are read by SQL.
        self.env.flush_all()
        for agreement in agreements:
            agreement._message_log(
                body=self.env._("The passphrase was forgotten: the rates can't be read any more.")
            )
