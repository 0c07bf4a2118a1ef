"""Nothing that is read before approval depends on rates, so that nothing can be inferred."""

from odoo.fields import Command
from odoo.tests import tagged

from .accrual_common import JANUARY
from .secrecy_worlds import WORLD_1, WORLD_2, Worlds

# An accrual is one sum over all dealers, and told to accounting. Where it shows:
ACCRUAL = {
    "account.account",
    "account.journal",
    "account.move",
    "account.move.line",
    "account.invoice.report",
    "channel.accrual",
    "channel.period",
}
ROLES = ("salesperson", "sales_manager", "accountant", "administrator", "portal")
# Stored and never the same twice: ciphertext, salted hashes of it, names and hashes of messages.
STORED_BY_CHANCE = {
    ("channel_rate", "token"),
    ("channel_agreement", "fingerprint"),
    ("channel_agreement_line", "line_hash"),
    ("mail_message", "message_id"),
    *(("channel_seal", name) for name in ("fingerprint", "entry_hash", "previous_hash", "mac")),
}


@tagged("post_install", "-at_install")
class TestSecrecyInference(Worlds):
    def compute_run(self, **values):
        self.settlement = self.compute(**values)

    def accrue(self):
        steps, _reasons = self.model("officer", "channel.accrual")._accrue(
            self.company.with_user(self.users["officer"]), JANUARY
        )
        self.assertTrue(steps)

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def look(self, roles, rates, *steps):
        with self.world(rates, *steps):
            return {role: self.seen(role) for role in roles}

    def compare(self, roles, *steps):
        """Return by role what differs between the two worlds."""
        one, other = (self.look(roles, rates, *steps) for rates in (WORLD_1, WORLD_2))
        self.assertGreater(min(len(seen) for seen in one.values()), 1000)
        return {role: self.differing(one[role], other[role]) for role in roles}

    def test_two_worlds_look_alike_until_approval(self):
        """Read by everybody outside: all fields, names, counts and sums of all that he may read."""
        self.assertEqual(self.compare(ROLES, self.compute_run), {role: set() for role in ROLES})

    def test_two_worlds_are_stored_alike_until_approval(self):
        """Whoever reads the database finds rates in no column but that of the ciphertext."""
        stored = []
        for rates in (WORLD_1, WORLD_2):
            with self.world(rates, self.compute_run):
                stored.append(self.stored())
        keys = self.differing(*stored)
        self.assertEqual({(table, column) for table, _row, column in keys}, STORED_BY_CHANCE)
        tokens = [value for key, value in stored[1].items() if key[2] == "token"]
        self.assertEqual(len({len(token) for token in tokens if token}), 1)

    def test_two_worlds_look_alike_but_for_the_sum_of_an_accrual(self):
        differing = self.compare(("accountant", "sales_manager", "portal"), self.accrue)
        self.assertEqual(
            {model for model, _id, _name in differing.pop("accountant")} - ACCRUAL, set()
        )
        self.assertEqual(differing, {"sales_manager": set(), "portal": set()})

    def test_after_approval_the_worlds_differ(self):
        """So the comparison would have found what was there before."""
        roles = ("sales_manager", "accountant", "portal")
        for role, keys in self.compare(roles, self.compute_run, self.approve).items():
            with self.subTest(role=role):
                models = {model for model, _id, _name in keys}
                self.assertLessEqual({"channel.statement", "channel.statement.line"}, models)

    def test_a_run_over_a_part_leaves_the_others_alike(self):
        """Only dealer B is revealed, at rates that are the same in both worlds."""
        same = {"Dealer B": WORLD_1["Dealer B"]}
        only = [Command.link(self.dealers[1].id)]

        def settle_one():
            self.compute_run(dealer_ids=only)
            self.approve()

        roles = ("sales_manager", "accountant")
        one, other = (
            self.look(roles, {**rates, **same}, settle_one) for rates in (WORLD_1, WORLD_2)
        )
        for role in roles:
            with self.subTest(role=role):
                # The proof of his own statement shows its salts, which are drawn by chance.
                (key,) = self.differing(one[role], other[role])
                self.assertEqual((key[0], key[2]), ("channel.statement", "proof"))
        statements = {key for key in one["sales_manager"] if key[0] == "channel.statement"}
        self.assertTrue(statements)
