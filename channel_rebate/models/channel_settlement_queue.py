from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .channel_statement import LIVE_STATES

# What the scheduled actions run; an action may add the size of a batch.
CODE = "model._cron_create_documents("


class ChannelSettlement(models.Model):
    """Documents in the background: approval leaves many to the scheduled actions."""

    _inherit = "channel.settlement"

    documents_queued = fields.Boolean(
        string="Documents in the Background",
        readonly=True,
        copy=False,
        help="The documents of this settlement are left to the scheduled actions.",
    )
    documents_paused = fields.Boolean(
        readonly=True,
        copy=False,
        help="The scheduled actions leave this settlement alone until somebody resumes it.",
    )
    documents_error = fields.Text(
        string="Why It Can't Be Finished",
        readonly=True,
        copy=False,
        help="All documents are made, but the settlement can't be finished for this reason. It is "
        "tried again by itself.",
    )
    failed_document_count = fields.Integer(
        string="Failed Documents", compute="_compute_failed_document_count"
    )

    @api.depends("statement_ids.document_error")
    def _compute_failed_document_count(self):
        counts = dict(
            self.env["channel.statement"]._read_group(
                [("settlement_id", "in", self.ids), ("document_error", "!=", False)],
                ["settlement_id"],
                ["__count"],
            )
        )
        for settlement in self:
            settlement.failed_document_count = counts.get(settlement, 0)

    # === Approval and reversal === #

    def _may_queue_documents(self):
        """Tell whether there are so many statements that their documents may be too many."""
        return len(self.statement_ids) > self.company_id.channel_document_batch_from

    def _make_documents(self):
        due = self.statement_ids._get_due()
        if len(due) <= self.company_id.channel_document_batch_from:
            if self._may_queue_documents():
                due._unqueue_documents()
            return super()._make_documents()
        # What all of them would fail by is said now.
        due._check_document_settings()
        due._queue_documents()
        self._trusted().documents_queued = True
        return self._trigger_documents()

    def _check_documents_at_rest(self):
        """Refuse to reverse a run while its documents are being made."""
        self.ensure_one()
        waiting = self.env["channel.statement"].search_count(self._get_waiting_domain())
        if waiting and not self.documents_paused:
            raise UserError(
                self.env._(
                    "%(settlement)s: %(count)s documents are still to be made or posted in the "
                    "background. Wait for them, or press Pause Documents first.",
                    settlement=self.name,
                    count=waiting,
                )
            )

    def _get_waiting_domain(self):
        return (
            Domain("settlement_id", "in", self.ids)
            & Domain("document_step", "!=", False)
            & Domain("document_error", "=", False)
        )

    def _leave_document_queue(self):
        """Take what is left of this run from the scheduled actions (called in sudo mode).

        A worker that has a part of it in hand makes this wait, and then Odoo runs it again with
        what was made in sight.
        """
        self.env["channel.statement"].flush_model()
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement
                      SET document_step = NULL, document_error = NULL, document_retry_on = NULL
                    WHERE settlement_id = ANY(%s) AND document_step IS NOT NULL
                RETURNING id""",
                self.ids,
            )
        )
        self.statement_ids.invalidate_recordset()
        self._trusted().write(
            {"documents_queued": False, "documents_paused": False, "documents_error": False}
        )
        self._tell_documents_failed()

    # === Scheduled actions === #

    @api.model
    def _find_document_actions(self):
        """Return the scheduled actions that make documents, inactive ones as well (elevated)."""
        # Elevated: holders set them to work, and only the administrator reads them.
        Cron = self.env["ir.cron"].sudo().with_context(active_test=False)
        return Cron.search(
            [("model_id.model", "=", self._name), ("code", "=like", f"{CODE}%")], order="id"
        )

    @api.model
    def _trigger_documents(self, at=None):
        for action in self._find_document_actions().filtered("active"):
            action._trigger(at)

    # === Buttons === #

    def action_retry_documents(self):
        """Try again at once what has failed."""
        self.check_access("write")
        live = self.filtered(lambda run: run.state in LIVE_STATES)
        # Elevated: nobody writes statements by hand.
        failed_sudo = live.statement_ids.sudo().filtered("document_error")
        failed_sudo.write({"document_error": False, "document_retry_on": False})
        live._trusted().documents_queued = True
        self._trigger_documents()

    def action_pause_documents(self):
        """Have the scheduled actions stop after the batches that they are at."""
        self.check_access("write")
        self._trusted().documents_paused = True

    def action_resume_documents(self):
        self.check_access("write")
        self._trusted().documents_paused = False
        self._trigger_documents()

    def action_open_failed_documents(self):
        action = self.action_open_statements()
        own = {"list": self.env.ref("channel_rebate.channel_statement_view_list_failed").id}
        views = [(own.get(kind, view_id), kind) for view_id, kind in action["views"]]
        return {**action, "views": views, "context": {"search_default_document_failed": 1}}

    # === Progress === #

    def get_document_progress(self):
        """Return how many documents there are to be, are made, posted, failed and waiting.

        Asked every other second by whoever has the form open, so one query for it.
        """
        self.ensure_one()
        self.check_access("read")
        self.env["channel.statement"].flush_model(["move_id", "document_step", "document_error"])
        self.env["account.move"].flush_model(["state"])
        self.flush_recordset()
        [progress] = self.env.execute_query_dict(
            SQL(
                """SELECT COUNT(*) AS total,
                          COUNT(statement.move_id) AS made,
                          COUNT(*) FILTER (WHERE move.state = 'posted') AS posted,
                          COUNT(statement.document_error) AS failed,
                          COUNT(*) FILTER (
                              WHERE statement.document_step IS NOT NULL
                                AND statement.document_error IS NULL
                          ) AS waiting,
                          COALESCE(BOOL_OR(company.channel_rebate_post_documents), FALSE)
                              AS is_posting,
                          COALESCE(BOOL_OR(settlement.documents_paused), FALSE) AS is_paused,
                          NOT COALESCE(BOOL_OR(settlement.documents_queued), FALSE) AS is_over
                     FROM channel_settlement AS settlement
                     JOIN res_company AS company ON company.id = settlement.company_id
                     JOIN channel_statement AS statement
                       ON statement.settlement_id = settlement.id
                      AND (statement.move_id IS NOT NULL OR statement.document_step IS NOT NULL)
                LEFT JOIN account_move AS move ON move.id = statement.move_id
                    WHERE settlement.id = %s""",
                self.id,
            )
        )
        return progress
