"""The worked example on the demo database, by the people who have to do it.

Read by ``odoo shell``, which gives ``env``. What is done already is left alone, so that a second
run changes nothing and shows the same settlements.
"""

import os

import demo_year
from demo_steps import as_user, money, print_table, seal_and_sign, settle
from odoo.fields import Date
from odoo.tools import file_open

from odoo.addons.channel_rebate.gate import by_hand

ODOO = globals()["env"]  # what the shell gives

LOGINS = {
    "keeper": "rate keeper (marketing): enters and seals rates, decides incidents, approves",
    "officer": "settlement officer (finance): computes",
    "accountant": "posts the credit notes",
    "sales": "salesperson: reports incidents, sees no rate before it is revealed",
    "manager": "sales manager: reviews scorecards",
    "dealer": "Dealer A's portal user: sees his statements",
}


def name_server():
    """Tell Odoo where it is going to be served: its printouts fetch their styles from there."""
    port = os.environ.get("PORT") or "8069"
    ODOO["ir.config_parameter"].set_param("report.url", f"http://127.0.0.1:{port}")


def play_quarter(period):
    """Play the quarter of the worked example; return its settlement."""
    with file_open("channel_rebate/demo/rates_2026_q1.csv", "rb") as sheet:
        seal_and_sign(period, sheet.read(), Date.to_date("2026-01-05"))
    penalise(ODOO.ref("channel_rebate.incident_b_demo"))
    return settle(ODOO, period_id=period.id)


def penalise(incident):
    """Have the keeper decide what sales has reported, with the penalty of its type.

    Nobody is compensated out of it, so that what Dealer A gets is the published figure.
    """
    keeper_incident = as_user("keeper", incident)
    if incident.state == "reported":
        keeper_incident.action_confirm()
    if incident.state == "confirmed":
        action = keeper_incident.action_penalise()
        wizard = as_user("keeper", ODOO["channel.incident.penalise"])
        wizard.with_context(**action["context"]).create(
            {"is_waived": True, "harmed_dealer_id": False}
        ).action_penalise()
        print(f"{incident.name}: {incident.partner_id.name} loses part of his rebate.")


def print_quarter(settlement):
    rows = [
        [
            (statement.dealer_statement_id or statement).partner_id.name,
            statement.partner_id.name if statement.dealer_statement_id else "",
            *(
                money(ODOO, statement[f"{name}_amount"])
                for name in ("base", "gross", "passed_on", "penalty", "net")
            ),
            statement.move_id.name or "",
            statement.move_id.state or "",
        ]
        for statement in settlement.statement_ids.sorted(
            lambda record: ((record.dealer_statement_id or record).partner_id.name, record.role)
        )
    ]
    heads = ["Dealer", "Sub-distributor", "Base", "Gross", "Passed on", "Penalty", "Net"]
    print_table(
        f"{settlement.name}, {settlement.period_id.name} ({settlement.state})",
        [*heads, "Credit note", "State"],
        rows,
        range(2, 7),
    )
    for line in settlement.statement_ids.penalty_line_ids:
        print(f"\nPenalty of {line.statement_id.partner_id.name}: {line._get_text()}")


def main():
    name_server()
    with by_hand():  # no session of a browser: each acts through this script
        annual = demo_year.play(ODOO)
        settlement = play_quarter(ODOO.ref("channel_rebate.period_2026_q1_demo"))
    ODOO.cr.commit()  # the shell itself ends without committing
    demo_year.print_year(annual)
    print_quarter(settlement)
    print("\nLog in with one of these names; the password is the same word:")
    for login, role in LOGINS.items():
        print(f"  {login.ljust(10)}  {role}")


main()
