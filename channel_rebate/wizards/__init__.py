from . import channel_agreement_create, channel_agreement_sign, channel_price_pass
from . import channel_rate_import
