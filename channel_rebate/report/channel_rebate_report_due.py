from odoo import api, fields, models
from odoo.tools import SQL


class ChannelRebateReport(models.Model):
    """Who is due what: what statements credit by kind, and what of it is still to be paid.

    Due is what is open on the document, draft or posted, with its tax. Where the document has
    not been made yet, it is the net amount.
    """

    _inherit = "channel.rebate.report"
    _depends = {
        "account.account": ["account_type"],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "amount_residual",
            "amount_residual_currency",
            "balance",
            "move_id",
        ],
    }

    net_amount = fields.Monetary(
        string="Net",
        readonly=True,
        help="What statements credit, without tax; below zero: what is asked back.",
    )
    net_periodic_amount = fields.Monetary(
        string="Periodic", readonly=True, help="Net of periodic settlements."
    )
    net_supplementary_amount = fields.Monetary(
        string="Corrections", readonly=True, help="Net of supplementary settlements."
    )
    net_annual_amount = fields.Monetary(
        string="Year-end", readonly=True, help="Net of year-end settlements."
    )
    carried_amount = fields.Monetary(
        string="Carried over",
        readonly=True,
        help="What net is more than the rebate, or less: deducted for earlier settlements (below "
        "zero), or left for later ones to deduct (above).",
    )
    document_amount = fields.Monetary(
        string="With Tax", readonly=True, help="What the documents come to, tax included."
    )
    paid_amount = fields.Monetary(
        string="Paid", readonly=True, help="Paid out, or set off against invoices."
    )
    due_amount = fields.Monetary(
        string="Still Due",
        readonly=True,
        help="Open on the documents, tax included; below zero: what the partner owes.",
    )
    net_currency_amount = fields.Monetary(
        string="Net in Currency", currency_field="statement_currency_id", readonly=True
    )
    due_currency_amount = fields.Monetary(
        string="Still Due in Currency", currency_field="statement_currency_id", readonly=True
    )

    @api.model
    def _get_columns(self):
        total = SQL("COALESCE(document.total, amount.net)")
        due = SQL("COALESCE(document.due, amount.net)")
        net_of_kind = "CASE WHEN statement.kind = %s THEN amount.net ELSE 0 END"
        return {
            **super()._get_columns(),
            "net_amount": SQL("amount.net"),
            "net_periodic_amount": SQL(net_of_kind, "periodic"),
            "net_supplementary_amount": SQL(net_of_kind, "supplementary"),
            "net_annual_amount": SQL(net_of_kind, "annual"),
            "carried_amount": SQL("amount.carried_in - amount.carried_out"),
            "document_amount": total,
            "paid_amount": SQL("%s - %s", total, due),
            "due_amount": due,
            "net_currency_amount": SQL("COALESCE(statement.net_amount, 0)"),
            "due_currency_amount": SQL("COALESCE(document.due_currency, statement.net_amount, 0)"),
        }

    @api.model
    def _get_joins(self):
        """Add what is open on the document: of all kinds it is on receivables or payables.

        Seen from the partner, as in the statement: a credit to him is more than zero.
        """
        return SQL(
            """%s
             LEFT JOIN LATERAL (
                SELECT -SUM(line.balance) AS total, -SUM(line.amount_residual) AS due,
                       -SUM(line.amount_residual_currency) AS due_currency
                  FROM account_move_line AS line
                  JOIN account_account AS account ON account.id = line.account_id
                   AND account.account_type IN ('asset_receivable', 'liability_payable')
                 WHERE line.move_id = statement.move_id
             ) AS document ON true""",
            super()._get_joins(),
        )
