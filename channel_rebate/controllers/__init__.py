from . import portal, rate_template, sale_portal
