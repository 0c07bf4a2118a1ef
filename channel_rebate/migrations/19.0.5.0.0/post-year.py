def migrate(cr, _version):
    """Tell statements the year of their period."""
    cr.execute(
        """UPDATE channel_statement AS statement
              SET year = period.year
             FROM channel_period AS period
            WHERE period.id = statement.period_id AND statement.year IS NULL"""
    )
