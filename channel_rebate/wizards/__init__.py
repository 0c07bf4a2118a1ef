from . import channel_agreement_create, channel_agreement_sign, channel_rate_import
from . import account_payment_register, payment_link_wizard
