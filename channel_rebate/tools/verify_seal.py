#!/usr/bin/env python3
"""Check that a rebate was settled at the rates that were sealed when the agreement was signed.

    python3 verify_seal.py PROOF.json FINGERPRINT [FINGERPRINT ...] [--line N=HASH ...]
    python3 verify_seal.py --register REGISTER.json [FINGERPRINT ...] [--line N=HASH ...]

PROOF.json comes with the statement. Take each FINGERPRINT from the paper that was signed, never
from the proof. If one does not match, --line with the line hashes on that paper finds the line that
differs (--line VERSION.N=HASH if there are several papers). REGISTER.json is the company's list of
seals, each entry chained to the one before; --line then takes number and hash of an entry.

    line hash   = SHA-256(the salt, 32 random bytes, and right after it the text of the line)
    fingerprint = SHA-256(tag, text of the header, line hash 1, line hash 2, ... a line each)
    entry hash  = SHA-256(tag, hash of the entry before, text of the entry, a line each)

A text is JSON with sorted names, no spaces and ASCII only, so that there is one way to write it. To
find another rate with the same fingerprint one would have to break SHA-256. Rates are percent of
sales without tax, or amounts per unit. Exit code: 0 genuine, 1 not genuine, 2 can't be checked.
Needs Python 3.8 or later and nothing else.
"""

import argparse
import hashlib
import json
import re
import sys
from fractions import Fraction

SEAL, CHAIN = "channel_rebate/seal/1", "channel_rebate/chain/1"
PROOF, REGISTER = "channel_rebate/proof/1", "channel_rebate/register/1"
UNITS = {"amount": "%", "quantity": "per unit"}
TIERS = {"none": "", "whole": " (what is reached, for all)", "marginal": " (each for its part)"}
HINT = "is not on the paper: the header differs, a line, or their number (--line tells which)"
# What damaged data may lead to.
DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def sha256(*texts):
    return hashlib.sha256("\n".join(texts).encode("ascii")).hexdigest()


def canonical(values):
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def read_text(text):
    """Return what a sealed text says; refuse every way to write it but the one."""
    values = json.loads(text)
    if canonical(values) != text:
        raise ValueError
    return values


def read_number(text):
    if not re.fullmatch("-?[0-9]{1,20}([.][0-9]{1,20})?", text):
        raise ValueError
    return Fraction(text)


def read_line(line):
    """Return hash, terms and rates [(from, rate), ...] of a line, from its salt and text alone."""
    values = read_text(line["text"])
    terms = {"tier_mode": "none", **values["terms"]}
    rates = [(read_number(start), read_number(rate)) for start, rate in values["rates"]]
    starts = [start for start, _rate in rates]
    fits = (
        re.fullmatch("[0-9a-f]{64}", line["salt"])
        and {"line", "applied_on", "target", "code", "name"} <= set(terms)
        and (starts[0] == 0 and starts == sorted(set(starts)))
        and (terms["measure"] in UNITS and terms["tier_mode"] in TIERS)
        and (terms["tier_mode"] != "none" or len(rates) == 1)
    )
    if not fits:
        raise ValueError
    salted = bytes.fromhex(line["salt"]) + line["text"].encode("ascii")
    return hashlib.sha256(salted).hexdigest(), terms, rates


def describe(terms, rates):
    name = f"[{terms['code']}] {terms['name']}" if terms["code"] else terms["name"]
    steps = [f"from {float(start):.12g}: {float(rate):.12g}" for start, rate in rates]
    said = ", ".join(steps) if terms["tier_mode"] != "none" else f"{float(rates[0][1]):.12g}"
    return f"{name or 'all products'}: {said} {UNITS[terms['measure']]}{TIERS[terms['tier_mode']]}"


def rate_reached(mode, rates, sold):
    """Return the one rate that sales come to: of the tier they reach, or the average of parts."""
    if mode != "marginal" or sold <= 0:
        return [rate for start, rate in rates if start <= max(sold, 0)][-1]
    ends = [start for start, _rate in rates[1:]] + [sold]
    parts = [max(min(ends[i], sold) - start, 0) * rate for i, (start, rate) in enumerate(rates)]
    return sum(parts) / sold


def check_agreement(agreement, currency, several, papers, wanted, sealed):
    """Yield (is it right, text), and put what is sealed into sealed, by the id of the line."""
    hashes, is_right, version = [], False, "?"
    try:
        header = read_text(agreement["header"])
        version = header["version"]
        text = "{period}, {partner_name}, version {version}, {from} to {to}, {currency}"
        is_right = header["currency"] == currency
        yield is_right, text.format(**header)
    except DAMAGE:
        yield False, "THE HEADER can't be read"
    for number, line in enumerate(agreement["lines"], 1):
        paper = wanted.pop(f"{version}.{number}", wanted.pop(str(number), line["hash"]))
        try:
            own, terms, rates = read_line(line)
            is_same = own == line["hash"] == paper and terms["line"] not in sealed
            sealed[terms["line"]] = (terms, rates)
            text = describe(terms, rates)
        except DAMAGE:
            own, is_same, text = "", False, "it can't be read"
        is_right = is_right and is_same
        yield is_same, f"  {'line' if is_same else 'LINE DIFFERS:'} {number}: {text}"
        hashes.append(own)
    own = sha256(SEAL, agreement["header"], *hashes) if is_right else ""
    if own and own == agreement["fingerprint"] and own in papers:
        yield True, f"GENUINE: {own}"
    elif own and own == agreement["fingerprint"] and len(papers) < several:
        yield None, "NOT ON THE PAPER: if you signed this version too, give its fingerprint as well"
    else:
        yield False, "NOT GENUINE: " + ("see above" if not is_right else f"{own} {HINT}")


def check_rebates(proof, sealed):
    """Yield (is it right, text) of what was settled: sales x sealed rate, rounded to a coin."""
    groups = {}
    for row in proof["rebates"]:
        terms, rates = sealed.get(row["line"], ({}, []))
        for_one = terms and terms["applied_on"] == "product"
        if not terms or (for_one and terms["target"] != row["target"]):
            yield False, f"  DIFFERS: no line with this rate is sealed for {row['name']}"
            continue
        # A plain line is rounded by product, one with tiers once for all of its products.
        target = row["target"] if terms["tier_mode"] == "none" else ""
        groups.setdefault((row["line"], target), []).append(row)
    for (line, _target), rows in groups.items():
        terms, rates = sealed[line]
        is_percent = terms["measure"] == "amount"
        sold = sum(read_number(row["base" if is_percent else "quantity"]) for row in rows)
        paid = sum(read_number(row["rebate"]) for row in rows)
        rate = rate_reached(terms["tier_mode"], rates, sold)
        error = abs(sold * rate / (100 if is_percent else 1) - paid)
        is_same = error <= read_number(proof["coin"]) / 2
        is_same &= all(abs(read_number(row["rate"]) - rate) * 20000 <= 1 for row in rows)
        # Before the first correction all of it is new; later the rest was settled before.
        is_same &= proof["correction"] > 0 or all(row["new"] == row["rebate"] for row in rows)
        names = ", ".join(sorted({row["name"] for row in rows}))
        text = f"{float(sold):,.2f} x {float(rate):.12g} {UNITS[terms['measure']]}"
        text = f"{names}: {text} = {float(paid):,.2f}"
        yield is_same, f"  {'' if is_same else 'DIFFERS: '}{text}"
    sums = {name: read_number(amount) for name, amount in proof["amounts"].items()}
    new = sum(read_number(row["new"]) for row in proof["rebates"])
    net = sums["gross"] - sums["passed_on"] - sums["penalty"] + sums["compensation"]
    net += sums["carried_in"] - sums["carried_out"]
    text = ", ".join(f"{name} {float(amount):,.2f}" for name, amount in sums.items())
    yield (new, net) == (sums["gross"], sums["net"]), f"  new rebates {float(new):,.2f}; {text}"


def check_proof(proof, papers, wanted):
    sealed = {}
    for agreement in proof["agreements"]:
        several = len(proof["agreements"])
        yield from check_agreement(agreement, proof["currency"], several, papers, wanted, sealed)
    found = {agreement["fingerprint"] for agreement in proof["agreements"]}
    for paper in sorted(papers - found):
        yield False, f"NOT IN THE PROOF: {paper}"
    before = ", less what was settled before correction {correction}" if proof["correction"] else ""
    yield True, ("Settled in {currency}, to {coin}" + before + ":").format(**proof)
    yield from check_rebates(proof, sealed)


def check_register(register, papers, wanted):
    previous, events = "0" * 64, {paper: [] for paper in sorted(papers)}
    for number, entry in enumerate(register["entries"], 1):
        says = entry["says"]
        own = sha256(CHAIN, previous, canonical(says))
        is_same = own == entry["hash"] == wanted.pop(str(number), own)
        if not is_same or (says["number"], says["chain"]) != (number, register["chain"]):
            yield False, f"ENTRY {number} was changed, or one before it dropped or put in"
            return
        events.get(says["fingerprint"], []).append((number, says["event"], says["happened_on"]))
        previous = own
    for paper, known in events.items():
        text = ", ".join(f"{event} on {day} (entry {number})" for number, event, day in known)
        yield bool(known) and known[-1][1] != "cancelled", f"{paper}: {text or 'NOT REGISTERED'}"
    yield True, f"{len(register['entries'])} entries, the last hash is {previous}"


def read_hash(text):
    """Return a hash that somebody typed, however it is grouped, in small or capital letters."""
    digits = re.sub("[^0-9a-z]", "", text.lower())
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise argparse.ArgumentTypeError(f"{text} is not a hash of 64 digits, 0 to 9 and a to f")
    return digits


def read_numbered(text):
    number, _sign, digits = text.partition("=")
    return number, read_hash(digits)


def main(arguments=None):
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("papers", metavar="FINGERPRINT", nargs="*")
    parser.add_argument("--register", action="store_true")
    parser.add_argument("--line", metavar="N=HASH", action="append", default=[], type=read_numbered)
    asked = parser.parse_intermixed_args(arguments)
    check, kind = (check_register, REGISTER) if asked.register else (check_proof, PROOF)
    wanted = dict(asked.line)
    if not asked.papers and not asked.register:
        parser.error("give the fingerprint that stands on the signed paper")
    # However the digits of the fingerprints are grouped.
    typed = re.sub("[^0-9a-z]", "", "".join(asked.papers).lower())
    try:
        papers = {read_hash(typed[i : i + 64]) for i in range(0, len(typed), 64)}
        with open(asked.file, encoding="utf-8-sig") as file:
            content = json.load(file)
        if content["format"] != kind:
            raise ValueError
        several = len(content.get("agreements", [])) > 1
        if several and not all("." in number for number in wanted):
            parser.error("there are several papers: give each line as --line VERSION.N=HASH")
        answers = list(check(content, papers, wanted))
    except argparse.ArgumentTypeError as error:
        parser.error(f"a fingerprint is wrong: {error}")
    except OSError as error:
        parser.error(f"{asked.file} can't be read: {error.strerror}")
    except DAMAGE:
        parser.error(f"{asked.file} is not, or not any more, a file of the format {kind}")
    answers += [(False, f"MISSING: number {number} of the paper") for number in wanted]
    rights = [is_right for is_right, _text in answers]
    code = 0 if all(rights) else 1
    result = "NOT GENUINE" if code else "genuine"
    if False not in rights and None in rights:
        result += ", unless you signed the other versions too"
    answers.append((None, f"RESULT: {result}"))
    sys.stdout.reconfigure(errors="replace")
    for _is_right, text in answers:
        # Names come from the file: no sign of theirs may move the cursor.
        sys.stdout.write("".join(sign if sign.isprintable() else "?" for sign in text) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
