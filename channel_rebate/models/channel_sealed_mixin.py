from odoo import models

from ..const import HOLDERS
from ..gate import is_typed_code_running


class ChannelSealedMixin(models.AbstractModel):
    """Fields of holders that typed code does not read either, not even from the cache.

    What a holder's own request has computed lies in the cache of its transaction, where custom
    fields and automation rules in the same request would find it.
    """

    _name = "channel.sealed.mixin"
    _description = "Fields of Holders"

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        return self.env.su or field.groups != HOLDERS or not is_typed_code_running()
