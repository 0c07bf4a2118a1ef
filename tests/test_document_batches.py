"""Documents in the background: the same as at once, each on its own when one fails."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RATES_B, WorkedExampleCase

ACTION = "channel_rebate.ir_cron_create_documents"
ACTIVITY = "channel_rebate.mail_activity_type_documents"


class BatchCase(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.company.write(
            {"channel_document_batch_from": 0, "channel_rebate_post_documents": True}
        )
        cls.settlement = cls.compute()
        cls.statements = cls.settlement.statement_ids

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()
        self.env.flush_all()

    def run_action(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(ACTION).method_direct_trigger()
        self.env.invalidate_all()

    def progress(self, role="accountant"):
        progress = self.as_role(role, self.settlement).get_document_progress()
        return tuple(progress[name] for name in ("total", "made", "posted", "failed", "waiting"))

    def of(self, partner):
        return self.statement_of(self.settlement, partner)

    def archive_account(self, partner):
        """Give a partner an account of his own that is archived: nothing is posted on it."""
        account = partner.property_account_receivable_id.copy({"active": False})
        partner.property_account_receivable_id = account
        return account


@tagged("post_install", "-at_install")
class TestDocumentBatches(BatchCase):
    def test_approval_leaves_them_to_the_scheduled_actions(self):
        self.env["ir.cron.trigger"].search([]).unlink()
        self.approve()
        self.assertFalse(self.statements.move_id)
        self.assertEqual(self.settlement.state, "approved")
        self.assertEqual(self.progress(), (3, 0, 0, 0, 3))
        called = self.env["ir.cron.trigger"].search([]).cron_id
        self.assertEqual(called, self.env["channel.settlement"]._find_document_actions())
        self.assertEqual(len(called), 2)

    def test_they_are_made_posted_and_the_settlement_is_done(self):
        self.approve()
        self.run_action()
        self.assertEqual(set(self.statements.move_id.mapped("state")), {"posted"})
        self.assertEqual(self.settlement.state, "done")
        self.assertFalse(self.settlement.documents_queued)
        self.assertEqual(self.progress(), (3, 3, 3, 0, 0))
        self.assertFalse(any(self.statements.mapped("document_step")))

    def test_drafts_if_accountants_post(self):
        self.company.channel_rebate_post_documents = False
        self.approve()
        self.run_action()
        self.assertEqual(set(self.statements.move_id.mapped("state")), {"draft"})
        self.assertEqual(self.settlement.state, "approved")
        self.assertFalse(self.settlement.documents_queued)
        self.as_role("accountant", self.statements.move_id).action_post()
        self.assertEqual(self.settlement.state, "done")

    def test_not_more_than_the_company_says_are_made_at_once(self):
        self.company.channel_document_batch_from = 3
        self.approve()
        self.assertEqual(self.settlement.state, "done")
        self.assertEqual(self.progress(), (3, 3, 3, 0, 0))

    def test_without_a_document_there_is_nothing_to_wait_for(self):
        self.settlement.statement_ids.line_ids.quantity = 0
        with patch.object(type(self.statements), "_get_due", lambda statements: statements[:0]):
            self.approve()
        self.assertEqual(self.settlement.state, "done")

    def test_the_same_documents_both_ways(self):
        names = ("partner_id", "company_id", "invoice_date", "date", "ref", "invoice_user_id")
        names += ("invoice_origin", "create_uid", "amount_untaxed", "amount_tax", "journal_id")
        self.users["keeper"].lang = "fr_FR" if self.env["res.lang"]._activate_lang("fr_FR") else ""

        def describe():
            moves = self.statements.move_id.sorted("id")
            authors = moves.message_ids.author_id
            return moves.read(names, load=False), moves.line_ids.mapped("name"), authors

        with self.env.cr.savepoint() as savepoint:
            self.company.channel_document_batch_from = 200
            self.approve()
            at_once = describe()
            savepoint.rollback()
        self.approve()
        self.run_action()
        in_batches = describe()
        for rows in (at_once[0], in_batches[0]):
            for row in rows:
                row.pop("id")
        self.assertEqual(in_batches, at_once)
