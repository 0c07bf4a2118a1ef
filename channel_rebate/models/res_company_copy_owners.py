from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import KEEPER, OFFICER


class ResCompany(models.Model):
    """Who gets the copies of marketing and finance of a five-part order."""

    _inherit = "res.company"

    channel_marketing_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="res_company_channel_marketing_user_rel",
        string="Marketing's Copy To",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Who is notified of a confirmed sell-out order on behalf of marketing. Empty: all "
        "rate keepers of the company.",
    )
    channel_finance_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="res_company_channel_finance_user_rel",
        string="Finance's Copy To",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Who is notified of a confirmed sell-out order on behalf of finance. Empty: all "
        "settlement officers of the company.",
    )

    @api.constrains("channel_marketing_user_ids", "channel_finance_user_ids")
    def _check_channel_copy_owners(self):
        """A copy that cannot be opened is of no use."""
        for company in self:
            for user in company.channel_marketing_user_ids | company.channel_finance_user_ids:
                orders = self.env["sale.order"].with_user(user)
                if company not in user.company_ids or not orders.has_access("read"):
                    raise ValidationError(
                        self.env._(
                            "%(user)s can't read the orders of %(company)s, so the copies of "
                            "five-part orders are of no use there. Give access to the company "
                            "and to its orders first, or choose somebody else.",
                            user=user.name,
                            company=company.name,
                        )
                    )

    def _get_copy_owners(self):
        """Return the active users who get the copies: ``{"marketing": users, "finance": users}``.

        Those whom the company names, else those of the group who work in the company.
        """
        self.ensure_one()
        named = {
            "marketing": (self.channel_marketing_user_ids, KEEPER),
            "finance": (self.channel_finance_user_ids, OFFICER),
        }
        return {
            copy: users.filtered("active") if users else self._get_members_of(group)
            for copy, (users, group) in named.items()
        }

    def _get_members_of(self, group):
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.ids),
                ("active", "=", True),  # also where archived records are asked for
            ]
        )
