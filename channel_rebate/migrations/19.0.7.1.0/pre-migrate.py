TOTALS = ("channel_sales_total", "channel_sales_total_year", "channel_sales_total_partner")


def migrate(cr, _version):
    """Drop what is looked up for each row and told by the statement anyway; make room for new ids.

    Packs have no foreign key any more: they go with their statements by a trigger.
    """
    cr.execute(
        """ALTER TABLE IF EXISTS channel_statement_pack
             DROP CONSTRAINT IF EXISTS channel_statement_pack_statement_id_fkey"""
    )
    cr.execute(
        """ALTER TABLE IF EXISTS channel_statement_line
             DROP COLUMN IF EXISTS create_uid, DROP COLUMN IF EXISTS create_date,
             DROP COLUMN IF EXISTS write_uid, DROP COLUMN IF EXISTS write_date"""
    )
    for table in TOTALS:
        cr.execute(f"ALTER TABLE IF EXISTS {table} ADD COLUMN IF NOT EXISTS id int8")
