from . import channel_workflow_mixin
from . import ir_default
from . import res_company, res_company_copy_owners
from . import res_config_settings, res_config_settings_copy_owners
from . import res_groups, res_partner, res_users
from . import channel_territory
from . import channel_period
from . import channel_agreement, channel_agreement_line, channel_agreement_sealing
from . import channel_rate, channel_rate_grid
from . import channel_ledger
from . import channel_settlement, channel_settlement_run
from . import channel_statement, channel_statement_amounts, channel_statement_documents
from . import channel_statement_line
from . import sale_order, sale_order_line
from . import sale_order_five_part, sale_order_copy_owners
from . import account_move
