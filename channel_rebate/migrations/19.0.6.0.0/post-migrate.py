from odoo import SUPERUSER_ID, api
from odoo.tools.sql import SQL, table_exists


def migrate(cr, _version):
    """Pack the sales behind statements.

    Runs that are not approved yet were computed without a digest: they have to be computed again,
    which approval says.
    """
    if not table_exists(cr, "channel_statement_sale_unpacked"):
        return
    ledger = api.Environment(cr, SUPERUSER_ID, {})["channel.ledger"]
    # Partners stand for statements here, one for one.
    ledger._lay_out(
        {
            "counting_live": SQL(
                """SELECT DISTINCT statement_id AS id, statement_id AS partner_id, true AS is_own
                     FROM channel_statement_sale_unpacked"""
            )
        }
    )
    ledger._insert_sales(
        SQL(
            """SELECT *, statement_id AS partner_id FROM (
                   SELECT * FROM channel_statement_sale_unpacked ORDER BY id) AS sale"""
        )
    )
    cr.execute("DROP TABLE channel_statement_sale_unpacked")
