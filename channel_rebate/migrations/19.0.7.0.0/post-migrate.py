def migrate(cr, _version):
    """Packs keep no digest any more: only statements do, of what is laid out when they are made."""
    cr.execute("ALTER TABLE channel_statement_pack DROP COLUMN IF EXISTS digest")
