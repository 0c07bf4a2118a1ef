from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Dealers' sales: the lines of invoices and credit notes that may count in a period."""

    _inherit = "channel.ledger"

    @api.model
    def _sell_in_tables(self):
        """Return the tables ``document``, ``invoiced`` and those of returns.

        ``invoiced`` has a row a line of a document that may count in the period. ``origin_id`` and
        ``date`` are those of the invoice that the document reverses, if it is one of the partner's;
        else ``sale_line_id`` is the order line of what came back, to look for its sale.
        """
        return SQL(
            """
            document AS MATERIALIZED (
                %(documents)s
            ), invoiced AS MATERIALIZED (
                %(lines)s
            ), %(returns)s
            """,
            documents=self._documents_query(),
            lines=self._invoiced_query(),
            returns=self._return_tables(),
        )

    @api.model
    def _documents_query(self):
        """Return the documents from the beginning of the period on, and earlier reversals.

        What is dated after the period may take back a sale of it.
        """
        return SQL(
            """
            SELECT party.partner_id, party.period_id, party.company_id, party.date_from,
                   party.date_to, move.id AS move_id, move.invoice_date AS document_date,
                   origin.id AS origin_id, COALESCE(origin.invoice_date, move.invoice_date) AS date,
                   CASE WHEN origin.currency_id = move.currency_id
                        THEN origin.invoice_currency_rate END AS sale_rate
              FROM party
              JOIN account_move AS move
                ON move.commercial_partner_id = party.partner_id
               AND move.company_id = party.company_id
               AND move.invoice_date >= party.date_from
         LEFT JOIN account_move AS origin ON %(is_origin)s
             WHERE party.role = 'dealer' AND %(condition)s
               AND (origin.id IS NULL
                    OR origin.invoice_date BETWEEN party.date_from AND party.date_to)
            UNION ALL
            SELECT party.partner_id, party.period_id, party.company_id, party.date_from,
                   party.date_to, move.id, move.invoice_date, origin.id, origin.invoice_date,
                   CASE WHEN origin.currency_id = move.currency_id
                        THEN origin.invoice_currency_rate END
              FROM party
              JOIN account_move AS origin
                ON origin.commercial_partner_id = party.partner_id
               AND origin.company_id = party.company_id
               AND origin.invoice_date BETWEEN party.date_from AND party.date_to
              JOIN account_move AS move ON %(is_origin)s
             WHERE party.role = 'dealer' AND move.invoice_date < party.date_from AND %(condition)s
            """,
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
    def _invoiced_query(self):
        quantity = self._sell_in_quantity()
        return SQL(
            """
            SELECT document.*, line.id AS line_id, line.product_id, line.currency_id,
                   move.name AS document, company.currency_id AS company_currency_id,
                   COALESCE(%(quantity)s, 0) AS quantity, -line.amount_currency AS amount,
                   -line.balance AS company_amount,
                   CASE WHEN line.is_downpayment THEN 'down_payment'
                        WHEN line.product_id IS NULL THEN 'no_product'
                        WHEN template.type IN ('service', 'combo') THEN 'service' END AS flaw,
                   CASE WHEN document.origin_id IS NULL AND %(quantity)s < 0
                        THEN %(sale_line)s END AS sale_line_id
              FROM document
              JOIN account_move AS move ON move.id = document.move_id
              JOIN res_company AS company ON company.id = move.company_id
              JOIN account_move_line AS line ON line.move_id = move.id
         LEFT JOIN product_product AS product ON product.id = line.product_id
         LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
         LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
         LEFT JOIN uom_uom AS product_unit ON product_unit.id = template.uom_id
             WHERE line.display_type = 'product'
               AND (document.date <= document.date_to OR %(quantity)s < 0)
            """,
            quantity=quantity,
            sale_line=self._sale_line(),
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
        """Return the rows of ``sold`` for sell-in.

        A return is worth in company currency what it was worth on the day of its sale, so that
        a sale that came back entirely leaves nothing.
        """
        return SQL(
            """
            SELECT part.partner_id, part.period_id, NULL::int AS dealer_id,
                   part.line_id AS move_line_id, NULL::int AS order_line_id, part.sale_move_id,
                   part.document::varchar, part.document_date, part.date, part.product_id,
                   %(tax_key)s AS tax_key, part.currency_id,
                   part.quantity * part.share AS quantity, part.amount * part.share AS amount,
                   worth.company_amount * part.share AS company_amount,
                   part.amount * part.share AS base_amount,
                   worth.company_amount * part.share AS base_company_amount,
                   1::numeric AS share, part.flaw
              FROM (%(parts)s) AS part
              JOIN res_currency AS currency ON currency.id = part.company_currency_id
        CROSS JOIN LATERAL (
                   SELECT COALESCE(%(at_sale)s, part.company_amount) AS company_amount
                   ) AS worth
             WHERE part.date BETWEEN part.date_from AND part.date_to
            """,
            parts=self._parts_query(),
            tax_key=self._tax_key(
                SQL("account_move_line_account_tax_rel"),
                SQL("account_move_line_id"),
                SQL("part.line_id"),
            ),
            at_sale=self._round(SQL("part.amount / NULLIF(part.sale_rate, 0)"), SQL("currency")),
        )

    @api.model
    def _tax_key(self, relation, column, line):
        """Return SQL for the taxes of a line, as sorted ids separated by commas."""
        return SQL(
            """COALESCE((SELECT string_agg(rel.account_tax_id::text, ','
                                           ORDER BY rel.account_tax_id)
                           FROM %(relation)s AS rel WHERE rel.%(column)s = %(line)s), '')""",
            relation=relation,
            column=column,
            line=line,
        )
