"""Checks that two add-ons have settled the same quarter to the same cent, and tells what each took.

``python compare.py OURS.json PEER.json RESULT.json``, which reads what ``quarter.write_result``
wrote.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

CENT = Decimal("0.01")
# What a line of the table adds up. The peer writes amounts at once, so that its settlement does the
# work of our computing and approving.
TABLE = {
    "compute": ("compute",),
    "approve": ("approve",),
    "settlement in all": ("compute", "approve"),
    "create documents": ("create documents",),
    "post documents": ("post documents",),
    "all": ("compute", "approve", "create documents", "post documents"),
}
MEASURES = ("seconds", "queries", "megabytes")


def check(result):
    """Fail unless an add-on has found what is expected, to a cent a line, and credited that."""
    addon, settled = result["addon"], get_rows(result, "settled")
    expected = get_rows(result, "expected")
    if absent := expected.keys() ^ settled.keys():
        sys.exit(f"error: {addon}: {len(absent)} pairs of dealer and product are amiss")
    for key, (base, amount) in expected.items():
        found_base, found_amount = settled[key]
        if found_base != base or abs(found_amount - amount) > CENT:
            sys.exit(
                f"error: {addon}: dealer and product {key}: {found_amount} on {found_base}"
                f" instead of {amount} on {base}"
            )
    if total(settled) != Decimal(result["documents_untaxed"]):
        sys.exit(f"error: {addon} credited {result['documents_untaxed']}, not {total(settled)}")
    if not result["posted"]:
        sys.exit(f"error: {addon}: not all documents are posted")


def get_rows(result, name):
    """Return ``{(dealer, product): (base, amount)}``."""
    return {
        (dealer, product): (Decimal(base), Decimal(amount))
        for dealer, product, base, amount in result[name]
    }


def total(rows):
    return sum((amount for _base, amount in rows.values()), Decimal(0))


def add_up(result, names):
    """Return the measures of some steps together, or nothing if there is none of them."""
    steps = [result["steps"][name] for name in names if name in result["steps"]]
    if not steps:
        return None
    seconds, queries, megabytes = ([step[measure] for step in steps] for measure in MEASURES)
    return {
        "seconds": round(sum(seconds), 3),
        "queries": sum(queries),
        "megabytes": max(megabytes),
    }


def get_table(ours, peer):
    """Return by line of the table what each took, and how many times as long the peer took."""
    table = {}
    for line, names in TABLE.items():
        row = {"ours": add_up(ours, names), "peer": add_up(peer, names)}
        if row["ours"] and row["peer"]:
            row["times"] = round(row["peer"]["seconds"] / row["ours"]["seconds"], 1)
        table[line] = row
    return table


def describe(result):
    """Return what is told of an add-on beside the table."""
    rows = get_rows(result, "settled")
    return {
        **{name: result[name] for name in ("addon", "version", "documents", "document_lines")},
        "settlement_lines": len(rows),
        "rebate": str(total(rows)),
    }


def print_table(summary):
    """Print seconds, queries and megabytes of both, and the quotient of the seconds."""
    sales = summary["sales"]
    print("{dealers} dealers, {products} products, {lines} invoice lines".format(**sales))
    print("{cpus} CPUs, Odoo {odoo}, PostgreSQL {postgresql}".format(**summary["machine"]))
    for side in ("ours", "peer"):
        print(
            "{addon} {version}: {settlement_lines} lines, rebate {rebate}; {documents} credit notes"
            " with {document_lines} lines".format(**summary[side])
        )
    print(f"\n{'':18}{summary['ours']['addon']:^28}{summary['peer']['addon']:^28}")
    print(f"{'':18}" + f"{'seconds':>10}{'queries':>9}{'MB':>7}  " * 2 + f"{'times':>7}")
    for line, row in summary["table"].items():
        print(f"{line:18}" + "".join(map(format_cost, (row["ours"], row["peer"]))), end="")
        print(f"{row['times']:>7}" if "times" in row else "")


def format_cost(cost):
    if not cost:
        return f"{'-':>10}{'':18}"
    return "{seconds:>10.2f}{queries:>9}{megabytes:>7.0f}  ".format(**cost)


def main(ours_path, peer_path, result_path):
    ours, peer = (json.loads(Path(path).read_text()) for path in (ours_path, peer_path))
    for result in (ours, peer):
        check(result)
    if ours["expected"] != peer["expected"]:
        sys.exit("error: the two databases do not have the same sales")
    summary = {
        "sales": ours["sales"],
        "machine": ours["machine"],
        "ours": describe(ours),
        "peer": describe(peer),
        "table": get_table(ours, peer),
    }
    Path(result_path).write_text(json.dumps(summary, indent=2) + "\n")
    print_table(summary)


if __name__ == "__main__":
    main(*sys.argv[1:])
