"""Two transactions that must not both go through: the later one has to see what the first did."""

from odoo.tools import SQL


def touch(records):
    """Write to the rows of records without changing them.

    Of two transactions that do so at once, or of one that does and one that writes to the row,
    PostgreSQL stops the later with a serialization failure, and Odoo runs it again with the
    other's result in sight. Nobody sees by the date of the last change that it happened: keepers
    lock agreements, which others read, when they enter rates.
    """
    if not records:
        return
    records.flush_recordset()
    records.env.execute_query(
        SQL(
            "UPDATE %s SET write_date = write_date WHERE id = ANY(%s) RETURNING id",
            SQL.identifier(records._table),
            records.ids,
        )
    )
