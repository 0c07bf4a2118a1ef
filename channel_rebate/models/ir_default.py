from odoo import api, models
from odoo.exceptions import ValidationError


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.model_create_multi
    def create(self, vals_list):
        # Before the value is in a statement, which the server may log.
        fields = self.env["ir.model.fields"].browse(vals.get("field_id") for vals in vals_list)
        self._check_not_sealed(fields)
        return super().create(vals_list)

    @api.constrains("field_id")
    def _check_no_sealed_rate(self):
        """Defaults are stored in clear and every internal user reads them."""
        self._check_not_sealed(self.field_id)

    @api.model
    def _check_not_sealed(self, fields):
        # Elevated: descriptions of fields are the administrator's to read.
        if any(field.model == "channel.rate" for field in fields.sudo()):
            raise ValidationError(self.env._("Sealed rates can't have a default value."))
