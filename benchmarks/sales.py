"""Writes sales by SQL: posted invoices and credit notes of dealers, confirmed sell-out orders.

Needs no add-on of ours, so that another one can be measured on the same invoices.
"""

from copies import FIRST, LAST
from invoices import Invoices
from odoo.tools import SQL
from orders import Orders

__all__ = ["FIRST", "LAST", "Sales"]

TABLES = (
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "sale_order",
    "sale_order_line",
    "account_tax_sale_order_line_rel",
)


class Sales(Invoices, Orders):
    """Sales of a quarter to dealers, and of dealers to sub-distributors."""

    def analyze(self):
        """Tell the planner what there is, as autovacuum does on a server that runs for longer."""
        for table in TABLES:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def untax(self):
        """Take the tax of all invoices, credit notes and orders away again, in balance."""
        self.untax_invoices()
        self.untax_orders()
        self.env.invalidate_all()
