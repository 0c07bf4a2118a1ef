"""Year-end rebates in the background: more of them than the company wants to wait for."""

from odoo.tests import tagged

from .annual_common import AnnualCase
from .test_document_batches import ACTIVITY, Batches


@tagged("post_install", "-at_install")
class TestAnnualBatches(AnnualCase):
    run_action = Batches.run_action
    progress = Batches.progress
    archive_account = Batches.archive_account

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.make_dealer("Dealer B")
        cls.make_year(cls.second, rates=("2", "2", "2", "2"))
        for dealer in (cls.dealer, cls.second):
            cls.make_scorecard(dealer)
        cls.settle_quarters()
        cls.company.write({"channel_document_batch_from": 1, "channel_rebate_post_documents": True})

    def approve_year(self):
        self.settlement = self.settle_year()

    def test_they_are_made_and_posted_later(self):
        self.approve_year()
        statements = self.settlement.statement_ids
        self.assertEqual(self.settlement.state, "approved")
        self.assertFalse(statements.move_id)
        self.assertEqual(self.progress(), (2, 0, 0, 0, 2))
        self.run_action()
        self.assertEqual(self.settlement.state, "done")
        self.assertEqual(self.progress(), (2, 2, 2, 0, 0))
        self.assertEqual(
            {move.partner_id: (move.state, move.amount_untaxed) for move in statements.move_id},
            # 0.85 × 3,900, and 0.85 × 2 % of 100,000
            {self.dealer: ("posted", 3315.0), self.second: ("posted", 1700.0)},
        )

    def test_as_many_as_the_company_says_are_made_at_once(self):
        self.company.channel_document_batch_from = 2
        self.approve_year()
        self.assertEqual(self.settlement.state, "done")

    def test_one_that_fails_stops_itself_only(self):
        account = self.archive_account(self.second)
        self.approve_year()
        self.run_action()
        self.assertEqual(self.settlement.state, "approved")
        self.assertEqual(self.progress(), (2, 2, 1, 1, 0))
        self.assertIn("Dealer B: ", self.settlement.activity_search([ACTIVITY])[0].note)
        account.active = True
        self.as_role("officer", self.settlement).action_retry_documents()
        self.run_action()
        self.assertEqual(self.settlement.state, "done")

    def test_its_correction_goes_the_same_way_and_all_is_taken_back(self):
        self.approve_year()
        self.run_action()
        self.company.channel_document_batch_from = 0
        self.correct_quarter(0, 100)
        self.run_action()
        first, self.settlement = self.settlement, self.settle_year()
        self.assertFalse(self.settlement.statement_ids.move_id)
        self.run_action()
        self.assertEqual(self.settlement.statement_ids.mapped("number"), [1])
        for run in (self.settlement, first):
            self.assertEqual(run.state, "done")
            self.as_role("keeper", run).action_reverse()
            self.assertEqual(run.state, "reversed")
            self.assertFalse(any(run.statement_ids.move_id.mapped("amount_residual")))
