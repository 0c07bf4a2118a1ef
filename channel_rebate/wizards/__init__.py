from . import channel_territory_area_add, channel_territory_dealer_change
from . import account_payment_register, payment_link_wizard
from . import base_partner_merge, base_partner_merge_incidents, base_partner_merge_scorecards
from . import channel_accrual_run
from . import channel_agreement_create, channel_agreement_sign, channel_agreement_version
from . import channel_agreement_sign_line
from . import channel_dealer_move
from . import channel_incident_appeal, channel_incident_penalise, channel_incident_reason
from . import channel_key, channel_key_loss
from . import channel_penalty_lift, channel_price_pass, channel_rate_import
from . import channel_scorecard_create, channel_scorecard_return
from . import channel_secrecy_check, channel_secrecy_check_line
from . import channel_secrecy_check_server, channel_secrecy_check_people
