from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .channel_statement import LIVE_STATES


class ChannelScorecard(models.Model):
    """What scorecards are made of: their dealers, and a line for each criterion."""

    _inherit = "channel.scorecard"

    @api.model
    def _create_for(self, company, year, user=None):
        """Make the scorecards of a year that are missing, with what data propose.

        :param user: only of this salesperson's dealers
        :raise UserError: if there is none to make
        """
        dealers = self._find_missing_dealers(company, year, user)
        if not dealers:
            raise UserError(
                self.env._(
                    "No scorecard to make for %(year)s: each of these dealers has one already, or "
                    "has neither an agreement nor sales in that year.",
                    year=year,
                )
            )
        scorecards = self.create(
            [
                {"company_id": company.id, "partner_id": dealer.id, "year": year}
                for dealer in dealers
            ]
        )
        scorecards._propose()
        return scorecards

    @api.model
    def _find_missing_dealers(self, company, year, user=None):
        """Return dealers with an agreement or sales in a year who have no scorecard for it."""
        # Elevated: who has a scorecard or sales is no secret, and nothing else is told of them.
        self_sudo = self.sudo()
        domain = Domain("channel_role", "=", "dealer") & Domain("channel_is_entity", "=", True)
        domain |= Domain("id", "in", self_sudo._find_former_dealers(company, year).ids)
        domain &= Domain("company_id", "in", [False, company.id])
        if user:
            domain &= Domain("user_id", "=", user.id)
        # Archived ones too: what they have earned is due all the same.
        Partner = self.env["res.partner"].with_context(active_test=False)
        dealers = Partner.search(domain).with_env(self.env)
        taken = self_sudo.search([("company_id", "=", company.id), ("year", "=", year)]).partner_id
        return (dealers - taken).filtered_domain(
            [("id", "in", self_sudo._get_active_ids(dealers - taken, company, year))]
        )

    @api.model
    def _find_former_dealers(self, company, year, partners=None):
        """Return who was a dealer in a year, whatever he is by now (in sudo).

        :param partners: look at these only
        """
        domain = Domain("company_id", "=", company.id) & Domain("role", "=", "dealer")
        if partners is not None:
            domain &= Domain("partner_id", "in", partners.ids)
        agreements = self.env["channel.agreement"].search(
            domain & Domain("period_id.year", "=", year) & Domain("state", "!=", "cancelled")
        )
        statements = self.env["channel.statement"].search(
            domain & Domain("period_id.year", "=", year) & Domain("state", "in", LIVE_STATES)
        )
        return agreements.partner_id | statements.partner_id

    @api.model
    def _get_active_ids(self, dealers, company, year):
        """Return the ids of dealers with an agreement, invoice or order in a year (in sudo)."""
        agreements = self.env["channel.agreement"].search(
            [
                ("partner_id", "in", dealers.ids),
                ("company_id", "=", company.id),
                ("period_id.year", "=", year),
                ("state", "!=", "cancelled"),
            ]
        )
        former = self._find_former_dealers(company, year, dealers)
        days = company._get_channel_year_dates(year)
        months = self.env["channel.ledger"]._get_sell_in_months(company, dealers, *days)
        bought = [dealer_id for dealer_id, (_first, ordered) in months.items() if ordered]
        return [*agreements.partner_id.ids, *former.ids, *bought]

    def _create_lines(self):
        """Give scorecards a line for each criterion of their company that they lack."""
        criteria = self.env["channel.scorecard.criterion"]._find_by_company(self.company_id)
        self.env["channel.scorecard.line"]._trusted().create(
            [
                {
                    "scorecard_id": scorecard.id,
                    "criterion_id": criterion.id,
                    **criterion._prepare_line_values(),
                }
                for scorecard in self
                for criterion in criteria[scorecard.company_id] - scorecard.line_ids.criterion_id
            ]
        )

    def action_update_criteria(self):
        """Take over what the criteria are now; scores that still fit stay."""
        self.check_access("write")
        self._check_draft()
        lines = self.line_ids
        criteria = self.env["channel.scorecard.criterion"]._find_by_company(self.company_id)
        dropped = lines.filtered(lambda line: line.criterion_id not in criteria[line.company_id])
        # Elevated: nobody deletes lines by hand.
        dropped.sudo()._trusted().unlink()
        for line in (lines - dropped)._trusted():
            line._take_criterion()
        self._create_lines()
        for company, scorecards in self.grouped("company_id").items():
            scorecards._trusted().write({"max_coefficient": company.channel_max_coefficient})
