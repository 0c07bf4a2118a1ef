"""What is quick about a reveal comes to what the plain rule does, whatever lines there are."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools import lines, rebate, rounding, seal, tiers, vault
from odoo.addons.channel_rebate.tools.terms import UNSAID_TERMS, make_lasting_terms, still_says

from .test_tools_properties import CENT

UNITS = [CENT, Decimal(1), Decimal("0.05"), Decimal("0.001"), Decimal(3)]
measured = st.decimals(-(10**12), 10**12, places=3)
rates = st.decimals(0, 10**8, places=4)
brackets = st.lists(rates, min_size=1, max_size=3).map(
    lambda values: tuple((Decimal(100 * i), rate) for i, rate in enumerate(values))
)


@st.composite
def statements(draw):
    """Return lines of two statements under three agreement lines, and what is sealed for these."""
    secrets, terms, found = {}, {}, []
    for covering in range(3):
        mode = draw(st.sampled_from(["none", "whole", "marginal"]))
        drawn = draw(brackets)
        secrets[covering] = vault.Secret(drawn[:1] if mode == "none" else drawn, bytes(32))
        terms[covering] = mode, draw(st.booleans())
    keys = st.tuples(
        st.sampled_from("ST"), st.sampled_from(range(3)), st.integers(0, 2), st.sampled_from("ab")
    )
    for number, (statement, covering, product, tax_key) in enumerate(draw(st.sets(keys))):
        place = (statement, covering, product, tax_key)
        found.append(lines.Line(number, *place, *terms[covering], draw(measured)))
    return found, secrets


def settle_plainly(found, secrets, unit):
    """Settle in fractions only: each group of lines rounded once and shared out."""
    sums, groups = defaultdict(Decimal), defaultdict(dict)
    for line in found:
        sums[line.statement, line.covering] += line.measured
    for line in found:
        total = sums[line.statement, line.covering]
        rate = tiers.effective_rate(line.tier_mode, secrets[line.covering].brackets, total)
        raw = Fraction(line.measured) * rate / (100 if line.is_percent else 1)
        product = line.product if line.tier_mode == "none" else None
        groups[line.statement, line.covering, product][line.key] = raw
    return {
        key: share for raw in groups.values() for key, share in share_plainly(raw, unit).items()
    }


def share_plainly(raw_amounts, unit):
    """Round down, and give the coins that are missing to the largest remainders."""
    coins = {key: raw / Fraction(unit) for key, raw in raw_amounts.items()}
    whole = rounding.count_coins(sum(coins.values()))
    shares = {key: rounding.count_coins(value) for key, value in coins.items()}
    missing = whole - sum(shares.values())
    step = 1 if missing > 0 else -1
    for key in sorted(coins, key=lambda k: (step * (shares[k] - coins[k]), -abs(coins[k]), k))[
        : abs(missing)
    ]:
        shares[key] += step
    return {key: shares[key] * unit for key in coins}


@tagged("post_install", "-at_install")
class TestLines(BaseCase):
    @given(statements(), st.sampled_from(UNITS))
    def test_decimals_come_to_what_fractions_do(self, drawn, unit):
        found, secrets = drawn
        raw_amounts = lines.find_raw_amounts(found, lines.find_rates(found, secrets))
        totals = {}
        for statement, groups in raw_amounts.items():
            account = rebate.Account(statement, raw_amounts=groups)
            account.round_amounts(unit)
            totals |= account.totals
        self.assertEqual(totals, settle_plainly(found, secrets, unit))

    @given(st.fractions(-(10**6), 10**6), st.sampled_from(UNITS))
    def test_halves_go_away_from_zero(self, amount, unit):
        coins = abs(amount) / Fraction(unit)
        expected = int(coins) + (coins - int(coins) >= Fraction(1, 2))
        rounded = rounding.round_amount(amount, unit)
        self.assertEqual(Fraction(rounded), expected * Fraction(unit) * (1 if amount > 0 else -1))

    def test_what_is_not_exact_is_refused(self):
        line = lines.Line(1, "S", 1, 1, "", "none", True, Decimal("1." + "1" * 99))
        with self.assertRaises(ArithmeticError):
            lines.find_raw_amounts([line], {("S", 1): Decimal("1.1111")})


@tagged("post_install", "-at_install")
class TestSealedText(BaseCase):
    targets = [("product", 1), ("product", 12), ("category", 1), ("all", None)]
    terms = st.builds(
        lambda line_id, target, *rest: (line_id, *target, *rest),
        st.integers(1, 99),
        st.sampled_from(targets),
        st.sampled_from(["amount", "quantity"]),
        st.sampled_from(["none", "whole"]),
    )
    tricky = st.sampled_from([',"line":7,', '"}', "\\", '\\","line":'])
    names = st.one_of(st.text(max_size=20), tricky)

    @given(brackets, st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
    def test_texts_put_together_are_canonical(self, drawn, values):
        rates_of = [[seal.fixed_point(start), seal.fixed_point(rate)] for start, rate in drawn]
        text = seal.line_text(seal.canonical(values), seal.rates_text(drawn))
        self.assertEqual(text, seal.canonical({"terms": values, "rates": rates_of}))

    @given(terms, terms, names, st.booleans())
    def test_the_quick_look_is_as_strict(self, sealed, today, name, is_old):
        values = {**make_lasting_terms(*sealed), "name": name, "local_name": name, "code": name}
        if is_old:
            del values["tier_mode"]
        text = seal.canonical(values)
        for now in (sealed, today, (7, *sealed[1:])):
            expected = seal.says(text, make_lasting_terms(*now), UNSAID_TERMS)
            self.assertEqual(still_says(text, *now), expected)
