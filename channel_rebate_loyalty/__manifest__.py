{
    "name": "Channel Rebate and Loyalty",
    "summary": "Sell-out orders take and earn no promotions of ours",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "The channel_rebate developers",
    "license": "LGPL-3",
    "depends": ["channel_rebate", "sale_loyalty"],
    "auto_install": True,
    "data": ["views/sale_order_views.xml"],
}
