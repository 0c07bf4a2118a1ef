def post_init_hook(env):
    """Take the warehouse off sell-out orders that are older than sale_stock.

    sale_stock gives every order one when it makes the column. Done in SQL: nothing of ours depends
    on the warehouse of an order from which nothing moves.
    """
    env.flush_all()
    env.cr.execute("UPDATE sale_order SET warehouse_id = NULL WHERE channel_tier = 'sell_out'")
    env.cr.execute(
        """
        UPDATE sale_order_line line
           SET warehouse_id = NULL
          FROM sale_order
         WHERE sale_order.id = line.order_id AND sale_order.channel_tier = 'sell_out'
        """
    )
    env.invalidate_all(flush=False)
