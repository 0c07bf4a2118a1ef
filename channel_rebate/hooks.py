from odoo.tools import sql

# (table, column, SQL type) of stored fields that are empty for everything that was there before.
NEW_COLUMNS = (
    ("res_partner", "channel_is_entity", "bool"),
    ("res_partner", "channel_pay_to", "varchar"),
    ("sale_order", "channel_tier", "varchar"),
    ("sale_order", "channel_partner_id", "int4"),
    ("sale_order", "channel_dealer_id", "int4"),
    ("sale_order", "channel_territory_id", "int4"),
    ("sale_order", "channel_order_date", "date"),
    ("sale_order", "channel_pay_to", "varchar"),
    ("sale_order_line", "channel_floor_unit_price", "numeric"),
)


def post_init_hook(env):
    """Begin the holder log with those who are holders already."""
    env["channel.holder.log"]._start()


def uninstall_hook(env):
    """Cancel sell-out orders: without the add-on they would become sales of our own."""
    env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE channel_tier = 'sell_out'")
    # Copies belong to no data file, and would hold on to the model that they call.
    actions = env["channel.settlement"]._find_document_actions()
    servers = actions.ir_actions_server_id
    actions.unlink()
    servers.unlink()
    env["channel.sales.total"]._drop_tables()
    env["channel.statement.pack"]._drop_trigger()


def pre_init_hook(env):
    """Make columns before Odoo does, which would fill them in for every old order and partner.

    Nobody has a channel role yet, so there is nothing to compute; on a database with a million
    orders that saves minutes, and old orders get no channel date of the day of installation.
    """
    for table, column, column_type in NEW_COLUMNS:
        if not sql.column_exists(env.cr, table, column):
            sql.create_column(env.cr, table, column, column_type)
