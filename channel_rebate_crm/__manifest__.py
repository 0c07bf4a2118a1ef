{
    "name": "Channel Rebate and CRM",
    "summary": "Sell-out orders are no revenue of ours in opportunities",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "The channel_rebate developers",
    "license": "LGPL-3",
    "depends": ["channel_rebate", "sale_crm"],
    "auto_install": True,
}
