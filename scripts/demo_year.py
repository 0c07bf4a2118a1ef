"""A year that is over: four quarters settled one by one, scorecards, and the year-end rebate."""

from demo_steps import as_user, money, print_table, seal_and_sign, settle

YEAR = "2025"
# Percent on detergent by dealer, quarter by quarter.
RATES = {"D-A": ("4.1", "3.9", "4.3", "3.7"), "D-B": ("3.8", "4", "4.2", "3.6")}
# Out of ten, criterion by criterion in their order: what comes to 0.85 and 0.70.
SCORES = {"D-A": (8, 9, 8, 9, 8.5), "D-B": (8, 7, 7, 9, 4)}


def post_invoices(env):
    """Post what an update of an older demonstration has only drafted."""
    invoices = [
        env.ref(f"channel_rebate.invoice_{dealer}_{YEAR}_q{number}_demo")
        for dealer in "ab"
        for number in range(1, 5)
    ]
    env["account.move"].union(*invoices).filtered(lambda m: m.state == "draft").action_post()


def settle_quarters(env):
    post_invoices(env)
    for number in range(1, 5):
        period = env.ref(f"channel_rebate.period_{YEAR}_q{number}_demo")
        rows = [f"{ref},DETERGENT,{rates[number - 1]}" for ref, rates in RATES.items()]
        sheet = "\n".join(["Partner,Product,Rate", *rows]).encode()
        seal_and_sign(period, sheet, period.date_from)
        settle(env, period_id=period.id)


def fix_scorecards(env):
    """Have the salesperson fill the scorecards and the sales manager fix them."""
    wizard = as_user("sales", env["channel.scorecard.create"]).create({"year": YEAR})
    if wizard.dealer_count:
        wizard.action_create()
    scorecards = as_user("sales", env["channel.scorecard"]).search([("year", "=", YEAR)])
    for scorecard in scorecards.filtered(lambda record: record.state == "draft"):
        scores = SCORES[scorecard.partner_id.ref]
        for line, score in zip(scorecard.line_ids, scores, strict=True):
            line.score = score * line.scale / 10
        scorecard.action_submit()
    submitted = scorecards.filtered(lambda record: record.state == "submitted")
    as_user("manager", submitted).action_fix()
    if submitted:
        print(f"{YEAR}: scorecards filled by sales and fixed by the sales manager.")


def print_year(settlement):
    """Print who gets which year-end rebate, and how it comes about."""
    env = settlement.env
    rows = [
        [
            statement.partner_id.name,
            money(env, statement.base_amount),
            money(env, sum(statement.source_ids.mapped("gross_amount"))),
            f"{statement.coefficient:.2f}",
            money(env, statement.gross_amount),
            money(env, statement.net_amount),
            statement.move_id.name or "",
            statement.move_id.state or "",
        ]
        for statement in settlement.statement_ids.sorted(lambda record: record.partner_id.name)
    ]
    heads = ["Dealer", "Sales", "Hidden rebates", "Coefficient", "Year-end rebate", "Net"]
    print_table(
        f"{settlement.name}, year-end rebate {YEAR} ({settlement.state})",
        [*heads, "Credit note", "State"],
        rows,
        range(1, 6),
    )


def play(env):
    """Settle the year; return its settlement."""
    settle_quarters(env)
    fix_scorecards(env)
    return settle(env, kind="annual", year=YEAR)
