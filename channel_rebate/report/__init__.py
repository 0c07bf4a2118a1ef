from . import channel_analysis, channel_analysis_months, channel_dealer_stock
from . import channel_rebate_report, channel_rebate_report_target
from . import channel_rebate_report_due, channel_rebate_report_year
from . import channel_agreement_report, channel_five_part_order
from . import channel_statement_report, channel_statement_report_corrections
from . import channel_statement_report_penalties, channel_statement_report_annual
from . import channel_salesperson_bonus
from . import sale_report
