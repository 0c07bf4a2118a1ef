from . import portal, rate_template, portal_order
