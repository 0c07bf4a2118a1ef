from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Invoices and credit notes that come or go have their settled periods compared again."""

    _inherit = "account.move"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        posted = self.filtered(lambda move: move.state == "posted")
        result = super().write(vals)
        changed = posted if vals["state"] != "posted" else self - posted
        changed._mark_channel_sales()
        return result

    def _get_channel_sales(self):
        """Return the sell-in among these documents, by the customer's role of today."""
        # Elevated: roles and statements are looked at for whoever posts.
        return self.sudo().filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_refund")
                and move.commercial_partner_id.channel_role
                and not move.channel_statement_id
            )
        )

    def _mark_channel_sales(self):
        """Have the settled periods compared again that these documents may belong to.

        From the day of the document on, or from that of the sale which it takes back. Where goods
        of an order line came back, each of its invoices decides of which one they are.
        """
        moves = self._get_channel_sales()
        if not moves:
            return
        days = SQL(
            """
            SELECT move.company_id, move.partner_id,
                   LEAST(move.day, origin.invoice_date, sold.day) AS day
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[], %s::int[])
                       AS move(id, company_id, partner_id, day, origin_id)
         LEFT JOIN account_move AS origin ON origin.id = move.origin_id
    LEFT JOIN LATERAL (
                   SELECT MIN(other.invoice_date) AS day
                     FROM account_move_line AS line
                     JOIN sale_order_line_invoice_rel AS link ON link.invoice_line_id = line.id
                     JOIN sale_order_line_invoice_rel AS twin
                       ON twin.order_line_id = link.order_line_id
                     JOIN account_move_line AS other_line ON other_line.id = twin.invoice_line_id
                     JOIN account_move AS other ON other.id = other_line.move_id
                    WHERE line.move_id = move.id
                   HAVING BOOL_OR(other.move_type = 'out_refund' OR other_line.quantity < 0)
                   ) AS sold ON true
            """,
            moves.ids,
            [move.company_id.id for move in moves],
            [move.commercial_partner_id.id for move in moves],
            [move.invoice_date for move in moves],
            [move.reversed_entry_id.id or None for move in moves],
        )
        self.env["channel.period.check"]._mark_settled(days)
