from . import button, portal, portal_incident, portal_order, rate_template, sale_portal
from . import settlement_export
from . import statement_proof
