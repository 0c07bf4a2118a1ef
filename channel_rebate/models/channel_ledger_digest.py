from odoo import api, models
from odoo.tools import SQL

from .channel_statement_pack import DIGESTED

# What tells sales apart and what of them counts: column by the hash function of its type.
HASHED = {
    "move_line_id": "hashint4extended",
    "order_line_id": "hashint4extended",
    "base_quantity": "hash_numeric_extended",
    "base_amount": "hash_numeric_extended",
    "base_company_amount": "hash_numeric_extended",
}


class ChannelLedger(models.AbstractModel):
    """Has the ledger moved since a run was computed? Asked once more before rates are revealed.

    Compared line by line, because another invoice of the same amount is another sale; but by sums
    of their hashes, one for each partner. So the million lines that were written down need not be
    read again. It takes PostgreSQL's own 64-bit hashes: whoever can change sales may change them,
    and gains nothing by doing so unnoticed.
    """

    _inherit = "channel.ledger"

    @api.model
    def _find_moved(self, settlement, agreements):
        """Return the statements whose sales are no longer those that the run was computed from."""
        self._flush()
        self._flush_statements()
        self._lay_out_live(agreements, settlement)
        self._lay_out_sales(agreements, settlement.cutoff_date, DIGESTED)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT own.id
                  FROM counting_live AS own
             LEFT JOIN (%(digests)s) AS fresh ON fresh.partner_id = own.partner_id
                 WHERE own.is_own
                   AND own.sales_digest IS DISTINCT FROM COALESCE(fresh.digest, 0)::text
                """,
                digests=self._digests_query(),
            )
        )
        return settlement.statement_ids.browse(statement_id for (statement_id,) in rows)

    @api.model
    def _digests_query(self):
        """Return the SQL of a sum of hashes by partner: of the sales that count, and of what is
        settled already, which a correction is a difference to.

        A pack's digest is the sum of those of its sales. What is the same for them all comes in
        here, once for all packs of a product and tax set: how sales were packed changes nothing.
        """
        return SQL(
            """
            SELECT partner_id, SUM(digest) AS digest
              FROM (SELECT partner_id, hash_numeric_extended(SUM(digest), hashtextextended(tax_key,
                               hashint4extended(product_id,
                                   hashint4extended(agreement_line_id, 0)))) AS digest
                      FROM (%s) AS pack
                     WHERE is_counted
                  GROUP BY partner_id, agreement_line_id, product_id, tax_key
                     UNION ALL
                    SELECT partner_id, hashint4extended(id, 0) FROM counting_live
                     WHERE NOT is_own) AS hashed
          GROUP BY partner_id
            """,
            self._packs_query(DIGESTED),
        )

    @api.model
    def _hashed(self):
        """Return SQL for the hash of a ``sale``: that of each column is the seed of the next."""
        hashed = SQL("0")
        for column, function in HASHED.items():
            value = SQL.identifier("sale", column)
            if function == "hashint4extended":  # an id, which may be missing
                value = SQL("COALESCE(%s, 0)", value)
            hashed = SQL("%s(%s, %s)", SQL(function), value, hashed)
        return hashed
