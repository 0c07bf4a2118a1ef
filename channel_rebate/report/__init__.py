from . import sale_report
from . import channel_analysis
from . import channel_dealer_stock
