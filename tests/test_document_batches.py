"""Documents in the background: the same as at once, each on its own when one fails."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError, InterfaceError
from psycopg2.errors import AdminShutdown, DiskFull, SerializationFailure

from odoo.addons.channel_rebate.hooks import uninstall_hook

from .accrual_common import HUNDRED, JANUARY, MARCH, A, AccrualCase, B
from .common import RATES_A, RATES_B, RATES_S, WorkedExampleCase, WorkedExampleHttpCase

ACTION = "channel_rebate.ir_cron_create_documents"
DOCUMENT = (
    "partner_id",
    "company_id",
    "invoice_date",
    "date",
    "ref",
    "invoice_origin",
    "invoice_user_id",
    "create_uid",
    "amount_untaxed",
    "amount_tax",
    "journal_id",
    "name",
)
ACTIVITY = "channel_rebate.mail_activity_type_documents"


class Batches:
    """The worked example, computed, in a company that makes all documents in the background."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.company.write({"channel_document_batch_from": 0, "channel_rebate_post_documents": True})
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


class BatchCase(Batches, WorkedExampleCase):
    pass


@tagged("post_install", "-at_install")
class TestDocumentBatches(BatchCase):
    def test_approval_leaves_them_to_the_scheduled_actions(self):
        actions = self.env["channel.settlement"]._find_document_actions()
        triggers = [("cron_id", "in", actions.ids)]
        self.env["ir.cron.trigger"].search(triggers).unlink()
        self.approve()
        self.assertFalse(self.statements.move_id)
        self.assertEqual(self.settlement.state, "approved")
        self.assertEqual(self.progress(), (3, 0, 0, 0, 3))
        self.assertEqual(len(actions), 2)
        self.assertEqual(self.env["ir.cron.trigger"].search(triggers).cron_id, actions)

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

    def test_who_gets_no_document_does_not_count_for_that(self):
        self.company.channel_document_batch_from = 2
        period = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        partners = (self.dealer_a, RATES_A), (self.sub_s, RATES_S), (self.dealer_b, RATES_B)
        for partner, rates in partners:
            self.sign(self.make_agreement(partner, rates, period=period))
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"soap": 10}, day=date(2025, 4, 1))
        settlement = self.model("officer", "channel.settlement").create({"period_id": period.id})
        settlement.action_compute()
        self.as_role("keeper", settlement).action_approve()
        statements = settlement.statement_ids.sudo()
        self.assertEqual((len(statements), len(statements.move_id)), (3, 2))
        self.assertEqual(settlement.state, "done")
        self.assertFalse(any(statements.mapped("document_step")))

    def test_without_a_document_there_is_nothing_to_wait_for(self):
        period = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        self.sign(self.make_agreement(self.dealer_b, RATES_B, period=period))
        settlement = self.model("officer", "channel.settlement").create({"period_id": period.id})
        settlement.action_compute()
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual(settlement.state, "done")

    def describe(self):
        moves = self.statements.move_id.sorted("id")
        rows = [{**row, "id": None} for row in moves.read(DOCUMENT, load=False)]
        texts = [
            (message.author_id, message.create_uid, message.body) for message in moves.message_ids
        ]
        return rows, moves.line_ids.mapped("name"), texts

    def test_the_same_documents_both_ways(self):
        """Company, dates, author, responsible, and the language of what is noted down."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.users["keeper"].lang = "fr_FR"
        self.settlement = self.settlement.with_context(tracking_disable=False, lang="fr_FR")
        with self.env.cr.savepoint() as savepoint:
            self.company.channel_document_batch_from = 200
            self.approve()
            at_once = self.describe()
            savepoint.rollback()
        self.approve()
        self.run_action()
        self.assertEqual(self.describe(), at_once)
        self.assertIn("Avoir", at_once[2][-1][2])
        self.assertEqual(at_once[2][0][1], self.users["keeper"])


@tagged("post_install", "-at_install")
class TestDocumentsThatFail(BatchCase):
    def test_the_others_are_made(self):
        self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        failed = self.of(self.dealer_b)
        self.assertEqual(failed.document_step, "post")
        self.assertIn("is archived", failed.document_error)
        others = self.statements - failed
        self.assertEqual(set(others.move_id.mapped("state")), {"posted"})
        self.assertEqual(self.settlement.state, "approved")
        self.assertEqual(self.progress(), (3, 3, 2, 1, 0))

    def test_officers_are_told_and_later_no_more(self):
        account = self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        activity = self.settlement.activity_search([ACTIVITY])
        self.assertIn(self.users["officer"], activity.user_id)
        self.assertIn("Dealer B: ", activity[0].note)
        account.active = True
        self.as_role("officer", self.settlement).action_retry_documents()
        self.run_action()
        self.assertFalse(self.settlement.activity_search([ACTIVITY]))
        self.assertEqual(self.settlement.state, "done")
        self.assertFalse(self.of(self.dealer_b).document_error)

    def test_what_failed_has_a_list_of_its_own(self):
        self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        action = self.as_role("accountant", self.settlement).action_open_failed_documents()
        views = self.as_role("accountant", self.statements).get_views(action["views"])
        self.assertIn('name="document_error"', views["views"]["list"]["arch"])
        activity = self.settlement.activity_search([ACTIVITY])[0]
        self.assertEqual(activity.state, "today")

    def test_it_waits_longer_each_time(self):
        self.archive_account(self.dealer_b)
        self.approve()
        failed = self.of(self.dealer_b)
        waits = []
        for _attempt in range(3):
            failed.document_retry_on = False
            self.run_action()
            waits.append(failed.document_retry_on - fields.Datetime.now())
        self.assertEqual([round(wait.total_seconds() / 60) for wait in waits], [15, 30, 60])
        failed.write({"document_attempts": 50, "document_retry_on": False})
        self.run_action()
        wait = failed.document_retry_on - fields.Datetime.now()
        self.assertLessEqual(wait, timedelta(days=1))
        self.assertEqual(len(self.settlement.activity_search([ACTIVITY])), 1)

    def test_it_is_left_alone_until_then_and_tried_again_by_itself(self):
        account = self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        account.active = True
        self.run_action()
        failed = self.of(self.dealer_b)
        self.assertEqual(failed.document_attempts, 1)
        failed.document_retry_on = fields.Datetime.now() - timedelta(seconds=1)
        self.run_action()
        self.assertEqual((failed.document_attempts, failed.document_step), (0, False))
        self.assertEqual(self.settlement.state, "done")

    def test_a_journal_that_is_archived_stops_its_documents_only(self):
        self.company.channel_sub_document = "vendor_bill"
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        self.company.channel_bill_journal_id = journal
        self.approve()
        journal.active = False
        self.run_action()
        self.assertIn("archived", self.of(self.sub_s).document_error)
        self.assertEqual(self.progress(), (3, 2, 2, 1, 0))

    def test_an_error_of_the_code_tells_no_values(self):
        Move, create = type(self.env["account.move"]), type(self.env["account.move"]).create

        def fail(moves, vals_list):
            if any(vals.get("partner_id") == self.dealer_b.id for vals in vals_list):
                raise ZeroDivisionError(vals_list)
            return create(moves, vals_list)

        self.approve()
        with patch.object(Move, "create", fail), self.assertLogs("odoo", "WARNING") as logs:
            self.run_action()
        self.assertNotIn("3228.5", "".join(logs.output))
        self.assertIn("ZeroDivisionError", self.of(self.dealer_b).document_error)
        self.assertEqual(self.progress(), (3, 2, 2, 1, 0))

    def test_reasons_are_for_holders_and_accountants(self):
        self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        portal = self.make_portal_user(self.dealer_b)
        for user in (self.users["salesperson"], self.users["sales_manager"], portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.of(self.dealer_b).with_user(user).document_error  # noqa: B018
        for role in ("keeper", "officer", "accountant"):
            self.assertTrue(self.as_role(role, self.of(self.dealer_b)).document_error)


@tagged("post_install", "-at_install")
class TestWhatStopsTheWorker(BatchCase):
    @contextmanager
    def failing(self, failure, times=1000):
        """Have making documents fail so many times."""
        Move, create, left = (
            type(self.env["account.move"]),
            self.env["account.move"].create,
            [times],
        )

        def fail(moves, vals_list):
            if left[0]:
                left[0] -= 1
                raise failure
            return create.__func__(moves, vals_list)

        with patch.object(Move, "create", fail):
            yield

    def test_it_leaves_the_method_and_nothing_half_made(self):
        """No statement is blamed for a full disk, a stopped database or a worker's time."""
        self.approve()
        for failure in (DiskFull(), AdminShutdown(), InterfaceError(), Exception("CPU time")):
            with (
                self.subTest(type(failure)),
                self.failing(failure),
                self.assertRaises(type(failure)),
            ):
                self.env["channel.settlement"]._work_at_documents(10)
        self.assertEqual(self.progress(), (3, 0, 0, 0, 3))
        self.assertFalse(any(self.statements.mapped("document_attempts")))

    def test_who_was_slower_does_it_again(self):
        self.approve()
        with self.failing(SerializationFailure(), times=3):
            self.run_action()
        self.assertEqual(self.settlement.state, "done")

    def find_triggers(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref(ACTION).id)])

    def test_who_is_always_slower_looks_again_later(self):
        self.approve()
        self.find_triggers().unlink()
        with self.failing(SerializationFailure()):
            self.run_action()
        self.assertEqual(self.progress(), (3, 0, 0, 0, 3))
        self.assertGreater(self.find_triggers().call_at, fields.Datetime.now())

    def test_it_goes_on_when_its_time_was_over(self):
        self.approve()
        self.find_triggers().unlink()
        self.env.ref(ACTION).code = "model._cron_create_documents(batch_size=1)"
        with patch("odoo.addons.base.models.ir_cron.MIN_TIME_PER_JOB", 0.05):
            self.run_action()
        _total, made, posted, *_rest = self.progress()
        self.assertLess(0, made)
        self.assertLess(posted, 3)
        self.assertLessEqual(self.find_triggers()[0].call_at, fields.Datetime.now())
        self.run_action()
        self.assertEqual(self.settlement.state, "done")

    def test_approval_says_what_all_of_them_would_fail_by(self):
        self.company.channel_rebate_product_id = False
        with self.refused("has no rebate product"):
            self.approve()


@tagged("post_install", "-at_install")
class TestPauseAndReversal(BatchCase):
    def test_nothing_is_made_while_it_is_paused(self):
        self.approve()
        self.as_role("officer", self.settlement).action_pause_documents()
        self.run_action()
        self.assertEqual(self.progress(), (3, 0, 0, 0, 3))
        self.as_role("officer", self.settlement).action_resume_documents()
        self.run_action()
        self.assertEqual(self.settlement.state, "done")

    def test_accountants_and_others_look_on(self):
        self.approve()
        for step in ("retry", "pause", "resume"):
            for role in ("accountant", "salesperson", "administrator"):
                with self.subTest(step=step, role=role), self.assertRaises(AccessError):
                    getattr(self.as_role(role, self.settlement), f"action_{step}_documents")()
        for role in ("keeper", "officer", "accountant"):
            self.assertEqual(self.progress(role)[0], 3)
        for role in ("salesperson", "sales_manager", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.progress(role)

    def test_by_hand_nothing_of_it_is_written(self):
        for name in ("documents_paused", "documents_queued", "documents_error"):
            with self.subTest(name), self.refused("can't be set by hand"):
                self.as_role("officer", self.settlement).write({name: True})

    def test_reversal_waits_or_is_paused(self):
        self.approve()
        keeper_settlement = self.as_role("keeper", self.settlement)
        with self.refused("3 documents are still to be made"):
            keeper_settlement.action_reverse()
        keeper_settlement.action_pause_documents()
        keeper_settlement.action_reverse()
        self.assertEqual(self.settlement.state, "reversed")
        self.assertEqual(self.progress(), (0, 0, 0, 0, 0))
        self.run_action()
        self.assertFalse(self.statements.move_id)

    def test_reversal_with_only_failed_ones_left(self):
        self.archive_account(self.dealer_b)
        self.approve()
        self.run_action()
        self.as_role("keeper", self.settlement).action_reverse()
        moves = self.statements.move_id
        self.assertEqual(set(moves.mapped("state")), {"posted", "cancel"})
        self.assertEqual(len(moves.reversal_move_ids), 2)
        self.assertFalse(self.settlement.activity_search([ACTIVITY]))
        self.assertEqual(self.progress(), (3, 3, 2, 0, 0))

    def test_done_only_when_all_are_made(self):
        """An accountant posts what is there, and a batch posts what he has left."""
        self.approve()
        first = self.of(self.dealer_a)
        first._create_claimed()
        self.as_role("accountant", first.move_id).action_post()
        self.assertEqual(self.settlement.state, "approved")
        self.assertEqual(first.document_step, "post")
        self.run_action()
        self.assertEqual(self.settlement.state, "done")
        self.assertFalse(any(self.statements.mapped("document_step")))


@tagged("post_install", "-at_install")
class TestOtherRuns(BatchCase):
    def test_a_correction_goes_the_same_way(self):
        self.approve()
        self.run_action()
        self.make_invoice(self.dealer_b, {"soap": 10}, day=date(2025, 3, 1))
        correction = self.settle(kind="supplementary")
        self.assertFalse(correction.statement_ids.move_id)
        self.run_action()
        self.assertEqual(correction.state, "done")
        self.assertEqual(correction.statement_ids.move_id.state, "posted")

    def test_of_each_company_its_own(self):
        second = self.env["res.company"].create({"name": "Second"})
        self.env["account.chart.template"].try_loading("generic_coa", second, install_demo=False)
        self.env.user.company_ids |= second
        for role in ("keeper", "officer"):
            self.users[role].company_ids |= second
        second.write(
            {
                "channel_document_batch_from": 0,
                "channel_rebate_product_id": self.company.channel_rebate_product_id.id,
            }
        )
        period = self.make_period(date(2025, 1, 1), date(2025, 3, 31), company_id=second.id)
        self.sign(self.make_agreement(self.dealer_b, RATES_B, period=period))
        self.make_invoice(self.dealer_b, {"soap": 100}, company_id=second.id)
        other = self.settle(period)
        self.approve()
        self.run_action()
        self.assertEqual((self.settlement.state, other.state), ("done", "approved"))
        self.assertEqual(other.statement_ids.move_id.company_id, second)
        self.assertEqual(other.statement_ids.move_id.state, "draft")
        self.assertEqual(self.statements.move_id.company_id, self.company)


@tagged("post_install", "-at_install")
class TestAccruedBefore(AccrualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"channel_document_batch_from": 0, "channel_rebate_post_documents": True})
        for dealer in cls.dealers:
            cls.make_invoice(dealer, HUNDRED, day=JANUARY)

    def settle_accrued(self):
        self.accrue(MARCH)
        settlement = self.settle()
        self.env.flush_all()
        return settlement

    def run_action(self):
        with self.enter_registry_test_mode():
            self.env.ref(ACTION).method_direct_trigger()
        self.env.invalidate_all()

    def find_released(self):
        return self.env["channel.accrual"].search([("kind", "=", "release")])

    def test_released_by_one_entry_after_the_last_batch(self):
        settlement = self.settle_accrued()
        self.assertFalse(self.find_released())
        self.run_action()
        self.assertEqual(settlement.state, "done")
        self.assertEqual(self.find_released().amount, -(2 * A + B))

    def test_what_can_not_be_finished_is_told_and_tried_again(self):
        settlement = self.settle_accrued()
        journal = self.company.channel_accrual_journal_id
        journal.active = False
        self.env.flush_all()
        self.run_action()
        self.assertEqual(settlement.state, "approved")
        self.assertEqual(set(settlement.statement_ids.move_id.mapped("state")), {"posted"})
        self.assertIn("archived journal", settlement.documents_error)
        self.assertIn("archived journal", settlement.activity_search([ACTIVITY])[0].note)
        journal.active = True
        self.env.flush_all()
        self.run_action()
        self.assertEqual((settlement.state, settlement.documents_error), ("done", False))
        self.assertFalse(settlement.activity_search([ACTIVITY]))


@tagged("post_install", "-at_install")
class TestSettings(BatchCase):
    def set_number(self, number):
        settings = self.env["res.config.settings"].create({})
        settings.channel_document_actions = number
        settings.execute()
        return self.env["channel.settlement"]._find_document_actions().filtered("active")

    def test_as_many_actions_as_are_wanted(self):
        self.assertEqual(self.env["res.config.settings"].create({}).channel_document_actions, 2)
        actions = self.set_number(4)
        self.assertEqual(len(actions), 4)
        self.assertEqual(len(set(actions.mapped("name"))), 4)
        self.assertEqual(set(actions.mapped("interval_number")), {15})
        self.assertEqual(len(self.set_number(1)), 1)
        self.assertEqual(self.set_number(4), actions)

    def test_none_and_too_many_are_refused(self):
        for number in (0, 17):
            with self.subTest(number), self.refused("between 1 and 16"):
                self.set_number(number)

    def test_copies_go_with_the_add_on(self):
        self.set_number(3)
        uninstall_hook(self.env)
        self.assertFalse(self.env["channel.settlement"]._find_document_actions())

    def test_below_zero_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.channel_document_batch_from = -1
            self.company.flush_recordset()


@tagged("post_install", "-at_install")
class TestProgressInBrowser(Batches, WorkedExampleHttpCase):
    def test_live_from_nothing_to_what_failed(self):
        """The steps are in document_progress_tour.js."""
        self.users["officer"].group_ids |= self.env.ref("base.group_system")
        self.archive_account(self.dealer_b)
        self.approve()
        url = f"/odoo/channel.settlement/{self.settlement.id}"
        self.start_tour(url, "channel_document_progress", login="test_officer", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(self.progress(), (3, 3, 2, 1, 0))
