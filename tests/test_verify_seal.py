"""The stand-alone verifier: it agrees with the tools that seal, and whatever was changed shows."""

import ast
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from odoo.addons.channel_rebate.tools import chain, seal, tiers, verify_seal

from .seal_proofs import make_agreement, make_proof, make_rebates, verify

settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")

SALTS = [bytes([i]) * 32 for i in range(1, 9)]
PLAIN = ((Decimal(0), Decimal("3.5")),)
STEPS = ((Decimal(0), Decimal(2)), (Decimal(100), Decimal(4)), (Decimal(300), Decimal("5.25")))
LINES = [
    (1, "none", "amount", PLAIN, SALTS[0]),
    (2, "none", "quantity", ((Decimal(0), Decimal("0.5")),), SALTS[1]),
    (3, "marginal", "amount", STEPS, SALTS[2]),
    (4, "whole", "amount", STEPS, SALTS[3]),
]
SALES = [Decimal(16500), Decimal("12.5"), Decimal("333.33"), Decimal(300)]

rates = st.decimals(0, 100, places=4)
brackets = st.lists(rates, min_size=1, max_size=5).map(
    lambda values: tuple((Decimal(100 * i), rate) for i, rate in enumerate(values))
)
sales = st.lists(st.decimals(-500, 5000, places=2), min_size=1, max_size=3)


def make_example(**header):
    rebates = []
    for (line_id, mode, measure, steps, _salt), sold in zip(LINES, SALES, strict=True):
        rebates += make_rebates(line_id, mode, measure, steps, [sold])
    return make_proof([make_agreement(LINES, **header)], rebates)


PROOF = make_example()
PAPER = PROOF["agreements"][0]["fingerprint"]
# Each text that a seal is made of, as a path in the proof.
PATHS = [
    ("agreements", 0, "fingerprint"),
    ("agreements", 0, "header"),
    *(
        ("agreements", 0, "lines", i, name)
        for i in range(len(LINES))
        for name in ("hash", "salt", "text")
    ),
]


def changed(path, change):
    """Return the example with ``change`` applied to the value at ``path``."""
    proof = copy.deepcopy(PROOF)
    place = proof
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = change(place[path[-1]])
    return proof


@tagged("post_install", "-at_install")
class TestVerifySeal(BaseCase):
    def assertDetected(self, proof, *texts, papers=(PAPER,), lines=()):
        code, output = verify(proof, *papers, *(f"--line={line}" for line in lines))
        self.assertEqual(code, 1, output)
        self.assertIn("RESULT: NOT GENUINE", output)
        for text in texts:
            self.assertIn(text, output)

    def test_genuine(self):
        code, output = verify(PROOF, PAPER)
        self.assertEqual(code, 0, output)
        for text in (
            "2025-Q1, Dealer A, version 1, 2025-01-01 to 2025-03-31, USD",
            "line 1: [P1] 香皂: 3.5 %",
            "line 2: [P2] 香皂: 0.5 per unit",
            "line 3: [P3] 香皂: from 0: 2, from 100: 4, from 300: 5.25 % (each for its part)",
            f"GENUINE: {PAPER}",
            "Product 1: 16,500.00 x 3.5 % = 577.50",
            "Product 4: 300.00 x 5.25 % = 15.75",
            "RESULT: genuine",
        ):
            self.assertIn(text, output)

    def test_a_fingerprint_as_people_type_it(self):
        groups = [PAPER[i : i + 8] for i in range(0, 64, 8)]
        for text in (PAPER.upper(), " ".join(groups), "-".join(groups), f" {':'.join(groups)}\n"):
            with self.subTest(text):
                self.assertEqual(verify(PROOF, text)[0], 0)
        self.assertEqual(verify(PROOF, *groups)[0], 0)
        self.assertEqual(verify(PROOF, *groups[1:])[0], 2)

    def test_an_altered_digit_with_its_hash_made_anew(self):
        """Whoever changes the database makes all hashes fit, but not the paper."""
        lines = [LINES[0], (2, "none", "quantity", PLAIN, SALTS[1]), *LINES[2:]]
        forged = {**PROOF, "agreements": [make_agreement(lines)]}
        self.assertDetected(forged, "NOT GENUINE", "is not on the paper")
        hashes = [line["hash"] for line in PROOF["agreements"][0]["lines"]]
        wanted = [f"{i}={value}" for i, value in enumerate(hashes, 1)]
        self.assertDetected(forged, "LINE DIFFERS: 2", lines=wanted)
        self.assertDetected(forged, "LINE DIFFERS: 2", lines=[f"1.2={hashes[1].upper()}"])

    def test_swapped_salts_texts_and_lines(self):
        for name, text in (("salt", "LINE DIFFERS: 1"), ("text", "LINE DIFFERS: 2")):
            proof = copy.deepcopy(PROOF)
            one, two = proof["agreements"][0]["lines"][:2]
            one[name], two[name] = two[name], one[name]
            with self.subTest(name):
                self.assertDetected(proof, text)
        self.assertDetected(changed(("agreements", 0, "lines"), lambda rows: rows[::-1]))

    def test_missing_added_and_doubled_lines(self):
        extra = make_agreement([(9, "none", "amount", PLAIN, SALTS[5])])["lines"]
        path = ("agreements", 0, "lines")
        for change in (lambda rows: rows[:-1], lambda rows: rows + extra, lambda rows: rows[1:]):
            self.assertDetected(changed(path, change))
        self.assertDetected(changed(path, lambda rows: rows + rows[:1]), "LINE DIFFERS: 5")
        shorter = changed(path, lambda rows: rows[:-1])
        last = PROOF["agreements"][0]["lines"][-1]["hash"]
        self.assertDetected(shorter, "MISSING: number 4 of the paper", lines=[f"4={last}"])

    def test_an_altered_header(self):
        self.assertDetected(make_example(to="2025-02-28"), "NOT GENUINE")
        self.assertDetected({**PROOF, "currency": "JPY"}, "NOT GENUINE")

    def test_a_replaced_version(self):
        """A version that was never signed, or one that was signed and is missing."""
        second = make_agreement([(11, "none", "amount", PLAIN, SALTS[6])], version=2)
        both = {**PROOF, "agreements": [*PROOF["agreements"], second]}
        self.assertEqual(verify(both, PAPER, second["fingerprint"])[0], 0)
        self.assertDetected(both, "if you signed this version too")
        self.assertDetected(both, "is not on the paper", papers=(PAPER, "0" * 64))
        self.assertDetected(PROOF, "NOT IN THE PROOF", papers=(PAPER, second["fingerprint"]))
        twice = {**PROOF, "agreements": PROOF["agreements"] * 2}
        self.assertDetected(twice, "LINE DIFFERS: 1")

    def test_other_ways_to_write_the_same(self):
        def spaced(text):
            return text.replace(",", ", ", 1)

        def doubled(text):
            return text[:-1] + ',"terms":{}}'

        def said(text):
            return json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False)

        def renamed(text):
            return text.replace("target", "targes")

        for change in (spaced, doubled, said, renamed):
            self.assertDetected(
                changed(("agreements", 0, "lines", 0, "text"), change), "LINE DIFFERS: 1"
            )

    def test_settled_with_other_rates(self):
        for path, value in (
            (("rebates", 0, "rate"), "3.4999"),
            (("rebates", 0, "rebate"), "577.49"),
            (("rebates", 0, "rebate"), "577.51"),
            (("rebates", 0, "line"), 99),
            (("rebates", 0, "line"), 3),
            (("rebates", 1, "quantity"), "12"),
            (("rebates", 2, "base"), "300"),
            (("rebates", 0, "new"), "500"),
            (("amounts", "net"), "1"),
        ):
            with self.subTest(path=path, value=value):
                self.assertDetected(changed(path, lambda _old, value=value: value))

    def test_bad_input(self):
        for content, arguments in (
            (PROOF, ()),
            (PROOF, (PAPER[:-1],)),
            (PROOF, (PAPER[:-1] + "g",)),
            (PROOF, (PAPER, "--line=1=abc")),
            ("no json", (PAPER,)),
            ([], (PAPER,)),
            ({"format": verify_seal.PROOF}, (PAPER,)),
            ({**PROOF, "format": "channel_rebate/proof/2"}, (PAPER,)),
            ("[" * 100_000, (PAPER,)),
            (changed(("rebates", 0, "base"), lambda _old: "1e999999999"), (PAPER,)),
        ):
            with self.subTest(arguments=arguments, content=str(content)[:20]):
                code, output = verify(content, *arguments)
                self.assertEqual(code, 2)
                self.assertNotIn("Traceback", output)
        self.assertEqual(verify_seal_without_file(), 2)

    def test_names_move_no_cursor(self):
        proof = make_example(partner_name="A\x1b[2K\rDealer")
        output = verify(proof, proof["agreements"][0]["fingerprint"])[1]
        self.assertNotIn("\x1b", output)
        self.assertIn("A?[2K?Dealer", output)


def verify_seal_without_file():
    try:
        return verify_seal.main(["/nowhere.json", PAPER])
    except SystemExit as stop:
        return stop.code


@tagged("post_install", "-at_install")
class TestVerifySealProperties(BaseCase):
    @given(st.sampled_from(PATHS), st.data())
    def test_any_change_of_one_sign_is_detected(self, path, data):
        def change(text):
            i = data.draw(st.integers(0, len(text) - 1))
            sign = data.draw(st.characters(max_codepoint=0x300))
            how = data.draw(st.sampled_from(("put", "put in", "take out")))
            return text[:i] + (sign if how != "take out" else "") + text[i + (how != "put in") :]

        proof = changed(path, change)
        self.assertEqual(verify(proof, PAPER)[0], 0 if proof == PROOF else 1)

    @given(
        brackets,
        sales,
        st.sampled_from(("none", "whole", "marginal")),
        st.sampled_from(("amount", "quantity")),
        st.binary(min_size=32, max_size=32),
    )
    def test_what_the_tools_seal_and_settle_is_genuine(self, steps, sold, mode, measure, salt):
        steps = steps[:1] if mode == "none" else steps
        agreement = make_agreement([(1, mode, measure, steps, salt)])
        proof = make_proof([agreement], make_rebates(1, mode, measure, steps, sold))
        code, output = verify(proof, agreement["fingerprint"])
        self.assertEqual(code, 0, output)

    @given(brackets, st.decimals(-500, 5000, places=2), st.sampled_from(("whole", "marginal")))
    def test_the_rate_that_is_reached(self, steps, sold, mode):
        own = verify_seal.rate_reached(mode, steps, sold)
        theirs = tiers.effective_rate(mode, steps, sold)
        self.assertAlmostEqual(float(own), float(theirs), 12)

    @given(st.dictionaries(st.text(), st.none() | st.text() | st.integers() | st.booleans()))
    def test_canonical_texts(self, values):
        text = seal.canonical(values)
        self.assertEqual(verify_seal.canonical(values), text)
        self.assertEqual(verify_seal.read_text(text), values)

    def test_names_of_the_formats(self):
        self.assertEqual((verify_seal.SEAL, verify_seal.CHAIN), (seal.VERSION, chain.VERSION))


def make_register(count=4):
    entries, previous = [], chain.START
    for number in range(1, count + 1):
        says = {
            "chain": "1",
            "event": "sealed",
            "fingerprint": f"{number:064x}",
            "happened_on": "2025-01-01T00:00:00",
            "number": number,
        }
        previous = chain.entry_hash(previous, says)
        entries.append({"says": says, "hash": previous})
    return {"format": verify_seal.REGISTER, "company": "C", "chain": "1", "entries": entries}


@tagged("post_install", "-at_install")
class TestVerifyRegister(BaseCase):
    def check(self, register, *arguments):
        return verify(register, "--register", *arguments)

    def test_genuine(self):
        register = make_register()
        code, output = self.check(
            register, f"{2:064x}", f"--line=3={register['entries'][2]['hash']}"
        )
        self.assertEqual(code, 0, output)
        self.assertIn("sealed on 2025-01-01T00:00:00 (entry 2)", output)
        self.assertIn(f"4 entries, the last hash is {register['entries'][3]['hash']}", output)

    def test_changed_dropped_inserted_and_moved(self):
        changed = make_register()
        changed["entries"][1]["says"]["fingerprint"] = f"{7:064x}"
        others = [make_register() for _ in range(3)]
        del others[0]["entries"][1]
        others[1]["entries"].insert(1, others[1]["entries"][3])
        others[2]["entries"].reverse()
        for register in (changed, *others):
            code, output = self.check(register)
            self.assertEqual(code, 1)
            self.assertRegex(output, r"ENTRY [12] was changed")

    def test_not_registered_cancelled_and_cut_off(self):
        register = make_register()
        code, output = self.check(register, f"{9:064x}")
        self.assertEqual(code, 1)
        self.assertIn("NOT REGISTERED", output)
        last = register["entries"].pop()
        code, output = self.check(register, f"--line=4={last['hash']}")
        self.assertEqual(code, 1)
        self.assertIn("MISSING: number 4", output)

    def test_a_register_that_was_written_anew(self):
        """It fits in itself, but not with a hash that stands on a paper."""
        paper = make_register()["entries"][2]["hash"]
        register = make_register(2)
        says = {**register["entries"][1]["says"], "number": 3, "fingerprint": f"{8:064x}"}
        own = chain.entry_hash(register["entries"][1]["hash"], says)
        register["entries"].append({"says": says, "hash": own})
        self.assertEqual(self.check(register)[0], 0)
        self.assertEqual(self.check(register, f"--line=3={paper}")[0], 1)


@tagged("post_install", "-at_install")
class TestVerifySealAlone(BaseCase):
    path = pathlib.Path(verify_seal.__file__)

    def run_alone(self, content, *arguments):
        """Run a copy of the file with an interpreter that finds no package at all."""
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "check.py")
            script.write_bytes(self.path.read_bytes())
            pathlib.Path(folder, "file.json").write_text(json.dumps(content), encoding="utf-8")
            command = [sys.executable, "-I", "-S", str(script), "file.json", *arguments]
            # As on a computer that knows no Chinese.
            env = {"PATH": os.defpath, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
            return subprocess.run(command, cwd=folder, capture_output=True, env=env, check=False)

    def test_it_needs_nothing(self):
        for content, arguments, code in (
            (PROOF, [PAPER], 0),
            (changed(PATHS[3], lambda salt: salt[::-1]), [PAPER], 1),
            (PROOF, [], 2),
            (make_register(), ["--register", f"{1:064x}"], 0),
        ):
            result = self.run_alone(content, *arguments)
            with self.subTest(arguments=arguments, code=code):
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertNotIn(b"Traceback", result.stderr)

    def test_it_is_python_3_8_and_of_the_standard_library(self):
        tree = ast.parse(self.path.read_text(encoding="utf-8"), feature_version=(3, 8))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {
            alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names
        }
        names |= {node.module for node in imports if isinstance(node, ast.ImportFrom)}
        self.assertLessEqual(names, sys.stdlib_module_names)
