from . import portal, rate_template
