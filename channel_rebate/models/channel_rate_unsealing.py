from odoo import api, models
from odoo.tools import SQL


class ChannelRate(models.Model):
    """The way in for sealing and settlement: the secrets of many lines, without a record of each.

    Whoever is refused by :meth:`_open_tokens` is refused here.
    """

    _inherit = "channel.rate"

    @api.model
    def _unseal_lines(self, lines, way="rates", *, skip_locked=False):
        """Return ``{agreement line id: Secret}``; the way in for sealing and settlement.

        :param str way: what the reveal log calls this look
        :raise AccessError, UserError: as :meth:`_unseal_many`, and if the key of one is lost
        """
        return self._unseal_found([("line_id", "in", lines.ids)], way, skip_locked)

    @api.model
    def _unseal_agreements(self, agreements, way="rates"):
        """Return the secrets of all lines of agreements; see :meth:`_unseal_lines`."""
        return self._unseal_found([("agreement_id", "in", agreements.ids)], way)

    @api.model
    def _unseal_found(self, domain, way, skip_locked=False):
        """Unseal what the caller finds, in one query and without a record of each rate."""
        if not self._is_holder():
            raise self._make_holder_error()
        token = SQL(
            "CASE WHEN token != '' AND NOT (%s) THEN token END",
            self._forgotten(SQL.identifier(self._table)),
        )
        names = ("id", "line_id", "agreement_id", "is_entered")
        *columns, is_entered = (SQL.identifier(self._table, name) for name in names)
        rows = self.env.execute_query(self._search(domain).select(*columns, token, is_entered))
        tokens = [row[:4] for row in rows if row[3]]
        secrets = self._open_tokens(tokens, way, skip_locked) if tokens else {}
        unread = [row[0] for row in rows if row[4] and row[0] not in secrets]
        self.browse(unread)._check_not_lost()
        return {row[1]: secrets[row[0]] for row in rows if row[0] in secrets}
