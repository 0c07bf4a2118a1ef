from . import button, portal, portal_order, rate_template, sale_portal, settlement_export
from . import statement_proof
