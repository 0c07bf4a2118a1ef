import logging
import traceback
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ..const import DOCUMENT_READERS, TRUSTED

_logger = logging.getLogger(__name__)

# How long one that failed waits: longer each time, up to a day.
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)
# Steps that a worker may take now: neither paused nor waiting to be tried again.
READY = """
          statement.document_step IS NOT NULL
      AND (statement.document_retry_on IS NULL OR statement.document_retry_on <= %s)
      AND settlement.state IN ('approved', 'done') AND settlement.documents_paused IS NOT TRUE
"""


class ChannelStatement(models.Model):
    """Documents that are made in the background, in batches: what is next, and what went wrong.

    A worker claims statements by locking their rows, and whoever finds one locked passes on, so
    that nothing is made twice. What it makes and that it is made are committed together: of a
    worker that dies nothing is left, and its statements are there for the next one.
    """

    _inherit = "channel.statement"

    document_step = fields.Selection(
        selection=[("create", "To Be Made"), ("post", "To Be Posted")],
        string="Next Step of the Document",
        readonly=True,
        copy=False,
        groups=DOCUMENT_READERS,
        help="What the scheduled actions do next for the document. Empty: nothing.",
    )
    document_error = fields.Text(
        string="Why the Document Failed",
        readonly=True,
        copy=False,
        groups=DOCUMENT_READERS,
        help="Why the document could not be made or posted. It is tried again by itself.",
    )
    document_retry_on = fields.Datetime(
        string="Next Attempt",
        readonly=True,
        copy=False,
        groups=DOCUMENT_READERS,
        help="When the document that failed is tried again.",
    )
    document_attempts = fields.Integer(
        string="Failed Attempts at the Document", readonly=True, copy=False, groups=DOCUMENT_READERS
    )

    # For the claims, and for what is left of a run: few rows are in it, and none most of the time.
    _waiting_idx = models.Index(
        "(settlement_id, document_step, id) WHERE document_step IS NOT NULL"
    )

    def _get_revealed_changes(self):
        """Leave documents to the scheduled actions, where there may be too many to be made now."""
        changes = super()._get_revealed_changes()
        if self.settlement_id._may_queue_documents():
            step = "document_step = CASE WHEN data.net_amount != 0 THEN 'create' END"
            changes.append(SQL(step))
        return changes

    def _queue_documents(self):
        """Leave the documents of these statements to the scheduled actions; most are already."""
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement SET document_step = 'create'
                    WHERE id = ANY(%s) AND document_step IS NULL
                RETURNING id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["document_step"])

    def _unqueue_documents(self):
        """Take the documents of these statements from the scheduled actions again."""
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement SET document_step = NULL
                    WHERE id = ANY(%s) AND document_step IS NOT NULL
                RETURNING id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["document_step"])

    # === Claims === #

    @api.model
    def _find_ready(self):
        """Return what waits: rows of settlement, step, journal to post in, number of statements."""
        self.env.cr.execute(
            SQL(
                """SELECT statement.settlement_id, statement.document_step, move.journal_id,
                           COUNT(*)
                      FROM channel_statement AS statement
                      JOIN channel_settlement AS settlement
                        ON settlement.id = statement.settlement_id
                 LEFT JOIN account_move AS move ON move.id = statement.move_id
                     WHERE %s
                  GROUP BY 1, 2, 3
                  ORDER BY 1, 2, 3""",
                SQL(READY, fields.Datetime.now()),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _claim(self, settlement, step, journal_id, limit):
        """Lock and return statements that wait for a step, except what others have locked.

        :raise psycopg2.errors.SerializationFailure: somebody else was just faster
        """
        if step == "post" and not self._claim_journal(journal_id):
            return self.browse()
        self.env.cr.execute(
            SQL(
                """SELECT statement.id
                      FROM channel_statement AS statement
                      JOIN channel_settlement AS settlement
                        ON settlement.id = statement.settlement_id
                 LEFT JOIN account_move AS move ON move.id = statement.move_id
                     WHERE %s
                       AND settlement.id = %s AND statement.document_step = %s
                       AND move.journal_id IS NOT DISTINCT FROM %s
                  ORDER BY statement.id
                     LIMIT %s
           FOR NO KEY UPDATE OF statement SKIP LOCKED""",
                SQL(READY, fields.Datetime.now()),
                settlement.id,
                step,
                journal_id,
                limit,
            ),
            log_exceptions=False,
        )
        return self.browse([statement_id for (statement_id,) in self.env.cr.fetchall()])

    @api.model
    def _claim_journal(self, journal_id):
        """Tell whether it is our turn to number documents in a journal.

        Odoo would let the others wait for the number; they make documents meanwhile.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM account_journal WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
                journal_id,
            ),
            log_exceptions=False,
        )
        return bool(self.env.cr.fetchall())

    # === Steps === #

    def _create_claimed(self):
        """Make the documents of claimed statements (one company's; in the approver's name)."""
        self._check_document_settings()
        due = self._get_due()
        due._link_documents(due._create_moves(due._prepare_move_values_list(self.env.user)))
        is_posted = self.company_id.channel_rebate_post_documents
        due._write_step("post" if is_posted else False)
        (self - due)._write_step(False)

    def _post_claimed(self):
        """Post the documents of claimed statements, unless an accountant has done so."""
        drafts = self.move_id.filtered(lambda move: move.state == "draft")
        # Odoo would read them document by document.
        drafts.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        drafts._channel_trusted().with_context(channel_finished_later=TRUSTED).action_post()
        self._write_step(False)

    def _write_step(self, step):
        self.write(
            {
                "document_step": step,
                "document_error": False,
                "document_retry_on": False,
                "document_attempts": 0,
            }
        )

    # === What fails === #

    def _attempt(self, step):
        """Take a step for all at once; find by halves whose fault it is if that fails.

        Of one that fails the reason is written down, and the others go on.

        :param step: function of statements
        """
        try:
            with self.env.cr.savepoint():
                step(self)
        except Exception as failure:
            if self._is_ours(failure):
                raise
            if len(self) > 1:
                half = len(self) // 2
                self[:half]._attempt(step)
                self[half:]._attempt(step)
            else:
                self._write_failure(failure)

    @api.model
    def _is_ours(self, failure):
        """Tell whether the worker is stopped, by no statement's fault: full disk, server gone …"""
        return (
            isinstance(
                failure,
                (
                    psycopg2.OperationalError,
                    psycopg2.InterfaceError,
                    psycopg2.InternalError,
                    MemoryError,
                ),
            )
            # How Odoo interrupts a worker whose time is over.
            or type(failure) is Exception
        )

    def _write_failure(self, failure):
        self.ensure_one()
        attempts = self.document_attempts
        self.write(
            {
                "document_error": self._get_reason(failure),
                "document_attempts": attempts + 1,
                "document_retry_on": fields.Datetime.now()
                + min(FIRST_WAIT * 2 ** min(attempts, 10), LONGEST_WAIT),
            }
        )

    def _get_reason(self, failure):
        """Return what to tell of an error; what is not meant for people goes to the log."""
        if isinstance(failure, (UserError, RedirectWarning)):
            return str(failure.args[0])
        kind = type(failure).__name__
        # Where, and not with which values: those may be a row of the database.
        places = "".join(traceback.format_tb(failure.__traceback__))
        _logger.warning("%s: %s while its document is made\n%s", self, kind, places)
        return self.env._(
            "Unexpected error: %(kind)s. Ask the administrator: the server's log has more.",
            kind=kind,
        )
