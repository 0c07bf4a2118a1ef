"""Asking for rates as everybody, and the tests that ORM and HTTP have in common."""

from .secrecy_calls import (
    ANSWER,
    NOTHING,
    REFUSED,
    SECRET,
    Refused,
    changes,
    expectations,
    grouping,
    paths,
    reading,
    searching,
)
from .secrecy_common import OUTSIDERS, secrets_in


class Asking:
    """Make calls as everybody; a heir says how a call is made."""

    def call_as(self, role, call):
        """Return the answer that ``role`` gets, as JSON would hold it.

        :raise Refused: with everything that the caller is told
        """
        raise NotImplementedError

    def assertRefused(self, calls, kinds=("AccessError", "UserError"), empty=()):
        """Check that nobody outside gets anything: an error of ``kinds``, or what is ``empty``."""
        for role in OUTSIDERS:
            for call in calls:
                with self.subTest(role=role, call=str(call)):
                    try:
                        self.assertIn(self.call_as(role, call), empty, "not refused")
                    except Refused as error:
                        self.assertIn(error.kind, kinds)
                        self.assertNoSecret(str(error))

    def assertKeeperGets(self, calls):
        """Check that the same calls tell a keeper what he may know, and search or sort by none."""
        for call in calls:
            with self.subTest(call=str(call)):
                try:
                    answer = self.call_as("keeper", call)
                    got = SECRET if secrets_in(answer) else ANSWER
                except Refused as error:
                    self.assertIn(error.kind, ("AccessError", "ValueError"))
                    got = REFUSED
                self.assertEqual(got, call.keeper)

    def answer_or_error(self, role, call):
        try:
            return self.call_as(role, call)
        except Refused as error:
            return str(error)

    def secret_calls(self):
        """Return the calls by which a keeper gets a secret."""
        calls = [*reading(self.rates.ids, self.period.id), *self.expectation_calls()]
        return [call for call in calls if call.keeper is SECRET]

    def expectation_calls(self):
        lines = self.statements.line_ids
        return expectations(self.settlement.ids, self.statements.ids, lines.ids)


class AskingForRates(Asking):
    """The tests that both ways of calling have in common."""

    def test_rates_are_not_read(self):
        calls = reading(self.rates.ids, self.period.id)
        self.assertKeeperGets(calls)
        self.assertRefused(calls)

    def test_rates_are_not_searched_or_sorted(self):
        self.assertKeeperGets(searching())
        self.assertRefused(searching())

    def test_rates_are_not_grouped_or_aggregated(self):
        self.assertKeeperGets(grouping())
        self.assertRefused(grouping())

    def test_expected_amounts_are_not_read(self):
        self.assertKeeperGets(self.expectation_calls())
        self.assertRefused(self.expectation_calls(), empty=NOTHING)

    def test_no_path_leads_to_a_rate(self):
        calls = paths(self.agreements.ids)
        self.assertKeeperGets(calls)
        self.assertRefused(calls, kinds=("AccessError", "ValueError", "UserError"), empty=NOTHING)

    def test_nothing_is_changed(self):
        calls = changes(self.rates.ids, self.agreements.ids, self.settlement.ids)
        self.assertRefused(calls, kinds=("AccessError",))
