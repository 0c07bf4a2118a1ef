def migrate(cr, _version):
    """Make room for the view that sales behind statements are now; see post-migrate."""
    cr.execute("SELECT relkind FROM pg_class WHERE relname = 'channel_statement_sale'")
    if cr.fetchone() == ("r",):
        cr.execute("ALTER TABLE channel_statement_sale RENAME TO channel_statement_sale_unpacked")
        # Odoo would look for them under the old name.
        cr.execute(
            """DELETE FROM ir_model_constraint
                WHERE model IN (SELECT id FROM ir_model WHERE model = 'channel.statement.sale')"""
        )
