{
    "name": "Channel Rebate and Point of Sale",
    "summary": "Sell-out orders are not settled in our tills",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "author": "The channel_rebate developers",
    "license": "LGPL-3",
    "depends": ["channel_rebate", "pos_sale"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
