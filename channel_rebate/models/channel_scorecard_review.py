from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MANAGER = "sales_team.group_sale_manager"


class ChannelScorecard(models.Model):
    """From the salesperson to the sales manager, and back.

    Two pairs of eyes: nobody fixes what he has submitted himself. A manager may fix the scorecard
    of a dealer of his own if somebody else has submitted it.
    """

    _inherit = "channel.scorecard"

    def action_submit(self):
        """Hand scorecards over to the sales manager; all of their lines are scored."""
        self.check_access("write")
        if message := self._submission_error_message():
            raise UserError(message)
        self._move_to(
            "submitted",
            allowed=("draft",),
            submitted_by_id=self.env.uid,
            submitted_on=fields.Datetime.now(),
            return_reason=False,
        )
        self._tell_managers()

    def _submission_error_message(self):
        """Return which scores are missing, or nothing."""
        drafts = self.filtered(lambda scorecard: scorecard.state == "draft")
        if empty := drafts.filtered(lambda scorecard: not scorecard.line_ids):
            return self.env._(
                "%(scorecards)s has no criteria. Set some up, and update the criteria of the "
                "scorecard.",
                scorecards=", ".join(empty.mapped("display_name")),
            )
        if missing := drafts.filtered("unscored_count"):
            return self.env._(
                "These scores are missing (tick Scored to give a zero):\n%(scorecards)s",
                scorecards="\n".join(
                    f"- {scorecard.display_name}: "
                    f"{', '.join(scorecard._get_unscored_lines().criterion_id.mapped('name'))}"
                    for scorecard in missing
                ),
            )
        return None

    def action_fix(self):
        """Fix coefficients: from now on they count for year-end rebates and bonuses."""
        self._check_manager()
        if own := self.filtered(lambda scorecard: scorecard.submitted_by_id == self.env.user):
            raise UserError(
                self.env._(
                    "You have submitted %(scorecards)s yourself: another sales manager has to fix "
                    "it.",
                    scorecards=", ".join(own.mapped("display_name")),
                )
            )
        self._move_to(
            "fixed",
            allowed=("submitted",),
            fixed_by_id=self.env.uid,
            fixed_on=fields.Datetime.now(),
        )
        self._forget_activities()
        self._log(
            {
                scorecard: self.env._(
                    "Fixed with a coefficient of %(coefficient)s.",
                    coefficient=f"{scorecard.coefficient:.4f}",
                )
                for scorecard in self
            }
        )

    def action_return(self):
        """Ask why scorecards under review go back to the salesperson."""
        return self._ask_why_back("submitted", self.env._("Return Scorecards"))

    def action_reopen(self):
        """Ask why fixed scorecards are filled anew."""
        return self._ask_why_back("fixed", self.env._("Reopen Scorecards"))

    def _ask_why_back(self, state, title):
        self._check_manager()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_scorecard_return_action"
        )
        return {
            **action,
            "name": title,
            "context": {"default_scorecard_ids": self.ids, "default_from_state": state},
        }

    def _send_back(self, state, reason):
        """Let scorecards be filled anew, whether they were under review or fixed already.

        What a year-end settlement has paid on a fixed one is corrected by the next one.

        :param str state: the state in which all of them are
        :param str reason: why; it stays on them, and the salesperson is told
        """
        self._check_manager()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the salesperson is told."))
        self._move_to("draft", allowed=(state,), return_reason=reason)
        self._forget_activities()
        if state == "fixed":
            text = self.env._("Reopened: %(reason)s", reason=reason)
        else:
            text = self.env._("Returned: %(reason)s", reason=reason)
        self._log(dict.fromkeys(self, text))
        self._tell_salespeople(reason)

    def _log(self, texts):
        """Keep a note on each scorecard.

        :param texts: plain text by scorecard
        """
        self._message_log_batch({record.id: Markup("%s") % text for record, text in texts.items()})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a sales manager reviews scorecards."))
        self.check_access("write")
