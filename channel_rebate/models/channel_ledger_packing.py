from odoo import api, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS

# What packs have of their sales, and what a sale has of them.
PACKED = {
    "move_line_ids": "move_line_id",
    "order_line_ids": "order_line_id",
    "documents": "document",
    "document_dates": "document_date",
    "dates": "date",
    "quantities": "quantity",
    "amounts": "amount",
    "base_quantities": "base_quantity",
    "base_amounts": "base_amount",
    "base_company_amounts": "base_company_amount",
}
# Written down only where it differs from what it usually is.
USUAL = {
    "dates": "document_date",
    "base_quantities": "quantity",
    "base_amounts": "amount",
    "base_company_amounts": "amount",
}
SUMS = ("base_quantity", "base_amount", "base_company_amount")


class ChannelLedger(models.AbstractModel):
    """Sales in packs: many in a row that are judged alike, with what they add up to.

    A verdict hangs on the agreement, the product and a few facts more, of which there are
    thousands, not on each of a million sales. So sales are packed first, and packs are judged.

    Table that this file gives to the others: ``counting_other_pack``, of sales that something has
    to be found out about; those of the others are in :meth:`_plain_packs`.
    """

    _inherit = "channel.ledger"

    @api.model
    def _counting_query(self):
        """Return the SQL of the sales that are laid out, counted or not.

        A row is a document line, or the part of a return that belongs to one of several sales:
        ``partner_id, agreement_line_id, move_line_id, order_line_id, document, document_date,
        date, product_id, tax_key, is_counted, reason``, and:

        * ``quantity, amount``: what the document says, in the product's unit and in the
          agreement's currency, net of tax
        * ``base_quantity, base_amount, base_company_amount``: what of it counts, the last in
          company currency; zero if the row does not count

        Amounts are not rounded: that is done once, over a sum.
        """
        return SQL(
            """
            SELECT pack.partner_id, pack.agreement_line_id, pack.product_id, pack.tax_key,
                   pack.is_counted, pack.reason, %(columns)s
              FROM (%(packs)s) AS pack
              %(sales)s
            """,
            columns=self._unpacked_columns(),
            packs=self._packs_query(is_kept=True),
            sales=self._unpacked(),
        )

    @api.model
    def _unpacked(self):
        """Return the join from a ``pack`` to each ``sale`` in it, with its ``place``."""
        return SQL(
            """CROSS JOIN LATERAL unnest(%(arrays)s) WITH ORDINALITY AS sale(%(columns)s, place)""",
            arrays=SQL(", ").join(SQL.identifier("pack", name) for name in ARRAYS),
            columns=SQL(", ").join(SQL.identifier(PACKED[name]) for name in ARRAYS),
        )

    @api.model
    def _unpacked_columns(self):
        """Return what a ``sale`` says, with what is usual and not written down."""
        columns = []
        for array, name in PACKED.items():
            column = SQL.identifier("sale", name)
            if usual := USUAL.get(array):
                column = SQL("COALESCE(%s, %s)", column, SQL.identifier("sale", usual))
            if name in SUMS:
                column = SQL("CASE WHEN pack.is_counted THEN %s ELSE 0 END", column)
            columns.append(SQL("%s AS %s", column, SQL.identifier(name)))
        return SQL(", ").join(columns)

    @api.model
    def _packed(self, is_kept):
        """Return the columns of a pack of rows of ``sale``: sums, a digest, and the sales."""
        columns = {
            **{name: SQL("SUM(%s)", SQL.identifier("sale", name)) for name in SUMS},
            "digest": SQL("SUM(%s)", self._hashed()),
        }
        if is_kept:
            columns |= {array: self._packed_array(array) for array in ARRAYS}
        return self._named(columns)

    @api.model
    def _named(self, columns):
        return SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()
        )

    @api.model
    def _packed_array(self, array):
        column = SQL.identifier("sale", PACKED[array])
        packed = SQL("ARRAY_AGG(%s)", column)
        if usual := USUAL.get(array):
            return SQL(
                "CASE WHEN BOOL_OR(%s IS DISTINCT FROM %s) THEN %s END",
                column,
                SQL.identifier("sale", usual),
                packed,
            )
        if array in ("move_line_ids", "order_line_ids"):
            return SQL("CASE WHEN COUNT(%s) > 0 THEN %s END", column, packed)
        return packed

    @api.model
    def _other_packs_query(self, until, is_kept):
        """Return the packs of returns and of sell-out."""
        keys = SQL(
            """sale.partner_id, sale.agreement_id, sale.product_id, sale.tax_key,
               sale.is_elsewhere, sale.is_unpaid, sale.flaw"""
        )
        return SQL(
            """
            SELECT %(keys)s, %(packed)s
              FROM (%(taken_back)s UNION ALL %(sold_out)s) AS sale
             WHERE sale.date <= COALESCE(%(until)s::date, 'infinity')
          GROUP BY %(keys)s
            """,
            keys=keys,
            packed=self._packed(is_kept),
            taken_back=self._taken_back_query(),
            sold_out=self._sold_out_query(),
            until=until,
        )

    @api.model
    def _packs_query(self, is_kept=False):
        """Return the SQL of the packs that are laid out, with the verdict on each.

        ``partner_id, agreement_id, agreement_line_id, product_id, tax_key, is_counted, reason``,
        sums of what counts, ``digest`` and, if they are kept, the arrays of
        ``channel.statement.pack``.
        """
        columns = SQL(", ").join(
            SQL.identifier(name) for name in (*SUMS, "digest", *(ARRAYS if is_kept else ()))
        )
        return SQL(
            """
            SELECT judged.*, judged.reason IS NULL
                   OR judged.reason IN ('no_sale', 'unavailable') AS is_counted
              FROM (SELECT pack.*, covering.agreement_line_id,
                           CASE WHEN pack.flaw NOT IN ('no_sale', 'unavailable') THEN pack.flaw
                                WHEN pack.agreement_id IS NULL THEN 'no_agreement'
                                WHEN pack.is_elsewhere THEN 'other_dealer'
                                WHEN covering.agreement_line_id IS NULL THEN 'not_covered'
                                WHEN pack.is_unpaid THEN 'unpaid'
                                ELSE pack.flaw END AS reason
                      FROM (%(plain)s UNION ALL
                            SELECT partner_id, agreement_id, product_id, tax_key, is_elsewhere,
                                   is_unpaid, flaw, %(columns)s
                              FROM counting_other_pack) AS pack
                 LEFT JOIN counting_covering AS covering
                        ON covering.agreement_id = pack.agreement_id
                       AND covering.product_id = pack.product_id) AS judged
            """,
            plain=self._plain_packs_query(columns),
            columns=columns,
        )
