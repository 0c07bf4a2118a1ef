from odoo import models

from ..tools.scorecard import Facts


class ChannelScorecard(models.Model):
    """What data propose: a score and its evidence for each criterion that asks for one."""

    _inherit = "channel.scorecard"

    def action_propose(self):
        """Work out proposals again; what a person has entered stays, with the new one beside it."""
        self.check_access("write")
        self._check_draft()
        self._propose()

    def _propose(self):
        """Write down what is proposed, in as many queries for a hundred scorecards as for one."""
        for (company, year), scorecards in self.grouped(
            lambda scorecard: (scorecard.company_id, scorecard.year)
        ).items():
            # Elevated: incidents, invoices and orders count whoever may see them; what comes of
            # it are numbers of them.
            facts_by_dealer = scorecards.sudo()._get_facts(company, year)
            for line in scorecards.line_ids._trusted():
                line._propose(facts_by_dealer.get(line.scorecard_id.partner_id.id, Facts()))
