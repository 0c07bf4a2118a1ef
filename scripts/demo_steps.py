"""The steps that the people of the demonstration take, whatever period they are about.

Each is done by whom it belongs to, and what is done already is left alone.
"""

import base64
import io

from odoo.tools import formatLang
from PIL import Image

LATE = "The example is played after its time."


def as_user(login, record):
    """Return ``record`` in the environment of a demo user, as after his login."""
    user = record.env["res.users"].sudo().search([("login", "=", login)])
    return record.with_user(user).with_context(
        lang="en_US", allowed_company_ids=user.company_id.ids
    )


def import_rates(period, rates):
    """Have the keeper import a sheet of rates.

    :param bytes rates: a CSV file
    """
    wizard = as_user("keeper", period.env["channel.rate.import"]).create(
        {"period_id": period.id, "filename": "rates.csv", "file": base64.b64encode(rates)}
    )
    wizard.action_import()


def scan():
    """Return the scan of a stack of signed papers, base64; here of a blank sheet."""
    picture = io.BytesIO()
    Image.new("L", (827, 1169), "white").save(picture, "PDF")
    return base64.b64encode(picture.getvalue())


def seal_and_sign(period, rates, day):
    """Have the keeper enter and seal rates, and record the signatures of a day."""
    agreements = as_user("keeper", period.env["channel.agreement"]).search(
        [("period_id", "=", period.id), ("state", "!=", "cancelled")]
    )
    if set(agreements.mapped("state")) == {"draft"}:
        import_rates(period, rates)
        agreements.action_seal()
        print(f"{period.name}: agreements sealed; the rates are secret from now on.")
    if set(agreements.mapped("state")) == {"sealed"}:
        action = agreements.action_sign()
        wizard = as_user("keeper", period.env["channel.agreement.sign"])
        wizard.with_context(**action["context"]).create(
            {
                "signed_on": day,
                "paper": scan(),
                "paper_name": "signed.pdf",
                "late_reason": LATE,
            }
        ).action_sign()
        print(f"{period.name}: agreements marked as signed.")


def settle(env, **values):
    """Have officer, keeper and accountant settle a period or a year; return the settlement."""
    domain = [(name, "=", value) for name, value in values.items()]
    settlement = env["channel.settlement"].search(
        [*domain, ("state", "not in", ("cancelled", "reversed"))], order="id", limit=1
    )
    if not settlement:
        settlement = as_user("officer", env["channel.settlement"]).create(values)
    name = settlement.period_id.name or settlement.year
    if settlement.state == "draft":
        as_user("officer", settlement).action_compute()
        print(f"{name}: the settlement officer has computed the settlement.")
    if settlement.state == "computed":
        as_user("keeper", settlement).action_approve()
        print(f"{name}: a rate keeper has approved it: what was sealed is revealed.")
    if settlement.state == "approved":
        as_user("accountant", settlement.statement_ids.move_id).action_post()
        print(f"{name}: the accountant has posted the credit notes.")
    return settlement.with_user(env.user)


def money(env, amount):
    return formatLang(env, amount, digits=2)


def print_table(title, heads, rows, numbers):
    """Print a table.

    :param numbers: the places of columns that are set to the right
    """
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    print(f"\n{title}\n")
    for row in [heads, ["-" * width for width in widths], *rows]:
        cells = [
            text.rjust(width) if i in numbers else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
