"""The computed quarter, committed: for what reads the database from outside.

Run in a process of its own, by Odoo's shell on a throw-away database; see test_secrecy_dump.py.
"""

import base64
import csv
import io
from datetime import date, datetime

import xlsxwriter
from odoo.fields import Command

from odoo.addons.channel_rebate.gate import by_hand

from .common import ChannelSetup
from .secrecy_common import SECRET_A, SECRET_B, SECRET_S, SealedQuarter
from .throwaway import Shell

# Thresholds and rates of tiers, one agreement from the form and one from a sheet, sealed and far
# from being revealed.
TIERS = {
    "form": (("0", "9.4271"), ("13719.4653", "9.6183"), ("27428.9317", "9.8297")),
    "sheet": (("0", "8.4273"), ("14817.4659", "8.6179"), ("28526.9311", "8.8293")),
}
# In a sheet that is uploaded and never imported.
PENDING = dict(zip(SECRET_A, ("13.4679", "13.5791", "13.6913"), strict=True))


def rows_of(partner, rates):
    rows = [[partner, product.upper(), rate] for product, rate in rates.items()]
    return [["Partner", "Product", "Rate"], *rows]


def csv_sheet(partner, rates):
    stream = io.StringIO()
    csv.writer(stream).writerows(rows_of(partner, rates))
    return stream.getvalue().encode()


def xlsx_sheet(partner, rates):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": True}) as book:
        # The same bytes whenever it is made.
        book.set_properties({"created": datetime(2025, 1, 1)})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows_of(partner, rates)):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def tier_sheet(partner, brackets):
    stream = io.StringIO()
    rows = [[partner, "All Products", start, rate] for start, rate in brackets]
    csv.writer(stream).writerows([["Partner", "Product", "Bracket From", "Rate"], *rows])
    return stream.getvalue().encode()


SHEETS = {
    "rates.csv": csv_sheet("DEALER-B", SECRET_B),
    "rates.xlsx": xlsx_sheet("SUB-S", SECRET_S),
    "tiers.csv": tier_sheet("DEALER-B", TIERS["sheet"]),
    "pending.csv": csv_sheet("DEALER-A", PENDING),
    "pending.xlsx": xlsx_sheet("DEALER-A", PENDING),
}


class CommittedQuarter(SealedQuarter, ChannelSetup, Shell):
    @classmethod
    def enter_secrets(cls):
        """Enter rates in each way there is, and upload two sheets that are left lying."""
        for rate, value in zip(cls.rates_of(cls.agreement_a), SECRET_A.values(), strict=True):
            rate.rate = float(value)
        cls.next_period = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))
        tiered = [cls.make_tiered(partner) for partner in (cls.dealer_a, cls.dealer_b)]
        cls.rates_of(tiered[0]).brackets = "\n".join(map(": ".join, TIERS["form"]))
        wizards = [cls.upload(name) for name in SHEETS]
        for wizard in wizards[:3]:
            wizard.action_import()
        cls.seal(tiered[0] | tiered[1])

    @classmethod
    def make_tiered(cls, partner):
        """Return a draft agreement of the next quarter with marginal tiers for all products."""
        agreement = cls.make_agreement(partner, {}, period=cls.next_period)
        terms = {"applied_on": "all", "tier_mode": "marginal"}
        agreement.line_ids = [Command.create(terms)]
        return agreement

    @classmethod
    def upload(cls, name):
        period = cls.next_period if name == "tiers.csv" else cls.period
        values = {"period_id": period.id, "filename": name}
        sheet = base64.b64encode(SHEETS[name])
        return cls.model("keeper", "channel.rate.import").create({**values, "file": sheet})


def compute(env):
    CommittedQuarter.env = env
    CommittedQuarter.setUpClass()
    env.cr.commit()


def approve(env):
    keeper = env["res.users"].search([("login", "=", "test_keeper")])
    with by_hand():
        env["channel.settlement"].with_user(keeper).search([]).action_approve()
    env.cr.commit()
