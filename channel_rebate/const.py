"""Facts that several files share: who may know a rate, and how rates are written down."""

KEEPER = "channel_rebate.group_rate_keeper"
OFFICER = "channel_rebate.group_settlement_officer"
# Those who may know rates before settlement; also the ``groups=`` of every field they see.
HOLDERS = f"{KEEPER},{OFFICER}"
SALES = "sales_team.group_sale_salesman"
# Those who may pass an order beyond the price limits.
FLOOR_APPROVER = "channel_rebate.group_floor_approver"

# A rate is a percentage of the base amount, or an amount per unit: both with four decimals.
RATE_DIGITS = (12, 4)

# Context value that lets our own code write workflow fields. It is an object, so no client can
# send it: RPC contexts hold JSON values only.
TRUSTED = object()
