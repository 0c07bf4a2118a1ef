from collections import defaultdict

from odoo import models
from odoo.tools import plaintext2html

from .channel_scorecard_review import MANAGER

REVIEW = "channel_rebate.mail_activity_type_scorecard_review"
RETURNED = "channel_rebate.mail_activity_type_scorecard_returned"


class ChannelScorecard(models.Model):
    """Who is told of a scorecard: the manager of one to review, the salesperson of one returned."""

    _inherit = "channel.scorecard"

    def _tell_managers(self):
        """Give whoever reviews these scorecards an activity each."""
        self._forget_activities()
        reviewers = defaultdict(self.browse)
        # Elevated: salespeople see neither all teams nor who is in which group.
        for key, scorecards_sudo in (
            self.sudo()
            .grouped(
                lambda scorecard: (scorecard.company_id, scorecard.user_id.sale_team_id.user_id)
            )
            .items()
        ):
            for user in scorecards_sudo._find_reviewers(*key):
                reviewers[user.id] |= scorecards_sudo.sudo(False)
        for user_id, scorecards in reviewers.items():
            scorecards.activity_schedule(REVIEW, user_id=user_id)

    def _find_reviewers(self, company, leader):
        """Return the leader of the salesperson's team if he may fix them, else all who may."""
        managers = company._get_members_of(MANAGER) - self.submitted_by_id
        return leader if leader in managers else managers

    def _tell_salespeople(self, reason):
        """Give the salesperson of each scorecard, else whoever has submitted it, an activity."""
        note = plaintext2html(reason)
        for user, scorecards in self.grouped(
            lambda scorecard: scorecard.user_id or scorecard.submitted_by_id
        ).items():
            if user and user != self.env.user:
                scorecards.activity_schedule(RETURNED, user_id=user.id, note=note)

    def _forget_activities(self):
        """Drop what is done with: the last step of a scorecard is the one that counts."""
        # Elevated: an activity may be somebody else's.
        self.sudo().activity_unlink([REVIEW, RETURNED])
