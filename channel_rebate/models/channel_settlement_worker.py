import time
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..const import OFFICER
from ..masking import values_hidden

ACTIVITY = "channel_rebate.mail_activity_type_documents"
# Odoo makes and posts chunks of a hundred faster than a thousand at once.
BATCH_SIZE = 100
# How often in a row somebody else may be faster, before the worker looks again later.
MAX_CONFLICTS = 10
LOOK_AGAIN = timedelta(minutes=1)
# Seconds for all actions together: Odoo ends a worker that takes two minutes for what is ready.
SECONDS = 60
# As many names as an activity lists; the rest is counted.
MAX_NAMES = 20
# Runs of which nothing is left to do now.
UNFINISHED = """
    SELECT settlement.id
      FROM channel_settlement AS settlement
     WHERE settlement.documents_queued AND settlement.state IN ('approved', 'done')
       AND NOT EXISTS (
             SELECT FROM channel_statement AS statement
              WHERE statement.settlement_id = settlement.id
                AND statement.document_step IS NOT NULL
                AND (statement.document_retry_on IS NULL OR statement.document_retry_on <= %s))
  ORDER BY settlement.id
"""


class ChannelSettlement(models.Model):
    """The worker: what a scheduled action does for the documents of approved runs.

    Each action occupies one worker of Odoo, so there are several that do the same side by side.
    The claim is at the beginning of a transaction, so that it sees what the others have done, and
    a batch is a transaction. Documents come into being in the name of whoever has approved.
    """

    _inherit = "channel.settlement"

    @api.model
    def _cron_create_documents(self, batch_size=BATCH_SIZE):
        """Make and post documents, batch after batch, as long as there are any and there is time.

        Whatever stops the worker from outside leaves this method, and nothing half-made.
        """
        cron = self.env["ir.cron"]
        end = time.monotonic() + SECONDS / max(
            len(self._find_document_actions().filtered("active")), 1
        )
        conflicts, done = 0, 1
        time_left = cron._commit_progress(remaining=self._count_ready())
        while done and time_left and time.monotonic() < end and conflicts < MAX_CONFLICTS:
            try:
                done, left = self._work_at_documents(batch_size)
                time_left = cron._commit_progress(done, remaining=left)
                conflicts = 0
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                conflicts += 1
        self._look_again(is_time_over=done and conflicts < MAX_CONFLICTS)

    @api.model
    def _look_again(self, *, is_time_over):
        """Have this action run again if something is left.

        At once if its time was over; else the rest is in the hands of others, who may die over it.
        """
        left = self._count_ready()
        if left or self._find_unfinished():
            self._trigger_again(None if is_time_over else fields.Datetime.now() + LOOK_AGAIN)
        self.env["ir.cron"]._commit_progress(remaining=left if is_time_over else 0)

    @api.model
    def _count_ready(self):
        return sum(count for *_key, count in self.env["channel.statement"]._find_ready())

    @api.model
    def _trigger_again(self, at):
        action_id = self.env.context.get("cron_id")
        if action_id:
            self.env["ir.cron"].browse(action_id).sudo()._trigger(at)
        else:
            self._trigger_documents(at)

    @api.model
    @values_hidden()
    def _work_at_documents(self, batch_size):
        """Do one batch that nobody else is at; return how many were done, and how many are left.

        Full batches are posted first, then documents are made, so that both go on side by side.
        """
        ready = self.env["channel.statement"]._find_ready()
        left = sum(count for *_key, count in ready)
        full = [row for row in ready if row[1] == "post" and row[3] >= batch_size]
        made = [row for row in ready if row[1] == "create"]
        for settlement_id, step, journal_id, _count in dict.fromkeys(full + made + ready):
            settlement = self.browse(settlement_id)._as_approver()
            claimed = settlement.env["channel.statement"]._claim(
                settlement, step, journal_id, batch_size
            )
            if claimed:
                settlement._do_claimed(claimed, step)
                return len(claimed), left - len(claimed)
        return self._finish_documents(), left

    def _as_approver(self):
        """Return the run as it was when its documents would have been made at once: elevated."""
        self.ensure_one()
        user = self.sudo().approved_by_id or self.env.user
        run = self.with_user(user).with_context(lang=user.lang, tz=user.tz)
        return run.with_company(self.sudo().company_id).sudo()

    def _do_claimed(self, statements, step):
        if not self.documents_queued:
            # One that failed is tried again after its run was finished.
            self._trusted().documents_queued = True
        if step == "create":
            statements._attempt(lambda chosen: chosen._create_claimed())
        else:
            statements._attempt(lambda chosen: chosen._post_claimed())

    # === The end === #

    @api.model
    def _finish_documents(self):
        """Finish a run of which nothing is left to do now; return how many were finished.

        Whoever has committed the last batch sees that here, in a transaction that began after it.
        """
        self.env.cr.execute(
            SQL("%s FOR NO KEY UPDATE SKIP LOCKED", SQL(UNFINISHED, fields.Datetime.now())),
            log_exceptions=False,
        )
        settlements = self.browse([settlement_id for (settlement_id,) in self.env.cr.fetchall()])
        return sum(settlement._as_approver()._finish_after_batches() for settlement in settlements)

    @api.model
    def _find_unfinished(self):
        """Return the runs that nothing stands in the way of finishing, whoever is at it."""
        rows = self.env.execute_query(SQL(UNFINISHED, fields.Datetime.now()))
        runs = self.browse([settlement_id for (settlement_id,) in rows]).sudo()
        return runs.filtered(lambda run: not run.documents_error)

    def _finish_after_batches(self):
        """Do what follows the last document; tell whether that went well."""
        self.ensure_one()
        # Of this and an accountant who posts the last draft by hand one is run again.
        self._touch()
        try:
            with self.env.cr.savepoint():
                self._finish_if_posted()
                self._trusted().write({"documents_queued": False, "documents_error": False})
        except Exception as failure:
            Statement = self.env["channel.statement"]
            if Statement._is_ours(failure):
                raise
            self._trusted().documents_error = Statement._get_reason(failure)
        self._tell_documents_failed()
        return not self.documents_error

    # === Officers === #

    def _tell_documents_failed(self):
        """Have an activity of each officer say what can't be made, as long as there is any."""
        self.ensure_one()
        failed = self.env["channel.statement"].search(
            [("settlement_id", "=", self.id), ("document_error", "!=", False)]
        )
        activities = self.activity_search([ACTIVITY])
        if not failed and not self.documents_error:
            activities.unlink()
            return
        for activity in activities:
            activity.write(self._prepare_documents_activity(activity.user_id, failed))
        for officer in self.company_id._get_members_of(OFFICER) - activities.user_id:
            self.activity_schedule(
                ACTIVITY,
                user_id=officer.id,
                # Today, so that the clock in his menu bar counts it.
                date_deadline=fields.Date.context_today(self.with_context(tz=officer.tz)),
                **self._prepare_documents_activity(officer, failed),
            )

    def _prepare_documents_activity(self, user, failed):
        """Return what an activity says, in its user's language: names, and no amount."""
        settlement = self.with_context(lang=user.lang)
        lines = [settlement.documents_error] if settlement.documents_error else []
        for reason, statements in failed.grouped("document_error").items():
            names = self._shorten(statements.partner_id.sorted("name").mapped("name"))
            lines.append(f"{names}: {reason}")
        return {
            "summary": settlement.env._(
                "%(settlement)s: documents can't be made or posted", settlement=self.name
            ),
            "note": Markup("").join(Markup("<p>%s</p>") % line for line in lines[:MAX_NAMES]),
        }
