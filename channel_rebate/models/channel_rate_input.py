from odoo import api, models
from odoo.exceptions import UserError


class ChannelRate(models.Model):
    """A rate that is entered is a number, also if a client sends something else.

    The ORM's own complaint would quote what was sent, also into the server log.
    """

    _inherit = "channel.rate"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_is_number(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_is_number(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_is_number(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_is_number(self, values):
        if any(isinstance(values.get(name), str) for name in ("rate", "example_base")):
            raise UserError(self.env._("A rate is a number."))
