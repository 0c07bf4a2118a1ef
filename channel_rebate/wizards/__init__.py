from . import base_partner_merge
from . import channel_agreement_create, channel_agreement_sign, channel_rate_import
