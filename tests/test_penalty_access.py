"""Who sees a penalty and when, who decides it, and where the partner reads of it."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ChannelCase, WorkedExample
from .penalty_common import Penalties
from .test_statement_print import StatementPaperCase
from .test_views_by_role import specification

READERS = ("keeper", "officer", "accountant", "salesperson", "sales_manager")
HOLDERS = ("keeper", "officer")
OTHERS = ("accountant", "salesperson", "sales_manager")
MODELS = ("channel.penalty", "channel.statement.penalty")


class PenaltyAccessCase(Penalties, WorkedExample, ChannelCase):
    """A and B are fined; the salesperson has A and his S, the sales manager B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_b.user_id = cls.users["sales_manager"]
        cls.users["portal"] = cls.make_portal_user(cls.dealer_a)
        cls.users["employee"] = new_test_user(cls.env, login="test_employee")
        cls.penalties = cls.make_penalty(cls.dealer_a, 400) | cls.make_penalty(cls.dealer_b, 70)
        cls.penalties |= cls.make_penalty(cls.sub_s, 30)
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def found(self, role, model):
        """Return the names of the partners whose penalties a role finds."""
        return sorted(self.model(role, model).search([]).mapped("display_name"))


@tagged("post_install", "-at_install")
class TestWhoSees(PenaltyAccessCase):
    names = tuple(f"2025-Q1 · {name} · 02/15/2025" for name in ("Dealer A", "Dealer B", "Sub S"))

    def assert_closed(self, role, records):
        for record in records:
            with self.assertRaises(AccessError):
                self.as_role(role, record).read(["display_name"])

    def test_holders_only_until_the_statement_is_approved(self):
        lines = self.settlement.statement_ids.penalty_line_ids
        self.assertEqual(len(lines), 3)
        for model, records in zip(MODELS, (self.penalties, lines), strict=True):
            for role in HOLDERS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self.found(role, model), list(self.names))
            for role in (*OTHERS, "portal"):
                with self.subTest(role=role, model=model):
                    self.assertEqual(self.found(role, model), [])
                    self.assert_closed(role, records)
            for role in ("administrator", "employee"):
                with self.subTest(role=role, model=model), self.assertRaises(AccessError):
                    self.model(role, model).search([])

    def test_those_who_may_read_the_statement_after_it(self):
        self.approve()
        first, second, third = self.names
        expected = {
            "keeper": [first, second, third],
            "officer": [first, second, third],
            "accountant": [first, second, third],
            "sales_manager": [first, second, third],
            "salesperson": [first, third],
            "portal": [first],
        }
        for role, names in expected.items():
            for model in MODELS:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self.found(role, model), names)
        for role in ("administrator", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.model(role, "channel.penalty").search([])

    def test_a_new_one_is_hidden_again(self):
        """Of a partner whose statement is approved, until the correction is."""
        self.approve()
        new = self.make_penalty(self.dealer_a, 11)
        draft = self.make_penalty(self.dealer_a, 12, confirm=False)
        for role in (*OTHERS, "portal"):
            self.assert_closed(role, new | draft)
        correction = self.compute(kind="supplementary")
        for role in (*OTHERS, "portal"):
            self.assert_closed(role, new)
            self.assert_closed(role, correction.statement_ids.penalty_line_ids)
        self.as_role("keeper", correction).action_approve()
        for role in ("accountant", "salesperson", "sales_manager", "portal"):
            self.assertEqual(self.as_role(role, new).amount, 11)
            self.assert_closed(role, draft)

    def test_messages_of_a_hidden_one(self):
        penalty = self.as_role("keeper", self.penalties[0])
        message = penalty.message_post(body="He was seen in the south")
        for role in OTHERS:
            with self.subTest(role):
                found = self.model(role, "mail.message").search([("id", "=", message.id)])
                self.assertFalse(found)
                with self.assertRaises(AccessError):
                    self.as_role(role, penalty).message_post(body="Who?")

    def test_followers_are_holders(self):
        self.assertEqual(
            self.penalties.message_partner_ids - self.users["keeper"].partner_id,
            self.env["res.partner"],
        )

    def test_expected_amounts_are_for_holders(self):
        lines = self.settlement.statement_ids.penalty_line_ids
        for role in (*OTHERS, "portal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, lines).read(["expected_amount"])
        self.approve()
        with self.assertRaises(AccessError):
            self.as_role("accountant", lines).read(["expected_amount"])

    def test_screens_open(self):
        self.approve()
        for role in READERS:
            records = self.model(role, "channel.penalty").search([])
            views = records.get_views([(False, "list"), (False, "form"), (False, "search")])
            with self.subTest(role):
                self.assertTrue(records.web_read(specification(views["views"], records._fields)))

    def test_filter_of_what_is_not_deducted_yet(self):
        draft = self.make_penalty(self.dealer_b, 5, confirm=False)
        domain = [
            ("state", "=", "confirmed"),
            ("line_ids", "not any", [("statement_id.state", "in", ("approved", "done"))]),
        ]
        Penalty = self.model("officer", "channel.penalty")
        self.assertEqual(Penalty.search(domain), self.as_role("officer", self.penalties.sorted()))
        self.approve()
        self.assertFalse(Penalty.search(domain))
        self.assertEqual(draft.settled_amount, 0)


@tagged("post_install", "-at_install")
class TestWhoDecides(PenaltyAccessCase):
    def test_nobody_but_keepers(self):
        draft = self.make_penalty(self.dealer_a, 1, confirm=False)
        confirmed = self.penalties[0]
        self.approve()
        values = {"partner_id": self.dealer_a.id, "reason": "x", "amount": 1, "date": "2025-02-01"}
        for role in ("officer", *OTHERS, "administrator", "portal", "employee"):
            attempts = {
                "create": lambda r=role: self.model(r, "channel.penalty").create(values),
                "change": lambda r=role: self.as_role(r, draft).write({"amount": 2}),
                "confirm": lambda r=role: self.as_role(r, draft).action_confirm(),
                "lift": lambda r=role: self.as_role(r, confirmed)._lift("x"),
                "delete": lambda r=role: self.as_role(r, draft).unlink(),
                "wizard": lambda r=role: self.model(r, "channel.penalty.lift").create(
                    {"penalty_ids": confirmed.ids, "reason": "x"}
                ),
            }
            for what, attempt in attempts.items():
                with self.subTest(role=role, what=what), self.assertRaises(AccessError):
                    attempt()
        self.assertEqual((draft.state, confirmed.state), ("draft", "confirmed"))

    def test_nobody_writes_what_a_statement_deducts(self):
        line = self.settlement.statement_ids.penalty_line_ids[0]
        self.approve()
        values = {"statement_id": line.statement_id.id, "penalty_id": line.penalty_id.id}
        for role in (*READERS, "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, line).write({"amount": 1})
            with self.subTest(role), self.assertRaises(AccessError):
                self.model(role, "channel.statement.penalty").create(values)
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, line).unlink()


@tagged("post_install", "-at_install")
class TestPenaltyOnPaper(Penalties, StatementPaperCase):
    def test_each_with_date_and_reason(self):
        penalty = self.make_penalty(self.dealer_a, 400)
        self.make_penalty(self.dealer_a, 73.5, reason="Sold\nbelow the floor")
        self.make_penalty(self.sub_s, 30)
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        (page,) = self.pages_of("accountant", self.of(self.dealer_a))
        texts = (
            "Penalties",
            "02/15/2025 Dealer A sold outside of the territory $ 400.00",
            "02/15/2025 Sold below the floor $ 73.50",
            "Total $ 473.50",
            "Penalty $ -473.50",
            "Credited, without tax $ 2,000.00",
        )
        self.assert_texts(page, texts)
        # His sub-distributor's penalty is none of his.
        self.assertNotIn("30.00", page)
        (page,) = self.pages_of("accountant", self.of(self.dealer_b))
        self.assertNotIn("enalt", page)
        self.lift(penalty)
        correction = self.settle(kind="supplementary")
        (page,) = self.pages_of("accountant", correction.statement_ids)
        self.assert_texts(
            page, ["territory (lifted) $ -400.00", "Penalty $ -473.50 $ -73.50 $ 400.00"]
        )
