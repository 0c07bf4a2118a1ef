from odoo import api, models

# What changes who is in a group, or in those that it implies.
MEMBERSHIP = {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    """Whoever becomes a holder from the group's side is written down and told as well."""

    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["channel.holder.log"]._noting_members():
            return super().create(vals_list)

    def write(self, vals):
        if not MEMBERSHIP & vals.keys():
            return super().write(vals)
        with self.env["channel.holder.log"]._noting_members():
            return super().write(vals)

    def unlink(self):
        with self.env["channel.holder.log"]._noting_members():
            return super().unlink()
