"""Who sees a year-end rebate, and when; two companies; and how many queries it takes."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .annual_common import AnnualCase
from .passphrase_common import Passphrases

OUTSIDERS = ("salesperson", "sales_manager", "accountant")


@tagged("post_install", "-at_install")
class TestAnnualAccess(AnnualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.make_portal_user(cls.dealer)
        cls.settle_quarters()
        cls.make_scorecard(cls.dealer)
        cls.annual = cls.compute_year()
        cls.statement = cls.annual.statement_ids

    def seen_by(self, user):
        domain = [("kind", "=", "annual")]
        return self.env["channel.statement"].with_user(user).search_count(domain)

    def test_nobody_but_holders_before_approval(self):
        for role in (*OUTSIDERS, "administrator"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(role, self.statement).read(["base_amount"])
        for user in (*map(self.users.get, OUTSIDERS), self.portal):
            self.assertFalse(self.seen_by(user))
        for role in ("keeper", "officer"):
            statement = self.as_role(role, self.statement)
            self.assertEqual(statement.expected_net_amount, 3315)
            self.assertEqual(statement.line_ids.expected_amount, 3315)
            self.assertFalse(statement.is_locked or statement.line_ids.is_locked)

    def test_after_approval_those_who_see_statements(self):
        stranger = new_test_user(self.env, "stranger", groups="sales_team.group_sale_salesman")
        self.as_role("keeper", self.annual).action_approve()
        for user in (*map(self.users.get, OUTSIDERS), self.portal):
            statement = self.statement.with_user(user)
            self.assertEqual(statement.net_amount, 3315)
            self.assertIn("3,315.00", statement.annual_reckoning)
        self.assertFalse(self.seen_by(stranger))
        with self.assertRaises(AccessError):
            self.as_role("administrator", self.statement).read(["net_amount"])

    def test_no_amount_is_stored_before_approval(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT gross_amount, net_amount, carried_in_amount FROM channel_statement "
            "WHERE id = %s UNION ALL SELECT rate, amount, total_amount "
            "FROM channel_statement_line WHERE statement_id = %s",
            [self.statement.id, self.statement.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [(None, None, None)] * 2)

    def test_no_rate_is_unsealed(self):
        before = self.env["channel.rate.look"].search_count([])
        self.as_role("officer", self.statement).mapped("expected_net_amount")
        self.as_role("keeper", self.annual).action_approve()
        self.assertEqual(self.env["channel.rate.look"].search_count([]), before)

    def test_not_printed_before_approval(self):
        report = self.model("officer", "report.channel_rebate.report_statement")
        with self.refused("printed when they are revealed"):
            report._get_report_values(self.statement.ids)

    def test_messages_tell_no_amount(self):
        self.as_role("keeper", self.annual).action_approve()
        for message in self.annual.message_ids:
            self.assertNotRegex(str(message.body) + (message.preview or ""), r"3[,.]?315")

    def test_steps_are_for_holders(self):
        for role in (*OUTSIDERS, "administrator"):
            run = self.as_role(role, self.annual)
            for step in ("action_compute", "action_approve", "action_reverse"):
                with self.subTest(role=role, step=step), self.assertRaises(AccessError):
                    getattr(run, step)()

    def test_another_company_has_its_own_year(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.refused("no dealer has a settled period"):
            self.compute_other(other)
        # A scorecard of another company counts for nothing here.
        self.as_role("keeper", self.annual).action_approve()
        self.make_scorecard(self.dealer, 0.1, company_id=other.id)
        with self.refused("no dealer's statements or coefficient have changed"):
            self.compute_year()
        self.assertFalse(self.annual.changed_dealer_ids)

    def compute_other(self, company):
        self.users["officer"].company_ids |= company
        model = self.model("officer", "channel.settlement").with_context(
            allowed_company_ids=company.ids
        )
        run = model.create({"kind": "annual", "year": "2025"})
        self.assertEqual(run.company_id, company)
        run.action_compute()

    def test_stranger_to_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        officer = new_test_user(
            self.env,
            "other_officer",
            groups="channel_rebate.group_settlement_officer",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaises(AccessError):
            self.annual.with_user(officer).action_compute()


@tagged("post_install", "-at_install")
class TestAnnualPassphrase(Passphrases, AnnualCase):
    def test_no_passphrase_is_asked_for(self):
        self.settle_quarters()
        self.set_passphrase()
        self.make_scorecard(self.dealer)
        run = self.compute_year()
        self.assertEqual(self.expected_net(run), {"Dealer A": 3315})
        self.assertFalse(self.as_role("officer", run).is_locked)
        self.as_role("officer", run)._prepare_export()
        self.as_role("keeper", run).action_approve()
        self.assertEqual(run.statement_ids.net_amount, 3315)


@tagged("post_install", "-at_install")
class TestAnnualQueries(AnnualCase):
    def count(self, step):
        self.env.flush_all()
        self.env.invalidate_all()
        self.users["keeper"].fetch(["company_id"])
        before = self.env.cr.sql_log_count
        step()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def run_year(self, dealers):
        """Return the number of statements of each step of a run of so many dealers, corrected."""
        chosen = self.env["res.partner"]
        for number in range(dealers):
            dealer = self.make_dealer(f"Dealer {dealers} {number}")
            self.make_year(dealer, sold=(10, 20, None, None))
            self.make_scorecard(dealer)
            chosen |= dealer
        self.settle_quarters(*self.quarters[:2], dealer_ids=chosen.ids)
        first = self.count_steps(chosen)
        for dealer in chosen:
            self.make_invoice(dealer, {"box": 1})
        self.settle(self.quarters[0], kind="supplementary", dealer_ids=chosen.ids)
        return first, self.count_steps(chosen)

    def count_steps(self, dealers):
        run = self.draft_year(dealer_ids=dealers.ids)
        counts = [self.count(run.action_compute)]
        statements = self.model("officer", "channel.statement").browse(run.statement_ids.ids)
        self.assertEqual(len(statements), len(dealers))
        counts.append(self.count(lambda: statements.mapped("expected_net_amount")))
        keeper_run = self.as_role("keeper", run)
        counts.append(self.count(lambda: self.assertFalse(keeper_run._approval_error_message())))
        counts.append(self.count(lambda: self.reveal(keeper_run)))
        run._move_to("approved", allowed=("computed",))
        return counts

    def reveal(self, run):
        run.statement_ids._reveal()

    def test_more_dealers_cost_no_more_statements(self):
        self.run_year(1)  # warms the caches of the registry up
        few, many = self.run_year(2), self.run_year(6)
        self.assertEqual(many, few)
        self.assertLess(few[0][0], 45)


@tagged("post_install", "-at_install")
class TestAnnualMultiUser(AnnualCase):
    def test_two_runs_one_after_another_settle_each_dealer_once(self):
        other = self.make_dealer("Dealer B")
        self.make_year(other)
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.make_scorecard(other)
        self.settle_year(dealer_ids=self.dealer.ids)
        with self.refused("no dealer's statements"):
            self.compute_year(dealer_ids=self.dealer.ids)
        run = self.settle_year()
        self.assertEqual(run.statement_ids.partner_id, other)

    def test_period_and_year_exclude_each_other(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.draft_year(period_id=self.period.id)
