{
    "name": "Channel Rebate and Stock",
    "summary": "Sell-out orders move no goods of ours, and a lot tells who got it",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "The channel_rebate developers",
    "license": "LGPL-3",
    # The two meet here: an override in channel_rebate itself would sit below sale_stock's.
    "depends": ["channel_rebate", "sale_stock"],
    "auto_install": True,
    "data": [
        "views/channel_incident_views.xml",
        "views/sale_order_views.xml",
        "views/sale_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
}
