def migrate(cr, _version):
    """Fill in new totals: so far a statement was all of its partner's period."""
    cr.execute(
        """ALTER TABLE channel_statement_line
                  ADD COLUMN IF NOT EXISTS total_quantity numeric,
                  ADD COLUMN IF NOT EXISTS total_base_amount numeric,
                  ADD COLUMN IF NOT EXISTS total_amount numeric"""
    )
    cr.execute(
        """UPDATE channel_statement_line
              SET total_quantity = quantity, total_base_amount = base_amount,
                  total_amount = amount"""
    )
