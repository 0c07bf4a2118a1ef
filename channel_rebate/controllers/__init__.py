from . import portal, portal_order, rate_template, sale_portal, settlement_export, statement_proof
