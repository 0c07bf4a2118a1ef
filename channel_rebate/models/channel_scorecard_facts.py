from odoo import fields, models
from odoo.fields import Domain

from ..tools.scorecard import UNDERCUTTING, Facts, months_between

# An appeal that is not decided takes nothing off a dealer's score yet.
COUNTED = ("confirmed", "penalised")
APPEALED = "appealed"


class ChannelScorecard(models.Model):
    """The facts of a year from which scores are proposed; all of it runs in sudo mode."""

    _inherit = "channel.scorecard"

    def _get_facts(self, company, year):
        """Return :class:`Facts` by dealer id, for scorecards of one company and year."""
        dealers = self.partner_id
        facts_by_dealer = {dealer.id: Facts() for dealer in dealers}
        days = company._get_channel_year_dates(year)
        self._count_incidents(facts_by_dealer, company, days)
        self._count_lines(facts_by_dealer, company, days)
        self._count_months(facts_by_dealer, company, days)
        return facts_by_dealer

    def _count_incidents(self, facts_by_dealer, company, days):
        """Count the incidents of dealers and of those who bought from them at the time."""
        dealers = self.partner_id
        Assignment = self.env["channel.dealer.assignment"]
        subs = Assignment.search([("dealer_id", "in", dealers.ids)]).partner_id
        incidents = self.env["channel.incident"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", (dealers | subs).ids),
                ("date", ">=", days[0]),
                ("date", "<=", days[1]),
                ("state", "in", (*COUNTED, APPEALED)),
            ]
        )
        for incident in incidents:
            partner = incident.partner_id
            dealer = partner if partner in dealers else partner._get_channel_dealer(incident.date)
            if facts := facts_by_dealer.get(dealer.id):
                kind = facts.appeals if incident.state == APPEALED else facts.incidents
                kind[incident.type_id.breach] += 1

    def _count_lines(self, facts_by_dealer, company, days):
        """Count lines below the floor, unless an incident was decided about their order."""
        breaches = self.env["channel.ledger"]._get_floor_breaches(company, self.partner_id, *days)
        order_ids = {order_id for orders in breaches.values() for order_id in orders}
        decided = self.env["channel.incident"].search(
            [
                ("order_id", "in", list(order_ids)),
                ("type_id.breach", "=", UNDERCUTTING),
                ("state", "!=", "reported"),
            ]
        )
        left = order_ids - set(decided.order_id.ids)
        for dealer_id, orders in breaches.items():
            facts_by_dealer[dealer_id].lines = sum(
                count for order_id, count in orders.items() if order_id in left
            )

    def _count_months(self, facts_by_dealer, company, days):
        """Count months with orders, of those since the dealer has been one, up to today."""
        bought = self.env["channel.ledger"]._get_sell_in_months(company, self.partner_id, *days)
        agreed = dict(
            self.env["channel.agreement"]._read_group(
                Domain("company_id", "=", company.id)
                & Domain("partner_id", "in", self.partner_id.ids)
                & Domain("state", "!=", "cancelled"),
                ["partner_id"],
                ["date_from:min"],
            )
        )
        end = min(days[1], fields.Date.context_today(self))
        for dealer in self.partner_id:
            first, ordered = bought.get(dealer.id, (None, set()))
            known = [day for day in (first, agreed.get(dealer)) if day]
            start = max(days[0], min(known, default=days[0]))
            months = set(months_between(start, end))
            facts = facts_by_dealer[dealer.id]
            facts.ordered, facts.months = len(ordered & months), len(months)
