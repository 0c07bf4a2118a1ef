"""Prints what ``bench`` measured as tables in reStructuredText, as they stand in README.

``python report.py FOLDER RESULT.json`` reads the results of all sizes, and writes them to one file.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

STEPS = {
    "compute": "compute",
    "approve without documents": "approve without documents",
    "documents: create": "create documents",
    "documents: post": "post documents",
    "nothing changed": "supplementary, nothing changed",
    "reverse": "reverse",
    "floor: sums": "plain SQL: sums of the lines",
    "floor: insert": "plain SQL: insert statement lines",
}
# Name, and the most that it should be.
GOALS = {
    "compute ÷ plain SQL": 3,
    "approve without documents ÷ compute": 1,
    "nothing changed ÷ compute": 1,
    "documents ÷ Odoo's batch": 1,
    "untaxed documents ÷ Odoo's batch": 0.7,
}


def read_results(folder):
    """Return the results by number of dealers and of lines."""
    results = [json.loads(path.read_text()) for path in Path(folder).glob("*.json")]
    return sorted(results, key=lambda result: (result["dealers"], result["lines"]))


def seconds(result, *names):
    """Return what some steps took together, or nothing if one of them was not measured."""
    steps = result["steps"]
    return sum(steps[name]["seconds"] for name in names) if {*names} <= steps.keys() else None


def pace(result, name):
    """Return the seconds that a document takes, created and posted."""
    took = seconds(result, f"{name}: create", f"{name}: post")
    return took and took / result["documents"][name]


def divide(amount, by):
    return amount / by if amount is not None and by else None


def get_quotients(result):
    compute = seconds(result, "compute")
    return {
        "compute ÷ plain SQL": divide(compute, seconds(result, "floor: sums", "floor: insert")),
        "approve without documents ÷ compute": divide(
            seconds(result, "approve without documents"), compute
        ),
        "nothing changed ÷ compute": divide(seconds(result, "nothing changed"), compute),
        **{
            f"{name} ÷ Odoo's batch": divide(pace(result, name), pace(result, f"floor: {name}"))
            for name in ("documents", "untaxed documents")
        },
    }


def print_table(heads, rows):
    """Print a simple table: the first column to the left, numbers to the right."""
    table = [heads, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    rule = "  ".join("=" * width for width in widths)
    print(rule)
    for row in table:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if row is heads:
            print(rule)
    print(rule + "\n")


def print_steps(results, measure, pattern):
    rows = [
        [
            title,
            *(
                pattern.format(result["steps"][step].get(measure, 0))
                if step in result["steps"]
                else "-"
                for result in results
            ),
        ]
        for step, title in STEPS.items()
    ]
    print_table([measure, *map(get_head, results)], rows)


def get_head(result):
    return f"{result['dealers']:,} / {result['lines']:,}"


def print_goals(results):
    quotients = [get_quotients(result) for result in results]
    rows = [
        [
            f"{name} (goal {most})",
            *("-" if own[name] is None else f"{own[name]:.2f}" for own in quotients),
        ]
        for name, most in GOALS.items()
    ]
    print_table(["ratio", *map(get_head, results)], rows)
    for own, other in pairwise(results):
        if own["dealers"] == other["dealers"]:
            times = other["steps"]["compute"]["seconds"] / own["steps"]["compute"]["seconds"]
            print(f"compute, {get_head(own)} to {get_head(other)}: {times:.1f} times")


def print_screens(results):
    """Print the screens of the largest settlement, each by who waits for it longest."""
    slowest = {}
    for name, cost in results[-1]["screens"].items():
        screen, _space, role = name.rpartition(" ")
        if screen not in slowest or cost["seconds"] > slowest[screen]["seconds"]:
            slowest[screen] = {**cost, "role": role.strip("()")}
    rows = [
        [name, f"{1000 * cost['seconds']:.0f} ms", str(cost["queries"]), cost["role"]]
        for name, cost in slowest.items()
    ]
    if rows:
        print()
        print_table([f"screen ({get_head(results[-1])})", "server", "queries", "slowest for"], rows)


def main(folder, path):
    results = read_results(folder)
    Path(path).write_text(json.dumps(results, indent=1) + "\n")
    machine = results[-1]["machine"]
    print("{cpus} CPUs, Odoo {odoo}, PostgreSQL {postgresql}\n".format(**machine))
    print_steps(results, "seconds", "{:.2f}")
    print_steps(results, "queries", "{}")
    print_steps(results, "megabytes", "{:.0f}")
    print_goals(results)
    print_screens(results)


if __name__ == "__main__":
    main(*sys.argv[1:])
