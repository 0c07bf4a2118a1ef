from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Dealers' sales: the lines of invoices and credit notes that may count in a period."""

    _inherit = "channel.ledger"

    @api.model
    def _sell_in_tables(self, cutoff):
        """Return the tables of documents, of what takes something back, and what is unpaid."""
        return {
            "counting_document": self._documents_query(),
            "counting_returning": self._returning_query(),
            **self._return_tables(),
            "counting_unpaid": self._unpaid_query(cutoff),
        }

    @api.model
    def _documents_query(self):
        """Return the documents from the beginning of the period on, and earlier reversals.

        What is dated after the period may take back a sale of it. The agreement that applies on
        the day is looked up here, for each document and not for each line.
        """
        return SQL(
            """
            SELECT document.*, agreement.id AS agreement_id, agreement.basis
              FROM (%(later)s UNION ALL %(earlier)s) AS document
              %(version)s
            """,
            later=self._period_documents_query(),
            earlier=self._earlier_reversals_query(),
            version=self._version(SQL("document")),
        )

    @api.model
    def _document_columns(self):
        return SQL(
            """party.id AS party_id, party.partner_id, party.company_id, party.date_from,
               party.date_to, party.currency_id AS agreement_currency_id,
               party.company_currency_id, party.root_company_id, move.id AS move_id,
               move.move_type, move.currency_id, move.name AS document,
               move.invoice_date AS document_date,
               origin.id AS origin_id, COALESCE(origin.invoice_date, move.invoice_date) AS date,
               CASE WHEN origin.currency_id = move.currency_id
                    THEN origin.invoice_currency_rate END AS sale_rate"""
        )

    @api.model
    def _period_documents_query(self):
        return SQL(
            """
            SELECT %(columns)s
              FROM counting_party AS party
              JOIN account_move AS move
                ON move.commercial_partner_id = party.partner_id
               AND move.company_id = party.company_id
               AND move.invoice_date >= party.date_from
         LEFT JOIN account_move AS origin ON %(is_origin)s
             WHERE party.role = 'dealer' AND %(condition)s
               AND (origin.id IS NULL
                    OR origin.invoice_date BETWEEN party.date_from AND party.date_to)
            """,
            columns=self._document_columns(),
            is_origin=self._is_origin(),
            condition=self._invoice_condition(),
        )

    @api.model
    def _earlier_reversals_query(self):
        return SQL(
            """
            SELECT %(columns)s
              FROM counting_party AS party
              JOIN account_move AS origin
                ON origin.commercial_partner_id = party.partner_id
               AND origin.company_id = party.company_id
               AND origin.invoice_date BETWEEN party.date_from AND party.date_to
              JOIN account_move AS move ON %(is_origin)s
             WHERE party.role = 'dealer' AND move.invoice_date < party.date_from AND %(condition)s
            """,
            columns=self._document_columns(),
            is_origin=self._is_origin(),
            condition=self._invoice_condition(),
        )

    @api.model
    def _is_origin(self):
        """Return the condition that ``origin`` is the partner's sale that ``move`` takes back."""
        return SQL(
            """
            origin.id = move.reversed_entry_id
            AND move.move_type = 'out_refund'
            AND origin.move_type = 'out_invoice'
            AND origin.state = 'posted'
            AND origin.commercial_partner_id = move.commercial_partner_id
            AND origin.company_id = move.company_id
            """
        )

    @api.model
    def _returning_query(self):
        """Return the lines that may take something back: of reversals, and negative ones.

        ``origin_id`` and ``date`` are those of the invoice that the document reverses, if it is
        one of the partner's; else ``sale_line_id`` is the order line of what came back, to look
        for its sale.
        """
        # Each looked up by itself, before anything is joined with it.
        own_lines = """(
            SELECT own.*
              FROM (SELECT DISTINCT move_id FROM counting_document
                     WHERE move_type = 'out_refund') AS refund
        CROSS JOIN LATERAL (SELECT * FROM account_move_line
                             WHERE move_id = refund.move_id OFFSET 0) AS own
            OFFSET 0)"""
        return SQL(
            "%s UNION ALL %s",
            # Few documents: their lines are looked up, document by document.
            self._returning_lines_query(
                SQL(own_lines),
                SQL(
                    """move.move_type = 'out_refund'
                       AND (line.quantity > 0
                            OR (move.origin_id IS NOT NULL AND move.date <= move.date_to))"""
                ),
            ),
            # Hardly any line: found without a look at its document.
            self._returning_lines_query(
                SQL("account_move_line"),
                SQL("line.quantity < 0 AND move.move_type != 'out_refund'"),
            ),
        )

    @api.model
    def _returning_lines_query(self, lines, condition):
        quantity = self._sell_in_quantity()
        return SQL(
            """
            SELECT move.*, line.id AS line_id, line.product_id,
                   COALESCE(%(quantity)s, 0) AS quantity, -line.amount_currency AS amount,
                   -line.balance AS company_amount, %(flaw)s AS flaw,
                   CASE WHEN move.origin_id IS NULL AND %(quantity)s < 0
                        THEN %(sale_line)s END AS sale_line_id
              FROM counting_document AS move
              %(lines)s
             WHERE %(condition)s
            """,
            quantity=quantity,
            flaw=self._line_flaw(),
            sale_line=self._sale_line(),
            lines=self._counting_lines(lines),
            condition=condition,
        )

    @api.model
    def _counting_lines(self, lines=None):
        """Return the joins from a document (``move``) to its lines, with what their units need.

        :param SQL lines: where to take them from, if it is not simply their table
        """
        return SQL(
            """
              JOIN %s AS line
                ON line.move_id = move.move_id AND line.display_type = 'product'
         LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
         LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
            """,
            lines or SQL("account_move_line"),
        )

    @api.model
    def _line_flaw(self):
        return SQL(
            """CASE WHEN line.is_downpayment THEN 'down_payment'
                    WHEN line.product_id IS NULL THEN 'no_product' ELSE product_unit.flaw END"""
        )

    @api.model
    def _sale_line(self):
        """Return SQL for the order line of an invoice line: Odoo makes each from one."""
        return SQL(
            """(SELECT MIN(rel.order_line_id) FROM sale_order_line_invoice_rel AS rel
                 WHERE rel.invoice_line_id = line.id)"""
        )

    @api.model
    def _taken_back_query(self):
        """Return a row of ``sale`` for each part of ``counting_returning``.

        A return is worth in company currency what it was worth on the day of its sale, so that
        a sale that came back entirely leaves nothing.
        """
        return SQL(
            """
            SELECT sold.partner_id, sold.agreement_id, sold.product_id, sold.tax_key,
                   false AS is_elsewhere, sold.is_unpaid, sold.flaw, sold.line_id AS move_line_id,
                   NULL::int AS order_line_id, sold.document::varchar, sold.document_date,
                   sold.date, sold.quantity, %(amount)s AS amount,
                   sold.quantity AS base_quantity, %(amount)s AS base_amount,
                   sold.company_amount AS base_company_amount
              FROM (SELECT part.partner_id, agreement.id AS agreement_id,
                           part.agreement_currency_id, part.company_currency_id,
                           part.root_company_id, part.line_id, part.document, part.document_date,
                           part.date, part.product_id, %(tax_key)s AS tax_key, part.currency_id,
                           unpaid.move_id IS NOT NULL AS is_unpaid, part.flaw,
                           part.quantity * part.share AS quantity,
                           part.amount * part.share AS amount,
                           COALESCE(%(at_sale)s, part.company_amount) * part.share
                               AS company_amount
                      FROM (%(parts)s) AS part
                      %(version)s
                      JOIN res_currency AS currency ON currency.id = part.company_currency_id
                 LEFT JOIN counting_unpaid AS unpaid
                        ON unpaid.move_id = part.sale_move_id AND agreement.basis = 'paid'
                     WHERE part.date BETWEEN part.date_from AND part.date_to) AS sold
            """,
            amount=self._in_agreement_currency(SQL("sold.amount"), SQL("sold.company_amount")),
            parts=self._parts_query(),
            version=self._version(SQL("part")),
            tax_key=self._move_line_tax_key(SQL("part.line_id")),
            at_sale=self._round(SQL("part.amount / NULLIF(part.sale_rate, 0)"), SQL("currency")),
        )

    @api.model
    def _move_line_tax_key(self, line):
        relation = SQL("account_move_line_account_tax_rel")
        return self._tax_key(relation, SQL("account_move_line_id"), line)

    @api.model
    def _tax_key(self, relation, column, line):
        """Return SQL for the taxes of a line, as sorted ids separated by commas."""
        return SQL(
            """array_to_string(ARRAY(SELECT rel.account_tax_id FROM %(relation)s AS rel
                                      WHERE rel.%(column)s = %(line)s
                                   ORDER BY rel.account_tax_id), ',')""",
            relation=relation,
            column=column,
            line=line,
        )
