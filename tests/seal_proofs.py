"""Proofs made of plain values by the tools that seal and settle, and the verifier run on them."""

import io
import json
import os
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from fractions import Fraction

from odoo.addons.channel_rebate.tools import seal, verify_seal
from odoo.addons.channel_rebate.tools.rounding import round_amount, share
from odoo.addons.channel_rebate.tools.tiers import effective_rate

CENT = Decimal("0.01")
HEADER = {
    "company": "公司",
    "currency": "USD",
    "dealer_name": "",
    "from": "2025-01-01",
    "partner_name": "Dealer A",
    "period": "2025-Q1",
    "to": "2025-03-31",
    "version": 1,
}
AMOUNTS = ("passed_on", "penalty", "compensation", "carried_in", "carried_out")


def make_agreement(lines, **header):
    """Return an agreement as it stands in a proof.

    :param lines: ``(id, tier mode, measure, brackets, salt)``
    """
    sealed = []
    for line_id, tier_mode, measure, brackets, salt in lines:
        terms = {
            "applied_on": "product",
            "code": f"P{line_id}",
            "line": line_id,
            "measure": measure,
            "name": "香皂",
            "target": f"product.product,{line_id}",
            "tier_mode": tier_mode,
        }
        text = seal.line_text(seal.canonical(terms), seal.rates_text(brackets))
        sealed.append({"hash": seal.line_hash(salt, text), "salt": salt.hex(), "text": text})
    header = seal.canonical({**HEADER, **header})
    fingerprint = seal.fingerprint(header, [line["hash"] for line in sealed])
    return {"fingerprint": fingerprint, "header": header, "lines": sealed}


def make_rebates(line_id, tier_mode, measure, brackets, sales):
    """Return what sales (decimals by tax set) of one line are settled with."""
    rate = effective_rate(tier_mode, brackets, sum(sales))
    raw = {i: Fraction(sold) * rate for i, sold in enumerate(sales)}
    raw = {i: amount / 100 if measure == "amount" else amount for i, amount in raw.items()}
    return [
        {
            "line": line_id,
            "target": f"product.product,{line_id}",
            "name": f"Product {line_id}",
            "quantity": str(sales[i]),
            "base": str(sales[i]),
            "rate": str(round_amount(rate, seal_unit())),
            "rebate": str(amount),
            "new": str(amount),
        }
        for i, amount in share(raw, CENT).items()
    ]


def seal_unit():
    return Decimal("0.0001")


def make_proof(agreements, rebates):
    gross = sum((Decimal(row["new"]) for row in rebates), Decimal(0))
    return {
        "format": verify_seal.PROOF,
        "currency": "USD",
        "coin": "0.01",
        "correction": 0,
        "agreements": agreements,
        "rebates": rebates,
        "amounts": {**dict.fromkeys(AMOUNTS, "0"), "gross": str(gross), "net": str(gross)},
    }


def verify(content, *arguments):
    """Return exit code and output of the verifier, in this process."""
    text = content if isinstance(content, str) else json.dumps(content)
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(output), redirect_stderr(output):
        path = os.path.join(folder, "file.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            code = verify_seal.main([path, *arguments])
        except SystemExit as stop:
            code = stop.code
    output.seek(0)
    return code, output.read()
