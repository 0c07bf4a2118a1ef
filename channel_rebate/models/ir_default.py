from odoo import api, models
from odoo.exceptions import ValidationError


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.constrains("field_id")
    def _check_no_sealed_rate(self):
        """Defaults are stored in clear and every internal user reads them."""
        # Elevated: descriptions of fields are the administrator's to read.
        if self.sudo().field_id.filtered(lambda field: field.model == "channel.rate"):
            raise ValidationError(self.env._("Sealed rates can't have a default value."))
