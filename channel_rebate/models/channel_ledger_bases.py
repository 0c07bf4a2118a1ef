from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """The sales that count, for those who look at them without writing statements."""

    _inherit = "channel.ledger"

    @api.model
    def _get_bases(self, agreements, until=None):
        """Return the sales that count as dictionaries, in one statement; nothing is written.

        :param until: last day that counts, if it comes before the end of the period
        :return: a dictionary for each row of :meth:`_base_query`
        """
        if not agreements:
            return []
        self._flush()
        return self.env.execute_query_dict(
            SQL("SELECT * FROM (%s) AS base", self._base_query(agreements, until=until))
        )
