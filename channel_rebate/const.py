"""Facts that several files share: who may know a rate, and how rates are written down."""

from decimal import Decimal

KEEPER = "channel_rebate.group_rate_keeper"
OFFICER = "channel_rebate.group_settlement_officer"
# Those who may know rates before settlement; also the ``groups=`` of every field they see.
HOLDERS = f"{KEEPER},{OFFICER}"
# The roles of the holder log, and the groups that give them.
HOLDER_ROLES = {"keeper": KEEPER, "officer": OFFICER}
SALES = "sales_team.group_sale_salesman"
# Those who may pass an order beyond the price limits.
FLOOR_APPROVER = "channel_rebate.group_floor_approver"

# A rate is a percentage of the base amount, or an amount per unit: both with four decimals.
RATE_DIGITS = (12, 4)
RATE_UNIT = Decimal("0.0001")

# Context value that lets our own code write workflow fields. It is an object, so no client can
# send it: RPC contexts hold JSON values only.
TRUSTED = object()

# Who may read customer payments: accounting by Odoo's own access lines, holders by ours.
PAYMENT_READERS = f"account.group_account_readonly,account.group_account_invoice,{HOLDERS}"
# Who may know how far the documents of a run are, and why one could not be made.
DOCUMENT_READERS = PAYMENT_READERS
# Who may read accruals: they are as public as the journal entries that they make.
ACCRUAL_READERS = PAYMENT_READERS
# Who keeps periods, and knows of whom something is to be corrected in one: it may be a penalty,
# which is nobody else's business before the correction is approved.
PERIOD_KEEPERS = f"{OFFICER},{KEEPER}"
# Whom a sub-distributor pays for what he buys from his dealer.
PAY_TO = [("dealer", "His dealer"), ("company", "Us, on the dealer's account")]
# Who may pay on the account of the dealer in ``partner_id``: his sub-distributors of today, and
# whoever once bought from him.
PAYER_DOMAIN = (
    "['|', '&', '&', ('channel_role', '=', 'sub_distributor'), ('channel_is_entity', '=', True), "
    "('channel_dealer_id', '=?', partner_id), "
    "('channel_sell_out_order_ids.channel_dealer_id', '=', partner_id)]"
)
