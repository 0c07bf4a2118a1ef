"""Penalties: their life, what they do to an account, and what comes of them later."""

from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .changes import ChangesCase
from .penalty_common import Penalties
from .test_supplementary import SupplementaryCase

LATE = date(2025, 3, 20)


class PenaltyCase(Penalties, SupplementaryCase):
    """Dealers A and B: gross 2,530 and 506 passed on, so net 2,024; their subs get 506 each."""


@tagged("post_install", "-at_install")
class TestPenalty(PenaltyCase):
    def test_life(self):
        penalty = self.make_penalty(self.dealer_a, 300, confirm=False)
        self.assertEqual((penalty.state, penalty.period_id), ("draft", self.period))
        self.assertEqual(penalty.currency_id, self.company.currency_id)
        self.as_role("keeper", penalty).write({"amount": 250, "reason": "Sold too cheaply"})
        self.as_role("keeper", penalty).action_confirm()
        self.assertEqual(penalty.confirmed_by_id, self.users["keeper"])
        self.lift(penalty, "He was not the one")
        self.assertEqual((penalty.state, penalty.lifted_by_id), ("lifted", self.users["keeper"]))
        self.assertEqual(penalty.lift_reason, "He was not the one")
        self.assertTrue(penalty.confirmed_on <= penalty.lifted_on)

    def test_decided_ones_stay_as_they_are(self):
        penalty = self.as_role("keeper", self.make_penalty(self.dealer_a, 300))
        changes = {
            "amount": 1,
            "reason": "x",
            "date": LATE,
            "partner_id": self.dealer_b.id,
            "period_id": self.next_period.id,
            "currency_id": self.env.ref("base.EUR").id,
        }
        for lifted in (False, True):
            if lifted:
                self.lift(penalty)
            for name, value in changes.items():
                with self.subTest(name, lifted=lifted), self.refused("Dealer A .* can't change"):
                    penalty.write({name: value})
            with self.refused("Dealer A .* can't be deleted"):
                penalty.unlink()
        for name in ("state", "confirmed_on", "lifted_by_id", "lift_reason"):
            with self.subTest(name), self.refused("use the buttons"):
                penalty.write({name: False})
        draft = self.make_penalty(self.dealer_b, 1, confirm=False)
        self.as_role("keeper", draft).unlink()

    def test_steps_in_order(self):
        penalty = self.as_role("keeper", self.make_penalty(self.dealer_a, 300, confirm=False))
        with self.refused("can't be done now.*\n.*Dealer A.*Draft"):
            penalty._lift("Too early")
        penalty.action_confirm()
        with self.refused("can't be done now.*\n.*Dealer A.*Confirmed"):
            penalty.action_confirm()
        penalty._lift("Enough")
        with self.refused("can't be done now.*\n.*Dealer A.*Lifted"):
            penalty.action_confirm()

    def test_what_makes_no_penalty(self):
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.dealer_a.id})
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for partner in (contact, stranger):
            with self.refused("neither a dealer nor a sub-distributor", ValidationError):
                self.make_penalty(partner, 1)
        with self.refused("within 2025-Q1", ValidationError):
            self.make_penalty(self.dealer_a, 1, date=date(2025, 4, 1), period_id=self.period.id)
        with self.refused("say what for", ValidationError):
            self.make_penalty(self.dealer_a, 1, reason=" \n")
        for amount in (0, -5):
            with (
                self.subTest(amount),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.make_penalty(self.dealer_a, amount)

    def test_day_decides_the_period(self):
        form = Form(self.model("keeper", "channel.penalty"))
        form.partner_id = self.dealer_b
        form.date = date(2025, 4, 1)
        self.assertEqual(form.period_id, self.next_period)
        form.date = date(2025, 3, 31)
        self.assertEqual(form.period_id, self.period)
        form.amount = 5
        form.reason = "Late"
        self.assertEqual(form.save().display_name, "2025-Q1 · Dealer B · 03/31/2025")

    def test_period_keeps_the_days_of_breaches(self):
        period = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        self.make_penalty(self.dealer_a, 5, date=date(2025, 9, 30))
        with self.refused("not within 2025-Q3", ValidationError):
            period.date_to -= timedelta(days=1)

    def test_closed_period_decides_nothing(self):
        draft = self.as_role("keeper", self.make_penalty(self.dealer_a, 300, confirm=False))
        confirmed = self.as_role("keeper", self.make_penalty(self.dealer_b, 300))
        self.period.state = "closed"
        with self.refused("2025-Q1 is closed"):
            draft.action_confirm()
        for attempt in (confirmed.action_lift, lambda: confirmed._lift("No")):
            with self.refused("2025-Q1 is closed"):
                attempt()

    def test_tracked_without_an_amount(self):
        keeper = self.model("keeper", "channel.penalty").with_context(tracking_disable=False)
        penalty = keeper.create(
            {
                "partner_id": self.dealer_a.id,
                "date": LATE,
                "reason": "Sold too cheaply",
                "amount": 777.77,
            }
        )
        self.env.cr.precommit.run()
        penalty.action_confirm()
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = penalty.message_ids
        tracked = messages.sudo().tracking_value_ids
        self.assertIn("state", tracked.field_id.mapped("name"))
        self.assertNotIn("amount", tracked.field_id.mapped("name"))
        self.assertNotIn("777", "".join(messages.mapped("body")))


@tagged("post_install", "-at_install")
class TestPenaltyCurrency(PenaltyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.dealer_c = cls.make_dealer("Dealer C")

    def agree(self):
        return self.sign_all(self.dealer_c, periods=[self.period], currency_id=self.euro.id)

    def test_that_of_the_agreement(self):
        self.agree()
        self.assertEqual(self.make_penalty(self.dealer_c, 5).currency_id, self.euro)
        self.assertEqual(self.make_penalty(self.dealer_a, 5).currency_id, self.company.currency_id)

    def test_another_one_is_refused_when_it_is_confirmed(self):
        self.agree()
        with self.refused("Dealer C .* is in USD, and the agreement in EUR"):
            self.make_penalty(self.dealer_c, 5, currency_id=self.company.currency_id.id)

    def test_coins_of_the_currency(self):
        """Entered for somebody who is paid in cents, then moved to one who has whole yen."""
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.sign_all(self.dealer_c, periods=[self.period], currency_id=yen.id)
        penalty = self.as_role("keeper", self.make_penalty(self.dealer_a, 10.55, confirm=False))
        penalty.partner_id = self.dealer_c
        self.assertEqual(penalty.currency_id, yen)
        penalty.action_confirm()
        self.make_invoice(self.dealer_c, {"soap": 100})
        statement = self.statement_of(self.settle(), self.dealer_c)
        self.assertEqual(statement.penalty_amount, 11)
        self.assertEqual(statement.move_id.amount_untaxed, statement.net_amount)

    def test_or_when_an_agreement_came_later(self):
        penalty = self.make_penalty(self.dealer_c, 5)
        self.agree()
        with self.refused("Dealer C .*: in USD, and the agreement in EUR"):
            self.compute()
        self.lift(penalty)
        self.make_penalty(self.dealer_c, 5)
        self.make_invoice(self.dealer_c, {"soap": 100})
        statement = self.statement_of(self.settle(), self.dealer_c)
        self.assertEqual((statement.currency_id, statement.penalty_amount), (self.euro, 5))


@tagged("post_install", "-at_install")
class TestPenaltyInAccount(PenaltyCase):
    def test_deducted_from_the_one_who_got_it(self):
        self.make_penalty(self.dealer_a, 300)
        self.make_penalty(self.dealer_a, 50.25)
        self.make_penalty(self.dealer_a, 900, confirm=False)
        self.lift(self.make_penalty(self.dealer_a, 900))
        self.make_penalty(self.dealer_a, 900, date=date(2025, 4, 1))
        settlement = self.settle()
        self.assertEqual(self.parts(settlement, self.dealer_a), (2530, 506, 350.25, 1673.75, 0))
        self.assertEqual(self.parts(settlement, self.dealer_b), (2530, 506, 0, 2024, 0))
        lines = self.statement_of(settlement, self.dealer_a).penalty_line_ids
        self.assertEqual(lines.mapped("amount"), [300, 50.25])
        self.assertEqual(lines.penalty_id.mapped("settled_amount"), [300, 50.25])

    def test_sub_distributors_penalty_leaves_his_dealer_alone(self):
        self.make_penalty(self.sub_a, 100)
        settlement = self.settle()
        self.assertEqual(self.parts(settlement, self.sub_a), (506, 0, 100, 406, 0))
        self.assertEqual(self.parts(settlement, self.dealer_a), (2530, 506, 0, 2024, 0))
        self.assertEqual(self.parts(settlement, self.sub_b), (506, 0, 0, 506, 0))

    def test_never_below_zero_and_the_rest_next_quarter(self):
        self.make_penalty(self.dealer_a, 3000)
        self.make_penalty(self.sub_b, 600)
        first = self.settle()
        self.assertEqual(self.parts(first, self.dealer_a), (2530, 506, 3000, 0, -976))
        self.assertEqual(self.parts(first, self.sub_b), (506, 0, 600, 0, -94))
        self.assertFalse(self.statement_of(first, self.dealer_a).move_id)
        for dealer, sub in ((self.dealer_a, self.sub_a), (self.dealer_b, self.sub_b)):
            self.make_invoice(dealer, {"soap": 100}, day=date(2025, 5, 1))
            self.make_order(sub, {"soap": 40}, day=date(2025, 5, 1))
        second = self.settle(self.next_period)
        self.assertEqual(self.parts(second, self.dealer_a), (2530, 506, 0, 1048, 0))
        self.assertEqual(self.parts(second, self.sub_b), (506, 0, 0, 412, 0))
        self.assertEqual(self.parts(second, self.dealer_b), (2530, 506, 0, 2024, 0))

    def test_invariant_1(self):
        for partner, amount in ((self.dealer_a, 3000), (self.sub_a, 7.77), (self.dealer_b, 12)):
            self.make_penalty(partner, amount)
        statements = self.settle().statement_ids
        dealers = statements.filtered(lambda record: record.role == "dealer")
        carried = sum(statements.mapped("carried_in_amount")) - sum(
            statements.mapped("carried_out_amount")
        )
        expected = (
            sum(dealers.mapped("gross_amount")) - sum(statements.mapped("penalty_amount")) + carried
        )
        self.assertAlmostEqual(sum(statements.mapped("net_amount")), expected)

    def test_decided_since_computing(self):
        draft = self.make_penalty(self.dealer_a, 300, confirm=False)
        other = self.make_penalty(self.sub_b, 20)
        settlement = self.compute()
        keeper_settlement = self.as_role("keeper", settlement)
        self.as_role("keeper", draft).action_confirm()
        with self.refused("Penalties were confirmed or lifted .*: Dealer A. Ask .* compute"):
            keeper_settlement.action_approve()
        self.as_role("officer", settlement).action_compute()
        self.lift(other)
        with self.refused("Penalties were confirmed or lifted .*: Sub B. Ask .* compute"):
            keeper_settlement.action_approve()
        self.as_role("officer", settlement).action_compute()
        keeper_settlement.action_approve()
        self.assertEqual(self.parts(settlement, self.dealer_a)[2:4], (300, 1724))
        self.assertEqual(self.parts(settlement, self.sub_b)[2:4], (0, 506))

    def test_somebody_elses_does_not_matter(self):
        settlement = self.compute(dealer_ids=self.dealer_a.ids)
        self.make_penalty(self.dealer_b, 300)
        self.make_penalty(self.dealer_a, 300, date=date(2025, 5, 1))
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual(self.parts(self.settle(), self.dealer_b)[2:4], (300, 1724))

    def test_reversed_and_settled_again(self):
        penalty = self.make_penalty(self.dealer_a, 300)
        settlement = self.settle()
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual(penalty.settled_amount, 0)
        self.assertEqual(self.parts(self.settle(), self.dealer_a)[2:4], (300, 1724))

    def test_what_holders_expect(self):
        self.make_penalty(self.dealer_a, 300)
        settlement = self.compute()
        statement = self.statement_of(settlement, self.dealer_a)
        for role in ("officer", "keeper"):
            own = self.as_role(role, statement)
            with self.subTest(role):
                self.assertEqual(
                    (own.expected_penalty_amount, own.expected_net_amount), (300, 1724)
                )
                self.assertEqual(own.penalty_line_ids.mapped("expected_amount"), [300])
                action = self.as_role(role, settlement).action_show_totals()
                self.assertIn("penalties $\xa0300.00, net", action["params"]["message"])
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT amount FROM channel_statement_penalty WHERE statement_id = %s", statement.ids
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_preview_and_export(self):
        self.make_penalty(self.dealer_a, 300)
        preview = self.model("officer", "channel.settlement").get_preview(self.period.id)
        found = {row["name"]: (row["penalty"], row["net"]) for row in preview["rows"]}
        self.assertEqual((found["Dealer A"], found["Dealer B"]), ((300, 1724), (0, 2024)))
        self.assertEqual(preview["totals"][0]["penalty"], 300)
        self.assertFalse(self.env["channel.statement.penalty"].search([]))
        export = self.as_role("officer", self.compute())._prepare_export()
        _title, headings, rows = export[0]
        place = headings.index("Penalty")
        self.assertEqual([float(row[place]) for row in rows], [300, 0, 0, 0])

    def test_imagined_statements_have_them(self):
        """As an accrual sees what is to be expected."""
        self.make_penalty(self.dealer_a, 300)
        agreements = self.env["channel.agreement"].search([("period_id", "=", self.period.id)])
        Statement = self.model("officer", "channel.statement")
        statements = Statement._imagine(agreements.with_env(Statement.env), [])
        accounts = statements._get_accounts({}, {})
        found = {record.partner_id.name: accounts[record.id].penalty for record in statements}
        self.assertEqual(found, {"Dealer A": 300, "Dealer B": 0, "Sub A": 0, "Sub B": 0})


@tagged("post_install", "-at_install")
class TestPenaltyLater(PenaltyCase):
    """After settling: the supplementary settlement compares penalty by penalty."""

    def test_a_later_penalty(self):
        self.settle()
        self.nothing_to_correct()
        self.make_penalty(self.dealer_a, 300, confirm=False)
        self.nothing_to_correct()
        self.make_penalty(self.dealer_a, 200)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        self.assertEqual(self.parts(correction, self.dealer_a), (0, 0, 200, 0, -200))
        statement = correction.statement_ids
        self.assertEqual(
            (statement.settled_penalty_amount, statement.total_penalty_amount), (0, 200)
        )
        self.assertEqual(set(statement.line_ids.mapped("amount")), {0})
        self.nothing_to_correct()

    def test_a_lifted_one_is_given_back(self):
        penalty = self.make_penalty(self.dealer_a, 300)
        kept = self.make_penalty(self.dealer_a, 40)
        self.make_penalty(self.dealer_b, 300)
        self.settle()
        self.nothing_to_correct()
        self.lift(penalty)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a)
        self.assertEqual(self.parts(correction, self.dealer_a), (0, 0, -300, 300, 0))
        statement = correction.statement_ids
        self.assertEqual(
            (statement.settled_penalty_amount, statement.total_penalty_amount), (340, 40)
        )
        self.assertEqual(statement.penalty_line_ids.penalty_id, penalty)
        self.assertEqual((penalty.settled_amount, kept.settled_amount), (0, 40))
        self.nothing_to_correct()

    def test_one_comes_as_another_goes(self):
        first = self.make_penalty(self.dealer_b, 300)
        self.settle()
        self.lift(first)
        self.make_penalty(self.dealer_b, 300)
        statement = self.correct().statement_ids
        self.assertEqual((statement.penalty_amount, statement.net_amount), (0, 0))
        self.assertEqual(sorted(statement.penalty_line_ids.mapped("amount")), [-300, 300])
        self.nothing_to_correct()

    def test_together_with_a_late_sale(self):
        self.settle()
        self.make_penalty(self.dealer_a, 100)
        self.make_invoice(self.dealer_a, {"soap": 10}, day=LATE)
        correction = self.correct()
        self.assertEqual(self.parts(correction, self.dealer_a), (253, 0, 100, 153, 0))

    def test_given_back_before_clamp_and_carry(self):
        """Gross 2,530, passed on 506, penalty 3,000: nothing paid, 976 left; 3,000 come back."""
        penalty = self.make_penalty(self.dealer_a, 3000)
        self.settle()
        self.lift(penalty)
        correction = self.correct()
        self.assertEqual(self.parts(correction, self.dealer_a), (0, 0, -3000, 2024, 0))
        self.assertEqual(correction.statement_ids.carried_in_amount, -976)

    def test_sub_distributors_takes_his_dealer_along_for_nothing(self):
        self.settle()
        self.make_penalty(self.sub_a, 100)
        correction = self.correct()
        self.assertEqual(correction.statement_ids.partner_id, self.dealer_a | self.sub_a)
        self.assertEqual(self.parts(correction, self.sub_a), (0, 0, 100, 0, -100))
        self.assertEqual(self.parts(correction, self.dealer_a), (0, 0, 0, 0, 0))

    def test_dealer_who_is_not_settled(self):
        self.settle(dealer_ids=self.dealer_a.ids)
        self.make_penalty(self.dealer_b, 100)
        self.nothing_to_correct()
        self.assertEqual(self.parts(self.settle(), self.dealer_b)[2:4], (100, 1924))

    def test_decided_since_the_correction_was_computed(self):
        self.settle()
        penalty = self.make_penalty(self.dealer_a, 300)
        correction = self.compute(kind="supplementary")
        self.make_penalty(self.dealer_b, 300)  # has a correction of his own
        with self.env.cr.savepoint() as savepoint:
            self.make_penalty(self.sub_a, 10)
            with self.refused("Penalties were confirmed or lifted .*: Sub A"):
                self.as_role("keeper", correction).action_approve()
            savepoint.rollback()
        self.env.invalidate_all()
        self.lift(penalty)
        with self.refused("Penalties were confirmed or lifted .*: Dealer A"):
            self.as_role("keeper", correction).action_approve()

    def test_expected_total(self):
        self.make_penalty(self.dealer_a, 300)
        self.settle()
        self.make_penalty(self.dealer_a, 20)
        statement = self.as_role("officer", self.compute(kind="supplementary").statement_ids)
        self.assertEqual(statement.expected_penalty_amount, 20)
        self.assertEqual(statement.expected_total_penalty_amount, 320)

    def test_reversed_correction(self):
        self.settle()
        self.make_penalty(self.dealer_a, 300)
        self.as_role("keeper", self.correct()).action_reverse()
        self.assertEqual(self.parts(self.correct(), self.dealer_a), (0, 0, 300, 0, -300))


@tagged("post_install", "-at_install")
class TestPenaltyCompanies(PenaltyCase):
    def test_companies_apart(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for role in ("keeper", "officer"):
            self.users[role].company_ids |= company
        there = self.make_period(self.period.date_from, self.period.date_to, company_id=company.id)
        self.sign(self.make_agreement(self.dealer_a, {"soap": "2"}, period=there))
        penalty = self.make_penalty(self.dealer_a, 300, period_id=there.id)
        self.assertEqual(penalty.company_id, company)
        self.assertEqual(self.parts(self.settle(), self.dealer_a)[2:4], (0, 2024))
        self.nothing_to_correct()
        self.assertEqual(self.parts(self.settle(there), self.dealer_a)[2:], (300, 0, -300))
        self.users["keeper"].write({"company_ids": [Command.unlink(company.id)]})
        self.assertFalse(self.model("keeper", "channel.penalty").search([]))
        with self.assertRaises(UserError):
            self.as_role("keeper", penalty)._lift("Not mine")

    def test_partner_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.make_dealer("Foreign", company_id=company.id)
        with self.refused("Foreign"):
            self.make_penalty(foreign, 1)


@tagged("post_install", "-at_install")
class TestPenaltyAfterwards(Penalties, ChangesCase):
    """A penalty decided after its period was settled has the period corrected."""

    def test_the_period_says_so(self):
        penalty = self.make_penalty(self.dealer_a, 100)
        self.assertEqual(self.changed(), self.dealer_a)
        self.lift(penalty)
        self.assertFalse(self.changed())
        self.make_penalty(self.dealer_b, 50, confirm=False)
        self.assertFalse(self.marked())
