from odoo import api, models
from odoo.tools import SQL

from .channel_statement_pack import ARRAYS, WHOLE


class ChannelLedger(models.AbstractModel):
    """Plain sales: invoice lines that nothing has to be found out about, which are nearly all.

    What they have in common with their document is found out once for each document. Documents
    of one party and agreement, paid or not, are a batch: their lines of a product are judged alike
    and make a pack.

    Tables that this file gives to the others: ``counting_plain``, a row a document, and
    ``counting_batch``.
    """

    _inherit = "channel.ledger"

    @api.model
    def _plain_tables(self, until, contents):
        return {
            "counting_plain": self._plain_documents_query(until),
            "counting_batch": SQL(
                """
                SELECT DISTINCT batch_id AS id, party_id, agreement_id, is_unpaid
                  FROM counting_plain
                """
            ),
            **self._packed_tables(
                "counting_invoiced",
                SQL("account_move_line_account_tax_rel"),
                SQL("account_move_line_id"),
                lambda taxes, join: self._packed_lines_query(contents, taxes, join),
            ),
        }

    @api.model
    def _plain_documents_query(self, until):
        """Return the documents that reverse no other, with how their amounts are to be read."""
        return SQL(
            """
            SELECT DENSE_RANK() OVER (ORDER BY sold.party_id, sold.agreement_id, unpaid.is_unpaid
                   )::int AS batch_id, sold.party_id, sold.agreement_id, unpaid.is_unpaid,
                   sold.move_id, sold.move_type, sold.document::varchar, sold.document_date,
                   %(rates)s
              FROM counting_document AS sold
         LEFT JOIN counting_unpaid AS due ON due.move_id = sold.move_id AND sold.basis = 'paid'
        CROSS JOIN LATERAL (SELECT due.move_id IS NOT NULL AS is_unpaid) AS unpaid
             WHERE sold.origin_id IS NULL
               AND sold.date <= LEAST(sold.date_to, %(until)s::date)
            """,
            rates=self._document_rates(),
            until=until,
        )

    @api.model
    def _packed_lines_query(self, contents, taxes, join):
        """Return the packs of the lines of plain documents, but for those that take back.

        Taxes are sorted and grouped as numbers, where there is one at most.
        """
        return SQL(
            """
            SELECT batch_id, product_id, COALESCE(taxes::text, '') AS tax_key, is_downpayment,
                   %(packed)s
              FROM (SELECT move.batch_id, line.product_id, %(taxes)s AS taxes,
                           line.is_downpayment IS TRUE AS is_downpayment, line.id AS move_line_id,
                           move.document, move.document_date, move.is_company_currency,
                           COALESCE(%(quantity)s, 0) AS quantity,
                           %(amount)s AS amount, -line.balance AS company_amount
                      FROM counting_plain AS move
                      %(lines)s
                      %(join)s
                     WHERE CASE move.move_type WHEN 'out_refund' THEN line.quantity > 0
                           ELSE line.quantity < 0 END IS NOT TRUE
                           %(order)s) AS sale
          GROUP BY batch_id, product_id, taxes, is_downpayment
            """,
            packed=self._packed_plain(contents),
            # Has them sorted by several processes, and each column reckoned once. For sums alone
            # there is a shorter way.
            order=SQL("ORDER BY batch_id, product_id, taxes, is_downpayment OFFSET 0")
            if contents is WHOLE
            else SQL(),
            taxes=taxes,
            amount=self._by_document_rates(SQL("-line.amount_currency"), SQL("-line.balance")),
            quantity=self._sell_in_quantity(),
            lines=self._counting_lines(),
            join=join,
        )

    @api.model
    def _packed_plain(self, contents):
        """Return the columns of a pack as :meth:`_packed` does, where everything is as usual."""
        columns = {
            "base_quantity": SQL("SUM(quantity)"),
            "base_amount": SQL("SUM(amount)"),
            "base_company_amount": SQL("SUM(company_amount)"),
            "digest": SQL("SUM(%s)", self._hashed_plain()),
            **{name: SQL("NULL::%s", SQL(array.kind)) for name, array in ARRAYS.items()},
            "move_line_ids": SQL("ARRAY_AGG(move_line_id)"),
            "documents": SQL("ARRAY_AGG(document)"),
            "document_dates": SQL("ARRAY_AGG(document_date)"),
            "quantities": SQL("ARRAY_AGG(quantity)"),
            "amounts": SQL("ARRAY_AGG(amount)"),
            "base_company_amounts": SQL(
                "ARRAY_AGG(company_amount) FILTER (WHERE NOT is_company_currency)"
            ),
        }
        return self._named({name: columns[name] for name in contents})

    @api.model
    def _hashed_plain(self):
        """Return SQL for the hash of a row, in which equal columns are looked at once."""
        hashed = SQL("hash_numeric_extended(quantity, hashint4extended(move_line_id, 0))")
        return SQL(
            """hash_numeric_extended(amount, CASE WHEN is_company_currency THEN %(hashed)s
                   ELSE hash_numeric_extended(company_amount, %(hashed)s) END)""",
            hashed=hashed,
        )

    @api.model
    def _invoiced_packs_query(self, columns):
        """Return the plain packs with what a verdict needs, and some of its columns."""
        return SQL(
            """
            SELECT party.partner_id, batch.agreement_id, line.product_id, line.tax_key,
                   false AS is_elsewhere, batch.is_unpaid, %(flaw)s AS flaw, %(columns)s
              FROM (%(packs)s) AS line
              JOIN counting_batch AS batch ON batch.id = line.batch_id
              JOIN counting_party AS party ON party.id = batch.party_id
         LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
            """,
            flaw=self._line_flaw(),
            columns=columns,
            packs=self._packs_of("counting_invoiced"),
        )
