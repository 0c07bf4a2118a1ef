"""The worked example on the demo database, by the people who have to do it.

Read by ``odoo shell``, which gives ``env``. What is done already is left alone, so that a second
run changes nothing and shows the same settlement.
"""

import base64
import io
import os

from odoo.fields import Date
from odoo.tools import file_open, formatLang
from PIL import Image

from odoo.addons.channel_rebate.gate import by_hand

ODOO = globals()["env"]  # what the shell gives

LOGINS = {
    "keeper": "rate keeper (marketing): enters and seals rates, approves",
    "officer": "settlement officer (finance): computes",
    "accountant": "posts the credit notes",
    "sales": "salesperson: sees no rate before it is revealed",
    "dealer": "Dealer A's portal user: sees his statements",
}


def as_user(login, record):
    """Return ``record`` in the environment of a demo user, as after his login."""
    user = ODOO["res.users"].search([("login", "=", login)])
    return record.with_user(user).with_context(
        lang="en_US", allowed_company_ids=user.company_id.ids
    )


def import_rates(period):
    with file_open("channel_rebate/demo/rates_2026_q1.csv", "rb") as sheet:
        content = base64.b64encode(sheet.read())
    wizard = as_user("keeper", ODOO["channel.rate.import"]).create(
        {"period_id": period.id, "filename": "rates_2026_q1.csv", "file": content}
    )
    wizard.action_import()


def scan():
    """Return the scan of a stack of signed papers, base64; here of a blank sheet."""
    picture = io.BytesIO()
    Image.new("L", (827, 1169), "white").save(picture, "PDF")
    return base64.b64encode(picture.getvalue())


def seal_and_sign(period):
    agreements = as_user("keeper", ODOO["channel.agreement"]).search(
        [("period_id", "=", period.id), ("state", "!=", "cancelled")]
    )
    if set(agreements.mapped("state")) == {"draft"}:
        import_rates(period)
        agreements.action_seal()
        print("Agreements sealed; the rates are secret from now on.")
    if set(agreements.mapped("state")) == {"sealed"}:
        action = agreements.action_sign()
        wizard = as_user("keeper", ODOO["channel.agreement.sign"])
        wizard.with_context(**action["context"]).create(
            {
                "signed_on": Date.to_date("2026-01-05"),
                "paper": scan(),
                "paper_name": "signed.pdf",
                "late_reason": "The example is played after its quarter.",
            }
        ).action_sign()
        print("Agreements marked as signed.")


def settle(period):
    settlement = ODOO["channel.settlement"].search(
        [("period_id", "=", period.id), ("state", "not in", ("cancelled", "reversed"))], limit=1
    )
    if not settlement:
        settlement = as_user("officer", ODOO["channel.settlement"]).create({"period_id": period.id})
    if settlement.state == "draft":
        as_user("officer", settlement).action_compute()
        print("The settlement officer has computed the settlement.")
    if settlement.state == "computed":
        as_user("keeper", settlement).action_approve()
        print("A rate keeper has approved it: rates and amounts are revealed.")
    if settlement.state == "approved":
        as_user("accountant", settlement.statement_ids.move_id).action_post()
        print("The accountant has posted the credit notes.")
    return settlement


def print_table(settlement):
    def money(amount):
        return formatLang(ODOO, amount, digits=2)

    heads = [
        "Dealer",
        "Sub-distributor",
        "Base",
        "Gross",
        "Passed on",
        "Net",
        "Credit note",
        "State",
    ]
    rows = [
        [
            (statement.dealer_statement_id or statement).partner_id.name,
            statement.partner_id.name if statement.dealer_statement_id else "",
            money(statement.base_amount),
            money(statement.gross_amount),
            money(statement.passed_on_amount),
            money(statement.net_amount),
            statement.move_id.name or "",
            statement.move_id.state or "",
        ]
        for statement in settlement.statement_ids.sorted(
            lambda record: ((record.dealer_statement_id or record).partner_id.name, record.role)
        )
    ]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    number = set(range(2, 6))
    print(f"\n{settlement.name}, {settlement.period_id.name} ({settlement.state})\n")
    for row in [heads, ["-" * width for width in widths], *rows]:
        cells = [
            text.rjust(width) if i in number else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def name_server():
    """Tell Odoo where it is going to be served: its printouts fetch their styles from there."""
    port = os.environ.get("PORT") or "8069"
    ODOO["ir.config_parameter"].set_param("report.url", f"http://127.0.0.1:{port}")


def main():
    name_server()
    period = ODOO.ref("channel_rebate.period_2026_q1_demo")
    with by_hand():  # no session of a browser: each acts through this script
        seal_and_sign(period)
        settlement = settle(period)
    ODOO.cr.commit()  # the shell itself ends without committing
    print_table(settlement)
    print("\nLog in with one of these names; the password is the same word:")
    for login, role in LOGINS.items():
        print(f"  {login.ljust(10)}  {role}")


main()
