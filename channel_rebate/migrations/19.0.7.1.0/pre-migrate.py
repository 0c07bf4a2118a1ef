def migrate(cr, _version):
    """Drop what is looked up for each row and told by the statement anyway.

    Packs have no foreign key any more: they go with their statements by a trigger.
    """
    cr.execute(
        """ALTER TABLE channel_statement_pack
             DROP CONSTRAINT IF EXISTS channel_statement_pack_statement_id_fkey"""
    )
    cr.execute(
        """ALTER TABLE channel_statement_line
             DROP COLUMN IF EXISTS create_uid, DROP COLUMN IF EXISTS create_date,
             DROP COLUMN IF EXISTS write_uid, DROP COLUMN IF EXISTS write_date"""
    )
