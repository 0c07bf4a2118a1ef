from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Dealers' sales: the lines of invoices and credit notes that may count in a period."""

    _inherit = "channel.ledger"

    @api.model
    def _sell_in_tables(self):
        """Return the tables ``counting_document``, ``counting_returning`` and those of returns."""
        return {
            "counting_document": self._documents_query(),
            "counting_returning": self._returning_query(),
            **self._return_tables(),
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
               move.move_type, move.name AS document, move.invoice_date AS document_date,
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
        quantity = self._sell_in_quantity()
        return SQL(
            """
            SELECT move.*, line.id AS line_id, line.product_id, line.currency_id,
                   COALESCE(%(quantity)s, 0) AS quantity, -line.amount_currency AS amount,
                   -line.balance AS company_amount, %(flaw)s AS flaw,
                   CASE WHEN move.origin_id IS NULL AND %(quantity)s < 0
                        THEN %(sale_line)s END AS sale_line_id
              FROM counting_document AS move
              %(lines)s
             WHERE (move.origin_id IS NOT NULL AND move.date <= move.date_to)
                OR %(is_negative)s
            """,
            quantity=quantity,
            flaw=self._line_flaw(),
            sale_line=self._sale_line(),
            lines=self._counting_lines(),
            is_negative=self._is_negative(),
        )

    @api.model
    def _counting_lines(self):
        """Return the joins from a document (``move``) to its lines, with what their units need."""
        return SQL(
            """
              JOIN account_move_line AS line
                ON line.move_id = move.move_id AND line.display_type = 'product'
         LEFT JOIN counting_product AS product_unit ON product_unit.id = line.product_id
         LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
            """
        )

    @api.model
    def _is_negative(self):
        """Return the condition of lines that take something back, in the document's own sign."""
        return SQL("line.quantity * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END < 0")

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
    def _sold_in_query(self):
        """Return the rows of ``sold`` for sell-in: plain sales, and what takes something back."""
        return SQL("%s UNION ALL %s", self._plain_query(), self._taken_back_query())

    @api.model
    def _plain_query(self):
        """Return the rows of ``sold`` of lines that nothing has to be found out about."""
        return SQL(
            """
            SELECT move.partner_id, move.agreement_id, move.basis, move.agreement_currency_id,
                   move.company_currency_id, move.root_company_id, false AS is_elsewhere,
                   line.id AS move_line_id, NULL::int AS order_line_id,
                   move.move_id AS sale_move_id, move.document::varchar, move.document_date,
                   move.date, line.product_id, %(tax_key)s AS tax_key, line.currency_id,
                   COALESCE(%(quantity)s, 0) AS quantity, -line.amount_currency AS amount,
                   -line.balance AS company_amount, -line.amount_currency AS base_amount,
                   -line.balance AS base_company_amount, NULL::numeric AS share, %(flaw)s AS flaw
              FROM counting_document AS move
              %(lines)s
             WHERE move.origin_id IS NULL
               AND move.date <= move.date_to
               AND (%(is_negative)s) IS NOT TRUE
            """,
            tax_key=self._move_line_tax_key(SQL("line.id")),
            quantity=self._sell_in_quantity(),
            flaw=self._line_flaw(),
            lines=self._counting_lines(),
            is_negative=self._is_negative(),
        )

    @api.model
    def _taken_back_query(self):
        """Return the rows of ``sold`` of ``counting_returning``.

        A return is worth in company currency what it was worth on the day of its sale, so that
        a sale that came back entirely leaves nothing.
        """
        return SQL(
            """
            SELECT part.partner_id, agreement.id, agreement.basis, part.agreement_currency_id,
                   part.company_currency_id, part.root_company_id, false, part.line_id, NULL::int,
                   part.sale_move_id, part.document::varchar, part.document_date, part.date,
                   part.product_id, %(tax_key)s, part.currency_id,
                   part.quantity * part.share, part.amount * part.share,
                   worth.company_amount * part.share, part.amount * part.share,
                   worth.company_amount * part.share, NULL, part.flaw
              FROM (%(parts)s) AS part
              %(version)s
              JOIN res_currency AS currency ON currency.id = part.company_currency_id
        CROSS JOIN LATERAL (
                   SELECT COALESCE(%(at_sale)s, part.company_amount) AS company_amount
                   ) AS worth
             WHERE part.date BETWEEN part.date_from AND part.date_to
            """,
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
