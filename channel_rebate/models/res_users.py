from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import KEEPER, OFFICER, SALES


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.constrains("group_ids", "active")
    def _check_channel_holder_not_in_sales(self):
        """Whoever may know sealed rates must not work in sales, and the other way round."""
        self._check_no_channel_holder_in_sales(Domain("id", "in", self.ids))

    @api.model
    def _check_no_channel_holder_in_sales(self, domain):
        """Check the users of ``domain``; implied groups count.

        :raise ValidationError: naming the users and what to change
        """
        # While the add-on is installed, one group is there before the other.
        groups = [self.env.ref(name, raise_if_not_found=False) for name in (KEEPER, OFFICER)]
        holder_ids = [group.id for group in groups if group]
        # Archived ones too: they may come back.
        both = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                domain
                & Domain("all_group_ids", "in", holder_ids)
                & Domain("all_group_ids", "in", self.env.ref(SALES).ids)
            )
        )
        if both:
            raise ValidationError(
                self.env._(
                    "%(users)s can't be rate keeper or settlement officer and work in sales at "
                    "the same time: rates are sealed from sales. Take the sales access away, or "
                    "the channel rebate access.",
                    users=", ".join(both.mapped("name")),
                )
            )
