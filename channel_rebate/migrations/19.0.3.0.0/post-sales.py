from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Write down the floor prices of the sell-out orders that are there."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["sale.order.line"].search(
        [("order_id.channel_tier", "=", "sell_out"), ("order_id.state", "=", "sale")]
    )
    env.add_to_compute(lines._fields["channel_floor_unit_price"], lines)
    lines.flush_recordset(["channel_floor_unit_price"])
