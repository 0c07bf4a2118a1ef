from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.vault import LostKeyError, VaultError


class ChannelTokenMixin(models.AbstractModel):
    """Rows whose column ``token`` is encrypted with the key of the sealed rates.

    What a key has sealed is carried over to another one without a look at what it means: the
    bytes within stay the same. A heir is listed in :mod:`rotation`.
    """

    _name = "channel.token.mixin"
    _description = "Encrypted Column"

    # The column that a token is bound to: copied to another row it does not open.
    _sealed_to = "id"

    @api.model
    def _token_context_of(self, owner_id):
        return f"{self._name},{owner_id}"

    @api.model
    def _open_all_tokens(self, vault):
        """Return ``{row id: (token, context, bytes)}`` of all rows whose key is at hand.

        :raise UserError: a token is damaged (named)
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s, token FROM %s WHERE token != '' ORDER BY id",
                SQL.identifier(self._sealed_to),
                SQL.identifier(self._table),
            )
        )
        opened = {}
        for row_id, owner_id, token in rows:
            context = self._token_context_of(owner_id)
            try:
                opened[row_id] = token, context, vault.unseal(token, context)
            except LostKeyError:
                continue
            except VaultError:
                raise UserError(self._explain_damage(row_id)) from None
        return opened

    @api.model
    def _explain_damage(self, row_id):
        return self.env._(
            "Nothing was done: row %(row)s of %(model)s was changed in the database, or sealed "
            "with an unknown key. Restore it from your backup.",
            row=row_id,
            model=self._table,
        )

    @api.model
    def _seal_all_tokens(self, opened, vault):
        """Encrypt what :meth:`_open_all_tokens` returned with the key of ``vault``, in one go."""
        self.env.execute_query(
            SQL(
                """UPDATE %s AS row SET token = data.token
                     FROM unnest(%s::int[], %s::text[]) AS data(id, token)
                    WHERE row.id = data.id RETURNING row.id""",
                SQL.identifier(self._table),
                list(opened),
                [vault.seal(payload, context) for _old, context, payload in opened.values()],
            )
        )
        self.invalidate_model()

    @api.model
    def _changed_tokens_query(self, opened):
        """Return the SQL of the rows whose token is not the one in ``opened``, lost ones aside."""
        return SQL(
            """SELECT row.id
                 FROM %s AS row
            LEFT JOIN unnest(%s::int[], %s::text[]) AS data(id, token) ON data.id = row.id
                WHERE row.token != '' AND row.token IS DISTINCT FROM data.token
                  AND NOT split_part(row.token, ':', 2) = ANY(%s)
                LIMIT 1""",
            SQL.identifier(self._table),
            list(opened),
            [token for token, _context, _payload in opened.values()],
            list(self.env["channel.key.event"]._get_lost_ids()),
        )

    @api.model
    def _count_tokens(self):
        """Return how many rows are encrypted, by the id of the key."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT split_part(token, ':', 2), COUNT(*) FROM %s
                        WHERE token != '' GROUP BY 1""",
                    SQL.identifier(self._table),
                )
            )
        )
