"""The tables behind a settlement as plain rows: nothing joined, judged or added up.

Numbers come as integers and decimals, dates as ISO text, which sorts as dates do.
"""

import json
from decimal import Decimal

from odoo.tools import SQL

# One company's; %(company)s is its id.
QUERIES = {
    "company": "SELECT currency_id FROM res_company WHERE id = %(company)s",
    "currencies": "SELECT id, rounding FROM res_currency",
    "rates": """SELECT currency_id, company_id, name AS day, rate FROM res_currency_rate
                 WHERE company_id = %(company)s OR company_id IS NULL""",
    "periods": "SELECT id, date_from, date_to FROM channel_period WHERE company_id = %(company)s",
    "agreements": """SELECT id, partner_id, period_id, role, basis, currency_id, date_from, version,
                            state, dealer_agreement_id
                       FROM channel_agreement WHERE company_id = %(company)s""",
    "agreement_lines": """SELECT id, agreement_id, applied_on, product_id, product_tmpl_id,
                                 categ_id, measure, tier_mode
                            FROM channel_agreement_line WHERE company_id = %(company)s""",
    "openings": """SELECT dealer_id, product_id, date AS day, quantity
                     FROM channel_opening WHERE company_id = %(company)s""",
    "products": "SELECT id, product_tmpl_id FROM product_product",
    "templates": "SELECT id, type, categ_id, uom_id FROM product_template",
    "categories": "SELECT id, parent_path FROM product_category",
    "units": "SELECT id, factor FROM uom_uom",
    "taxes": "SELECT id, amount FROM account_tax",
    "accounts": "SELECT id, account_type FROM account_account",
    "moves": """SELECT id, move_type, state, reversed_entry_id, commercial_partner_id AS partner_id,
                       invoice_date AS day, currency_id, invoice_currency_rate, channel_statement_id
                  FROM account_move WHERE company_id = %(company)s""",
    "move_lines": """SELECT id, move_id, account_id, display_type, product_id, product_uom_id,
                            quantity, balance, currency_id, amount_currency, price_subtotal,
                            is_downpayment
                       FROM account_move_line WHERE company_id = %(company)s""",
    "move_line_taxes": """SELECT account_move_line_id AS line_id, account_tax_id AS tax_id
                            FROM account_move_line_account_tax_rel""",
    "partials": """SELECT debit_move_id, credit_move_id, max_date AS day, debit_amount_currency,
                          credit_amount_currency
                     FROM account_partial_reconcile WHERE company_id = %(company)s""",
    "orders": """SELECT id, state, channel_tier, channel_partner_id, channel_dealer_id,
                        channel_order_date AS day, channel_origin_order_id, currency_id
                   FROM sale_order WHERE company_id = %(company)s""",
    "order_lines": """SELECT id, order_id, display_type, product_id, product_uom_id,
                             product_uom_qty, price_subtotal, channel_floor_unit_price,
                             is_downpayment
                        FROM sale_order_line WHERE company_id = %(company)s""",
    "order_line_taxes": """SELECT sale_order_line_id AS line_id, account_tax_id AS tax_id
                             FROM account_tax_sale_order_line_rel""",
    "invoiced_orders": """SELECT invoice_line_id, order_line_id
                            FROM sale_order_line_invoice_rel""",
    "statements": """SELECT id, settlement_id, partner_id, currency_id, base_amount,
                            base_company_amount, gross_amount, passed_on_amount, carried_in_amount,
                            carried_out_amount, net_amount, move_id
                       FROM channel_statement WHERE company_id = %(company)s""",
    "statement_lines": """SELECT id, statement_id, agreement_line_id, product_id, tax_key, quantity,
                                 base_amount, base_company_amount, rate, amount
                            FROM channel_statement_line WHERE company_id = %(company)s""",
}


def read_rows(env, company):
    """Return ``{name: [row, …]}`` of everything above, as the database has it now."""
    env.flush_all()
    rows = {}
    for name, query in QUERIES.items():
        query = SQL(query, company=company.id)
        [(text,)] = env.execute_query(SQL("SELECT json_agg(raw)::text FROM (%s) AS raw", query))
        rows[name] = json.loads(text, parse_float=Decimal) if text else []
    return rows
