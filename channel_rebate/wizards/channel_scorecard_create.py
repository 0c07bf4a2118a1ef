from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.annual import is_year

ALL_DEALERS = "sales_team.group_sale_salesman_all_leads"


class ChannelScorecardCreate(models.TransientModel):
    """Make the scorecards of a year: a salesperson those of his dealers, a manager all of them."""

    _name = "channel.scorecard.create"
    _description = "Create Scorecards"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    year = fields.Char(
        required=True,
        size=4,
        default=lambda self: self.env["channel.scorecard"]._default_year(),
        help="The fiscal year, named after the calendar year in which it ends.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Only Dealers of",
        domain="[('share', '=', False)]",
        help="Empty: all dealers of the company.",
    )
    sees_all = fields.Boolean(compute="_compute_sees_all")
    dealer_count = fields.Integer(string="Scorecards to Create", compute="_compute_dealer_count")

    @api.depends_context("uid")
    def _compute_sees_all(self):
        self.sees_all = self.env.user.has_group(ALL_DEALERS)

    @api.depends("company_id", "year", "user_id")
    def _compute_dealer_count(self):
        for wizard in self:
            wizard.dealer_count = is_year(wizard.year) and len(
                self.env["channel.scorecard"]._find_missing_dealers(
                    wizard.company_id, wizard.year, wizard._get_user()
                )
            )

    def _get_user(self):
        """Return whose dealers are meant: those who don't see all have their own only."""
        return self.user_id if self.sees_all else self.env.user

    def action_create(self):
        self.ensure_one()
        if not is_year(self.year):
            raise UserError(self.env._("Enter the year with four digits, such as 2026."))
        scorecards = self.env["channel.scorecard"]._create_for(
            self.company_id, self.year, self._get_user()
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_scorecard_action"
        )
        return {**action, "domain": [("id", "in", scorecards.ids)], "context": {}}
