"""Add-ons that come into a running server, without a restart.

Run by Odoo's shell before the tests of this folder. What it leaves in the database, they find
after a restart.
"""

from odoo import Command

# By this reference of the customer the orders are found again.
KEPT = "Kept over a restart"
GLUE = {
    "channel_rebate_stock",
    "channel_rebate_loyalty",
    "channel_rebate_pos",
    "channel_rebate_crm",
}


def make_order(env, partner, product, quantity):
    line = {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 165}
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "client_order_ref": KEPT,
            "order_line": [Command.create(line)],
        }
    )


def make_orders(env):
    """Return a confirmed and a draft sell-out order, and a draft sell-in one."""
    product = env["product.product"].create(
        {"name": "Kept product", "type": "consu", "list_price": 165, "taxes_id": False}
    )
    dealer = env["res.partner"].create(
        {"name": "Kept dealer", "is_company": True, "channel_role": "dealer"}
    )
    sub = env["res.partner"].create(
        {
            "name": "Kept sub-distributor",
            "is_company": True,
            "channel_role": "sub_distributor",
            "channel_dealer_id": dealer.id,
        }
    )
    orders = [make_order(env, partner, product, 5) for partner in (sub, sub, dealer)]
    orders[0].action_confirm()
    return orders


def install(env, modules):
    env["ir.module.module"].update_list()
    wanted = env["ir.module.module"].search([("name", "in", modules)])
    assert len(wanted) == len(modules), f"not all known: {modules}"
    wanted.button_immediate_install()
    states = env["ir.module.module"].search([("name", "in", [*modules, *GLUE])])
    absent = {*modules, *GLUE} - set(
        states.filtered(lambda m: m.state == "installed").mapped("name")
    )
    assert not absent, f"not installed: {absent}"


def change_lines(order):
    """Let a confirmed order grow by a line, and its first line up and down."""
    line = order.order_line[0]
    line.product_uom_qty = 9
    line.product_uom_qty = 2
    order.order_line = [Command.create({"product_id": line.product_id.id, "product_uom_qty": 3})]


def check(env, orders):
    confirmed, draft, sell_in = orders
    assert confirmed.channel_tier == draft.channel_tier == "sell_out"
    assert not confirmed.warehouse_id, "a sell-out order has a warehouse"
    assert not confirmed.order_line.warehouse_id
    (draft | sell_in).action_confirm()
    for order in orders:
        change_lines(order)
    env.flush_all()
    moves = env["stock.move"].search([("product_id", "=", sell_in.order_line.product_id.id)])
    assert moves.sale_line_id.order_id == sell_in, "a sell-out order moves goods"
    assert sum(moves.mapped("product_uom_qty")) == 5, moves.mapped("product_uom_qty")
    assert set(env["stock.picking"].search([]).mapped("origin")) == {sell_in.name}
    assert {confirmed.invoice_status, draft.invoice_status} == {"no"}


def main(env, modules):
    """Install ``modules`` beside what there is, in this process, and work with orders at once."""
    orders = make_orders(env) if "channel.rate" in env else None
    env.cr.commit()
    install(env, modules)
    orders = [env["sale.order"].browse(o.id) for o in orders] if orders else make_orders(env)
    check(env, orders)
    env.cr.commit()
