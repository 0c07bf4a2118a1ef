"""A lost key: nothing is readable, nothing is made silently, and there is a way to go on."""

import pathlib
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import RATES_A, RATES_B, RATES_S, ChannelCase, WorkedExample
from .key_common import OTHER_KEY, KeyFile, id_of

PUBLISHED = {
    "Dealer A": (3107.00, 633.50, 2473.50),
    "Dealer B": (3228.50, 0.00, 3228.50),
    "Sub S": (633.50, 0.00, 633.50),
}


class FirstWithoutKey(KeyFile):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.without_key()


class LostKeyCase(WorkedExample, FirstWithoutKey, ChannelCase):
    """The worked example, sealed and signed, a draft for the next quarter, and no key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        later = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))
        cls.draft = cls.make_agreement(cls.dealer_b, {"soap": "1"}, period=later)
        cls.fingerprints = cls.agreements.mapped("fingerprint")
        cls.key_text = cls.lost_path().read_text()
        # As at the end of the requests in which this happened.
        cls.env["channel.rate.look"].sudo()._write_noted()

    @classmethod
    def lost_path(cls):
        (path,) = pathlib.Path(cls.folder).iterdir()
        return path

    def setUp(self):
        super().setUp()
        self.lost = self.lost_path()
        self.lost.unlink()

    def start_anew(self, words="These rates are lost"):
        wizard = self.model("keeper", "channel.key.loss").create({"confirmation": words})
        return wizard.action_confirm()

    def make_version(self, agreement, rates, day=date(2025, 1, 1)):
        version = self.as_role("keeper", agreement)._create_version(day)
        self.enter_rates(version, rates.values())
        return version

    def make_versions(self):
        return (
            self.make_version(self.agreement_a, RATES_A)
            | self.make_version(self.agreement_b, RATES_B)
            | self.make_version(self.agreement_s, RATES_S)
        )


@tagged("post_install", "-at_install")
class TestKeyLost(LostKeyCase):
    def test_nothing_is_readable_and_nothing_is_made(self):
        tokens = self.tokens()
        with self.refused(f"missing: {self.lost}"):
            self.rates_of(self.agreement_a).mapped("rate")
        with self.refused("Restore it from your backup"):
            self.enter_rates(self.draft, ["2"])
        with self.refused("missing"):
            self.settle()
        self.assertEqual(self.tokens(), tokens)
        self.assertEqual(self.key_files(), [])

    def test_wizard_tells_what_is_lost(self):
        action = self.screen.action_start_anew()
        wizard = Form(self.model("keeper", action["res_model"]))
        self.assertEqual(wizard.agreement_count, 3)
        self.assertIn(str(self.lost), wizard.problem)

    def test_words_have_to_be_typed(self):
        for words in ("", "yes", "these rates"):
            with self.subTest(words), self.refused("type “These rates are lost”"):
                self.start_anew(words)
        self.assertEqual(self.key_files(), [])

    def test_only_a_keeper_starts_anew(self):
        for role in ("officer", "administrator", "accountant"):
            with self.subTest(role), self.refused("keeper", AccessError):
                self.model(role, "channel.key").action_start_anew()
            with self.subTest(role), self.refused("keeper", AccessError):
                self.model(role, "channel.key")._declare_lost()
        self.assertEqual(self.key_files(), [])

    def test_not_while_the_key_is_at_hand(self):
        self.lost.write_text(self.key_text)
        with self.refused("not lost: it is in"):
            self.screen.action_start_anew()
        with self.refused("not lost: it is in"):
            self.start_anew()
        self.set_variable("CHANNEL_REBATE_KEY", OTHER_KEY)
        with self.refused("take that variable away"):
            self.start_anew()

    def test_what_is_sealed_stays_as_it_is(self):
        tokens, old_id = self.tokens(), self.known_id()
        self.start_anew()
        self.assertEqual(self.tokens(), tokens)
        self.assertEqual(self.agreements.mapped("fingerprint"), self.fingerprints)
        self.assertEqual(self.agreements.mapped("rates_lost"), [True] * 3)
        self.assertFalse(self.draft.rates_lost)
        self.assertNotEqual(self.known_id(), old_id)
        self.assertEqual(self.key_files(), [self.path])
        self.assertEqual(self.env["channel.key.event"]._get_lost_ids(), {old_id})

    def test_new_key_from_the_environment(self):
        self.set_variable("CHANNEL_REBATE_KEY", OTHER_KEY)
        self.start_anew()
        self.assertEqual((self.known_id(), self.key_files()), (id_of(OTHER_KEY), []))
        self.enter_rates(self.draft, ["2"])
        self.assertEqual(self.rates_of(self.draft).rate, 2)

    def test_mark_is_not_set_by_hand(self):
        with self.refused("can't be set by hand"):
            self.as_role("keeper", self.agreement_a).rates_lost = True


@tagged("post_install", "-at_install")
class TestKeyLostAndReplaced(LostKeyCase):
    def setUp(self):
        super().setUp()
        self.start_anew()

    def test_screens_show_lost_rates_as_empty(self):
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [0, 0, 0])
        grid = self.model("keeper", "channel.rate").get_grid(self.period.id, "dealer")
        cells = [cell for row in grid["rows"] for cell in row["cells"].values()]
        self.assertEqual({cell["value"] for cell in cells}, {None})
        both = self.agreement_a | self.draft
        self.enter_rates(self.draft, ["0"])
        self.assertEqual(self.rates_of(both).mapped("is_lost"), [True] * 3 + [False])

    def test_many_lost_rates_cost_no_more_statements_than_one(self):
        counts = []
        for agreements in (self.agreement_b, self.agreement_b, self.agreements):
            rates = self.rates_of(agreements)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rates._unseal_many()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_rates_of_drafts_are_entered_again(self):
        self.assertEqual(self.as_role("keeper", self.draft).rate_count, 0)
        with self.refused("no rate for .*Soap"):
            self.seal(self.draft)
        self.enter_rates(self.draft, ["1"])
        self.assertEqual(self.seal(self.draft).state, "sealed")

    def test_settlement_names_the_agreements_and_the_remedy(self):
        settlement = self.compute()
        with self.refused("2025.*Dealer A.*back from your backup.*new version"):
            self.as_role("keeper", settlement).action_approve()
        with self.refused("Dealer A"):
            self.as_role("officer", settlement).statement_ids.mapped("expected_net_amount")

    def test_new_versions_from_the_same_day_settle_as_published(self):
        versions = self.make_versions()
        self.sign(versions)
        settlement = self.settle()
        self.assertEqual(self.settled_amounts(settlement), PUBLISHED)
        self.assertEqual(settlement.statement_ids.agreement_ids, versions)
        self.assertEqual(set(versions.mapped("state")), {"revealed"})
        self.assertEqual(set(self.agreements.mapped("state")), {"signed"})
        self.assertEqual(self.agreements.mapped("fingerprint"), self.fingerprints)
        self.assertEqual(self.agreements.mapped("date_until"), [False] * 3)

    def test_correction_and_reversal_afterwards(self):
        self.sign(self.make_versions())
        settlement = self.settle()
        self.make_invoice(self.dealer_b, {"soap": 100}, day=date(2025, 3, 1))
        correction = self.settle(kind="supplementary")
        self.assertEqual(correction.statement_ids.mapped("net_amount"), [1138.5])
        self.as_role("keeper", correction).action_reverse()
        self.as_role("keeper", settlement).action_reverse()
        self.assertEqual(self.settle().statement_ids.mapped("state"), ["approved"] * 3)

    def test_accrual_and_preview_leave_replaced_versions_out(self):
        versions = self.sign(self.make_versions())
        self.assertEqual(self.period._get_unsettled_agreements(), versions)
        preview = self.model("officer", "channel.settlement").get_preview(self.period.id)
        nets = {row["name"]: row["net"] for row in preview["rows"]}
        self.assertEqual(sum(nets.values()), sum(net for _g, _p, net in PUBLISHED.values()))

    def test_dealer_alone_first(self):
        """His sub-distributor's lost rates are compared with nothing."""
        dealers = self.make_version(self.agreement_a, RATES_A)
        self.seal(dealers)
        subs = self.make_version(self.agreement_s, {**RATES_S, "soap": "4"})
        with self.refused("Soap is not below the dealer's"):
            self.seal(subs)

    def test_sub_distributor_cannot_come_before_his_dealer(self):
        with self.refused("Dealer A.* can't be read"):
            self.seal(self.make_version(self.agreement_s, RATES_S))

    def test_later_day_leaves_the_days_before_lost(self):
        self.sign(self.make_version(self.agreement_b, RATES_B, day=date(2025, 3, 1)))
        self.assertEqual(self.agreement_b.date_until, date(2025, 2, 28))
        settlement = self.compute(dealer_ids=self.dealer_b.ids)
        with self.refused("Dealer B can't be read"):
            self.as_role("keeper", settlement).action_approve()

    def test_wizard_suggests_the_same_day(self):
        action = self.as_role("keeper", self.agreement_a).action_new_version()
        Wizard = self.model("keeper", action["res_model"]).with_context(action["context"])
        wizard = Form(Wizard)
        self.assertEqual(str(wizard.date_from), "2025-01-01")
        wizard.save().action_create()
        self.assertEqual(self.agreement_a.version_count, 2)

    def test_same_day_only_if_the_rates_are_lost(self):
        version = self.seal(self.make_version(self.agreement_b, RATES_B))
        with self.refused("a new version has to begin later"):
            self.as_role("keeper", version)._create_version(date(2025, 1, 1))
        third = self.make_version(version, RATES_B, day=date(2025, 2, 1))
        with self.refused("a new version has to begin later"):
            self.as_role("keeper", third).date_from = date(2025, 1, 1)

    def test_not_before_the_lost_one(self):
        joined = self.make_dealer("Joined")
        late = self.sign(self.make_agreement(joined, RATES_B, date_from=date(2025, 2, 1)))
        self.path.unlink()
        self.start_anew()
        with self.refused("has to begin on that day or later"):
            self.as_role("keeper", late)._create_version(date(2025, 1, 15))

    def test_several_lost_versions_are_replaced_together(self):
        first = self.seal(self.make_version(self.agreement_b, RATES_B))
        second = self.sign(first | self.make_version(first, RATES_A, day=date(2025, 2, 15)))
        self.path.unlink()
        self.start_anew()
        version = self.sign(self.make_version(second.sorted("version")[-1], RATES_B))
        self.assertEqual(self.settle(dealer_ids=self.dealer_b.ids).statement_ids.net_amount, 3228.5)
        until = (self.agreement_b | second | version).mapped("date_until")
        self.assertEqual(until, [False, False, False, date(2025, 3, 31)])


@tagged("post_install", "-at_install")
class TestKeyFoundAgain(LostKeyCase):
    def setUp(self):
        super().setUp()
        self.start_anew()

    def put_back(self):
        self.lost.write_text(self.key_text)
        self.lost.chmod(0o600)
        self.env.invalidate_all()

    def test_old_rates_open_again_and_settle(self):
        self.put_back()
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [3, 4, 5])
        self.assertEqual(self.settled_amounts(self.settle()), PUBLISHED)

    def test_another_key_in_its_place_opens_nothing(self):
        self.lost.write_text(OTHER_KEY)
        self.assertEqual(self.rates_of(self.agreement_a).mapped("rate"), [0, 0, 0])

    def test_draft_in_its_place_is_not_sealed_any_more(self):
        version = self.make_version(self.agreement_b, RATES_B)
        self.put_back()
        with self.refused("Dealer B can be read again"):
            self.seal(version)
        version.date_from = date(2025, 3, 1)
        self.assertEqual(self.seal(version).state, "sealed")

    def test_rotation_takes_found_rates_along(self):
        self.put_back()
        self.screen.action_rotate()
        self.assertEqual(self.key_ids(), {self.known_id()})
        self.assertEqual(self.agreements.mapped("rates_lost"), [False] * 3)
        self.lost.unlink()
        self.assertEqual(self.rates_of(self.draft).rate, 1)
        self.assertEqual(self.settled_amounts(self.settle()), PUBLISHED)

    def test_rotation_leaves_lost_rates_alone(self):
        lost = self.tokens()
        self.enter_rates(self.draft, ["2"])
        self.screen.action_rotate()
        same = {key: token for key, token in self.tokens().items() if lost[key] == token}
        self.assertEqual(len(same), len(lost) - 1)
        self.assertEqual(self.agreements.mapped("rates_lost"), [True] * 3)

    def test_replaced_version_stays_replaced(self):
        version = self.sign(self.make_version(self.agreement_b, RATES_B))
        self.put_back()
        self.screen.action_rotate()
        self.assertEqual(self.agreements.mapped("rates_lost"), [False, True, False])
        settlement = self.settle()
        self.assertEqual(self.settled_amounts(settlement), PUBLISHED)
        self.assertIn(version, settlement.statement_ids.agreement_ids)
        self.assertNotIn(self.agreement_b, settlement.statement_ids.agreement_ids)

    def test_who_is_not_in_the_list_of_lost_keys_opens_nothing(self):
        self.put_back()
        self.env.cr.execute("UPDATE channel_key_event SET old_key_name = 'another'")
        with self.refused("does not open"):
            self.rates_of(self.agreement_a).mapped("rate")
        self.assertTrue(self.env["channel.key.event"]._find_chain_breaks())
