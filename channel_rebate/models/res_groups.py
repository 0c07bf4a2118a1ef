from odoo import api, models
from odoo.fields import Domain


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.constrains("user_ids", "implied_ids", "implied_by_ids")
    def _check_channel_holder_not_in_sales(self):
        """The rule of the users' form, for changes that are made from the group's side."""
        self.env.registry.clear_cache("groups")
        self.env["res.users"]._check_no_channel_holder_in_sales(Domain.TRUE)
