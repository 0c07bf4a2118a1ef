"""Invariants of the design on the plain functions, for whatever numbers there are."""

import random
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools import penalty, rebate, rounding, scope, seal, vault

# A loaded machine is slow, and that is no finding.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

CENT = Decimal("0.01")
amounts = st.decimals(-1_000_000, 1_000_000, places=6)
rates = st.decimals(0, 100, places=4)
carries = st.decimals(-10_000, 0, places=2)
fines = st.decimals(0, 10_000, places=2)
parts = st.fractions(0, 1, max_denominator=100)
brackets = st.lists(rates, min_size=1, max_size=vault.MAX_BRACKETS).map(
    lambda values: tuple((Decimal(i), rate) for i, rate in enumerate(values))
)
secrets = st.builds(vault.Secret, brackets=brackets, salt=st.binary(min_size=32, max_size=32))
# Products, each with its tax sets.
groups = st.dictionaries(
    st.integers(0, 5), st.dictionaries(st.sampled_from("abc"), amounts, max_size=3), max_size=4
).map(
    lambda drawn: {
        group: {(group, key): raw for key, raw in keys.items()} for group, keys in drawn.items()
    }
)
paths = st.lists(st.sampled_from("abc"), max_size=4).map(tuple)


@st.composite
def penalties(draw, account):
    """Return fines, penalties in percent, and one that was lifted since it was settled."""
    kinds = draw(st.lists(st.sampled_from(["fixed", "percent", "product", "lifted"]), max_size=3))
    found = []
    for number, kind in enumerate(kinds):
        deduction = penalty.Deduction((account, number), settled=draw(fines))
        if kind == "fixed":
            deduction.fixed = draw(fines)
        elif kind != "lifted":
            deduction.rate = draw(parts)
            deduction.product = draw(st.integers(0, 5)) if kind == "product" else None
        found.append(deduction)
    return found


@st.composite
def networks(draw):
    """A few dealers with products, sub-distributors under them, penalties and who gets of them."""
    accounts = []
    for dealer in range(draw(st.integers(1, 4))):
        dealer_key = f"d{dealer}"
        keys = [dealer_key, *(f"d{dealer}s{i}" for i in range(draw(st.integers(0, 3))))]
        for key in keys:
            of_dealer = None if key == dealer_key else dealer_key
            account = rebate.Account(key, of_dealer, draw(groups), draw(carries))
            account.deductions = draw(penalties(key))
            accounts.append(account)
    dealers = [account for account in accounts if account.dealer_key is None]
    for account in accounts:
        for deduction in account.deductions:
            harmed = draw(st.sampled_from([None, *dealers]))
            if harmed and harmed is not account:
                harmed.awards.append(penalty.Award(deduction.key, draw(parts)))
    return accounts


def result_of(accounts):
    return {
        account.key: (
            account.amounts,
            account.gross,
            account.passed_on,
            account.penalty,
            account.compensation,
            account.net,
            account.carried_out,
        )
        for account in rebate.settle(accounts, CENT)
    }


def shuffled(values, dice):
    keys = list(values)
    dice.shuffle(keys)
    return {key: values[key] for key in keys}


@tagged("post_install", "-at_install")
class TestSums(BaseCase):
    @given(networks())
    def test_invariant_1_what_is_paid(self, accounts):
        """Σ net = Σ dealers' gross − penalties + compensations + carried in − carried out."""
        rebate.settle(accounts, CENT)
        dealers_gross = sum(a.gross for a in accounts if a.dealer_key is None)
        carried = sum(a.carried_in - a.carried_out for a in accounts)
        kept = sum(a.penalty - a.compensation for a in accounts)
        self.assertEqual(sum(a.net for a in accounts), dealers_gross - kept + carried)

    @given(networks())
    def test_no_more_is_given_than_is_withheld(self, accounts):
        rebate.settle(accounts, CENT)
        withheld = {}
        for account in accounts:
            totals = {fine.key: fine.total for fine in account.deductions}
            kept = sum(account.totals.values()) - account.passed_on
            own = penalty.share_withheld(totals, kept)
            self.assertLessEqual(sum(own.values()), max(kept, 0))
            self.assertTrue(all(0 <= own[key] <= totals[key] for key in own))
            withheld |= own
        for award in (award for account in accounts for award in account.awards):
            exact = award.rate * Fraction(withheld[award.key])
            self.assertLessEqual(abs(Fraction(award.amount) - exact), Fraction(CENT) / 2)

    @given(networks())
    def test_penalties_are_of_what_is_there_before_any(self, accounts):
        rebate.settle(accounts, CENT)
        alone = {}
        for account in accounts:
            for fine in account.deductions:
                alone[fine.key] = fine.amount
        for account in accounts:
            account.deductions = account.deductions[-1:]
        rebate.settle(accounts, CENT)
        for account in accounts:
            for fine in account.deductions:
                self.assertEqual(fine.amount, alone[fine.key])

    @given(networks())
    def test_a_sub_distributors_penalty_is_his_own(self, accounts):
        for account in accounts:
            account.awards = []
        before = {a.key: (a.passed_on, a.net) for a in rebate.settle(accounts, CENT)}
        for account in accounts:
            if account.dealer_key is not None:
                account.deductions.append(penalty.Deduction("more", Decimal(1)))
        after = {a.key: (a.passed_on, a.net) for a in rebate.settle(accounts, CENT)}
        dealers = [a.key for a in accounts if a.dealer_key is None]
        self.assertEqual([after[key] for key in dealers], [before[key] for key in dealers])

    @given(networks())
    def test_invariant_1_sub_distributors_change_who_not_how_much(self, accounts):
        """Unless somebody is clamped, the company pays the same whatever sub-distributors get."""
        dealers = [a for a in accounts if a.dealer_key is None]
        for account in accounts:
            account.carried_in = Decimal(0)
            account.deductions, account.awards = [], []
            account.raw_amounts = {
                group: {key: abs(raw) for key, raw in keys.items()}
                for group, keys in account.raw_amounts.items()
            }
        alone = sum(a.net for a in rebate.settle(dealers, CENT))
        together = rebate.settle(accounts, CENT)
        if not any(a.carried_out for a in together):
            self.assertEqual(sum(a.net for a in together), alone)

    @given(networks(), st.randoms(use_true_random=False))
    def test_invariant_4_order_changes_no_cent(self, accounts, dice: random.Random):
        expected = result_of(accounts)
        dice.shuffle(accounts)
        for account in accounts:
            dice.shuffle(account.deductions)
            dice.shuffle(account.awards)
            raw_amounts = shuffled(account.raw_amounts, dice)
            account.raw_amounts = {
                group: shuffled(keys, dice) for group, keys in raw_amounts.items()
            }
        self.assertEqual(result_of(accounts), expected)

    @given(networks())
    def test_net_is_never_negative_and_carry_never_positive(self, accounts):
        for account in rebate.settle(accounts, CENT):
            self.assertGreaterEqual(account.net, 0)
            self.assertLessEqual(account.carried_out, 0)
            self.assertFalse(account.net and account.carried_out)

    @given(amounts, st.sampled_from([CENT, Decimal(1), Decimal("0.05"), Decimal("0.001")]))
    def test_rounding_is_symmetric_and_near(self, amount, unit):
        rounded = rounding.round_amount(amount, unit)
        self.assertEqual(rounding.round_amount(-amount, unit), -rounded)
        self.assertLessEqual(abs(rounded - amount), unit / 2)
        self.assertEqual(rounded % unit, 0)


@tagged("post_install", "-at_install")
class TestSeal(BaseCase):
    terms = seal.canonical({"line": 1, "name": "香皂"})

    def fingerprint(self, lines):
        hashes = [
            seal.line_hash(s.salt, seal.line_text(self.terms, seal.rates_text(s.brackets)))
            for s in lines
        ]
        return seal.fingerprint("{}", hashes), hashes

    @given(st.lists(secrets, min_size=1, max_size=5))
    def test_invariant_3_the_same_rates_give_the_same_fingerprint(self, lines):
        packed = [vault.unpack(vault.pack(secret)) for secret in lines]
        self.assertEqual(self.fingerprint(packed), self.fingerprint(lines))

    @given(st.lists(secrets, min_size=1, max_size=5), st.data())
    def test_invariant_3_one_digit_changes_it_and_names_the_line(self, lines, data):
        index = data.draw(st.integers(0, len(lines) - 1))
        start, rate = lines[index].brackets[0]
        changed = ((start, rate + Decimal("0.0001")), *lines[index].brackets[1:])
        forged = list(lines)
        forged[index] = vault.Secret(brackets=changed, salt=lines[index].salt)
        (genuine, hashes), (other, other_hashes) = self.fingerprint(lines), self.fingerprint(forged)
        self.assertNotEqual(genuine, other)
        differing = [
            i for i, pair in enumerate(zip(hashes, other_hashes, strict=True)) if pair[0] != pair[1]
        ]
        self.assertEqual(differing, [index])

    @given(secrets)
    def test_salt_changes_the_commitment(self, secret):
        other = vault.Secret(brackets=secret.brackets, salt=bytes(32))
        if other.salt != secret.salt:
            self.assertNotEqual(self.fingerprint([secret]), self.fingerprint([other]))

    @given(secrets, st.text(max_size=20))
    def test_token_opens_for_its_own_line_only(self, secret, context):
        safe = vault.Vault(bytes(32))
        token = safe.seal(vault.pack(secret), context)
        self.assertEqual(vault.unpack(safe.unseal(token, context)), secret)
        with self.assertRaises(vault.VaultError):
            safe.unseal(token, context + "x")
        with self.assertRaises(vault.VaultError):
            vault.Vault(bytes([1] * 32)).unseal(token, context)

    @given(secrets, secrets)
    def test_tokens_are_of_one_length(self, first, second):
        safe = vault.Vault(bytes(32))
        lengths = {len(safe.seal(vault.pack(secret), "x")) for secret in (first, second)}
        self.assertEqual(len(lengths), 1)

    @given(secrets)
    def test_nothing_shows_in_repr(self, secret):
        self.assertEqual(repr(secret), "Secret()")


@tagged("post_install", "-at_install")
class TestScope(BaseCase):
    @given(st.sets(paths), paths)
    def test_nearest_is_the_longest_that_covers(self, scopes, target):
        covering = [path for path in scopes if scope.covers(path, target)]
        self.assertEqual(scope.nearest(scopes, target), max(covering, key=len, default=None))

    @given(st.sets(paths), st.sets(paths), paths)
    def test_rivals_hold_for_every_product(self, own, other, product):
        """Whatever two lines rule a product, the pair was compared."""
        mine, theirs = scope.nearest(own, product), scope.nearest(other, product)
        if mine is not None:
            pairs = scope.rivals(own, other)
            self.assertTrue((mine, theirs) in pairs or (mine, None) in pairs)
