from odoo.tools import SQL, sql


def migrate(cr, _version):
    """Make columns that Odoo would fill in record by record, or that have to be filled at once.

    So far every statement was in the currency of its company.
    """
    if not sql.column_exists(cr, "sale_order_line", "channel_floor_unit_price"):
        sql.create_column(cr, "sale_order_line", "channel_floor_unit_price", "numeric")
    for table in ("channel_statement", "channel_statement_line"):
        if sql.column_exists(cr, table, "company_currency_id"):
            continue
        sql.create_column(cr, table, "company_currency_id", "int4")
        sql.create_column(cr, table, "base_company_amount", "numeric")
        cr.execute(
            SQL(
                """UPDATE %s SET company_currency_id = currency_id,
                                 base_company_amount = base_amount""",
                SQL.identifier(table),
            )
        )
