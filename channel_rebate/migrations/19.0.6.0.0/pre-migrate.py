COLUMNS = ("statement_id", "agreement_line_id", "move_line_id", "order_line_id", "product_id")


def migrate(cr, _version):
    """Take the foreign keys of the sales behind statements away, and indexes that only they used.

    They were looked up for each of a million rows.
    """
    for column in COLUMNS:
        cr.execute(
            f"""ALTER TABLE channel_statement_sale
                DROP CONSTRAINT IF EXISTS channel_statement_sale_{column}_fkey"""
        )
    cr.execute(
        """DELETE FROM ir_model_constraint
            WHERE name LIKE 'channel\\_statement\\_sale\\_%\\_fkey' AND type = 'f'"""
    )
    for column in ("move_line_id", "order_line_id"):
        cr.execute(f"DROP INDEX IF EXISTS channel_statement_sale__{column}_index")
