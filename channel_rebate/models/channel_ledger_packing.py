from odoo import api, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS, SUMS, WHOLE


class ChannelLedger(models.AbstractModel):
    """Sales in packs: many in a row that are judged alike, with what they add up to.

    A verdict hangs on the agreement, the product and a few facts more, of which there are
    thousands, not on each of a million sales. So sales are packed first, and packs are judged.
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
        pack = self.env["channel.statement.pack"]
        return SQL(
            """
            SELECT pack.partner_id, pack.agreement_line_id, pack.product_id, pack.tax_key,
                   pack.is_counted, pack.reason, %(columns)s
              FROM (%(packs)s) AS pack
              %(sales)s
            """,
            columns=pack._unpacked_columns(),
            packs=self._packs_query(WHOLE),
            sales=pack._unpacked(),
        )

    @api.model
    def _packed(self, contents):
        """Return the columns of a pack of rows of ``sale``: sums, a digest, and the sales.

        :param contents: which of them
        """
        columns = {
            **{name: SQL("SUM(%s)", SQL.identifier("sale", name)) for name in SUMS},
            "digest": SQL("SUM(%s)", self._hashed()),
            **{array: self._packed_array(array) for array in ARRAYS},
        }
        return self._named({name: columns[name] for name in contents})

    @api.model
    def _counted_columns(self, name):
        """Of packs only what they are found by: to look into their arrays takes long."""
        if name == "counting_taken_back":
            return SQL("(partner_id, agreement_id, product_id)")
        if name.endswith(("_by_tax", "_again")):
            return SQL("(batch_id, product_id)")
        return super()._counted_columns(name)

    @api.model
    def _named(self, columns):
        return SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()
        )

    @api.model
    def _packed_array(self, name):
        array = ARRAYS[name]
        column = SQL.identifier("sale", array.sale)
        packed = SQL("ARRAY_AGG(%s)", column)
        if array.usual:
            usual = SQL.identifier("sale", ARRAYS[array.usual].sale)
            return SQL(
                "CASE WHEN BOOL_OR(%s IS DISTINCT FROM %s) THEN %s END", column, usual, packed
            )
        if name in ("move_line_ids", "order_line_ids"):
            return SQL("CASE WHEN COUNT(%s) > 0 THEN %s END", column, packed)
        return packed

    @api.model
    def _packed_tables(self, name, relation, column, packed_query):
        """Return the tables of packs of document lines, which :meth:`_packs_of` reads.

        Joining lines with their taxes is much faster than looking the taxes of each up, but then a
        line with two is there twice. Where a product of a batch has one tax, or none, in all of
        its lines, which is usual, no line has two. The others are mixed, and packed once more.

        :param name: of the tables
        :param SQL relation: of lines with taxes, and ``column`` that of the line in it
        :param packed_query: function of the SQL of a line's tax or taxes and of a join; its rows
            have ``batch_id, product_id, tax_key``
        """
        mixed = SQL.identifier(f"{name}_mixed")
        return {
            f"{name}_by_tax": packed_query(
                SQL("rel.account_tax_id"),
                SQL("LEFT JOIN %s AS rel ON rel.%s = line.id", relation, column),
            ),
            f"{name}_mixed": SQL(
                """
                SELECT batch_id, COALESCE(product_id, 0) AS product_id
                  FROM %s
              GROUP BY batch_id, COALESCE(product_id, 0)
                HAVING MIN(tax_key) != MAX(tax_key)
                """,
                SQL.identifier(f"{name}_by_tax"),
            ),
            f"{name}_again": packed_query(
                self._tax_key(relation, column, SQL("line.id")),
                SQL(
                    """JOIN %s AS mixed
                         ON mixed.batch_id = move.batch_id
                        AND mixed.product_id = COALESCE(line.product_id, 0)""",
                    mixed,
                ),
            ),
        }

    @api.model
    def _packs_of(self, name):
        """Return the SQL of the packs of :meth:`_packed_tables`."""
        return SQL(
            """
            SELECT * FROM %(by_tax)s AS pack
             WHERE NOT EXISTS (
                   SELECT FROM %(mixed)s AS mixed
                    WHERE mixed.batch_id = pack.batch_id
                      AND mixed.product_id = COALESCE(pack.product_id, 0))
             UNION ALL
            SELECT * FROM %(again)s
            """,
            by_tax=SQL.identifier(f"{name}_by_tax"),
            mixed=SQL.identifier(f"{name}_mixed"),
            again=SQL.identifier(f"{name}_again"),
        )

    @api.model
    def _taken_back_packs_query(self, until, contents):
        """Return the packs of returns."""
        keys = SQL(
            """sale.partner_id, sale.agreement_id, sale.product_id, sale.tax_key,
               sale.is_elsewhere, sale.is_unpaid, sale.flaw"""
        )
        return SQL(
            """
            SELECT %(keys)s, %(packed)s
              FROM (%(taken_back)s
                    OFFSET 0 -- has each column reckoned once, not wherever it is used
                   ) AS sale
             WHERE sale.date <= COALESCE(%(until)s::date, 'infinity')
          GROUP BY %(keys)s
            """,
            keys=keys,
            packed=self._packed(contents),
            taken_back=self._taken_back_query(),
            until=until,
        )

    @api.model
    def _packs_query(self, contents):
        """Return the SQL of the packs that are laid out, with the verdict on each.

        ``partner_id, agreement_id, agreement_line_id, product_id, tax_key, is_counted, reason``
        and ``contents``: sums of what counts, ``digest``, the arrays of ``channel.statement.pack``.
        """
        columns = SQL(", ").join(SQL.identifier(name) for name in contents)
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
                      FROM (%(invoiced)s UNION ALL %(ordered)s UNION ALL
                            SELECT partner_id, agreement_id, product_id, tax_key, is_elsewhere,
                                   is_unpaid, flaw, %(columns)s
                              FROM counting_taken_back) AS pack
                 LEFT JOIN counting_covering AS covering
                        ON covering.agreement_id = pack.agreement_id
                       AND covering.product_id = pack.product_id) AS judged
            """,
            invoiced=self._invoiced_packs_query(columns),
            ordered=self._ordered_packs_query(contents),
            columns=columns,
        )
