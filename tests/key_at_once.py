"""Rotation beside another rotation or a rate, each in a transaction of its own.

Run in a process of its own on a throw-away database; see test_key_rotation.py.
"""

import base64
import json
import os
import sys

from odoo.addons.channel_rebate.keyring import read_key_id
from odoo.addons.channel_rebate.tools.vault import key_id

from .common import PRICES, RATES_A, ChannelSetup, WorkedExample
from .throwaway import Shell
from .two_at_once import Company as Other
from .two_at_once import both, enter_rate


class Company(WorkedExample, ChannelSetup, Shell):
    pass


def set_next_key():
    """Put today's key and a new one into the environment, as an administrator does."""
    os.environ["CHANNEL_REBATE_KEY"] = os.environ.pop(
        "CHANNEL_REBATE_NEW_KEY", os.environ["CHANNEL_REBATE_KEY"]
    )
    os.environ["CHANNEL_REBATE_NEW_KEY"] = base64.b64encode(os.urandom(32)).decode()


def rotate(env):
    env["channel.key"].action_rotate()


def enter_first(env):
    rates = env["channel.rate"].search([("is_entered", "=", False)], limit=1)
    rates.rate = 1.5


def make_agreement(env):
    partner = env["res.partner"].search([("name", "=", "Dealer C")])
    line = {"applied_on": "all"}
    values = {"partner_id": partner.id, "period_id": Company.period.id}
    agreement = env["channel.agreement"].create({**values, "line_ids": [(0, 0, line)]})
    env["channel.rate"].search([("agreement_id", "=", agreement.id)]).rate = 2.5


def upload(env):
    sheet = base64.b64encode(b"Line,Rate\n1,2\n")
    env["channel.rate.import"].create({"filename": "rates.csv", "file": sheet})


def look(env):
    agreement = env["channel.agreement"].search([("partner_id.name", "=", "Dealer A")])
    assert len(env["channel.rate"]._unseal_lines(agreement.line_ids)) == len(PRICES)


def main(env):
    Company.env = env
    Company.setUpClass()
    Other.users = Company.users
    for name in ("Dealer D", "Dealer E"):
        Company.make_agreement(Company.make_dealer(name), dict.fromkeys(RATES_A))
    Company.make_dealer("Dealer C")
    Company.sign(Company.agreement_a)
    env.cr.commit()
    steps = {
        "rotating twice": (rotate, rotate),
        "rotation, then a first rate": (rotate, enter_first),
        "a first rate, then rotation": (enter_first, rotate),
        "a changed rate, then rotation": (enter_rate, rotate),
        "a new agreement, then rotation": (make_agreement, rotate),
        "a sheet, then rotation": (upload, rotate),
        "rotation, then an approval": (rotate, look),
        "again": (look, rotate),
    }
    told = {}
    for name, (first, second) in steps.items():
        set_next_key()
        error = both(env, "keeper", first, second)
        env.cr.rollback()
        if error and second == rotate:
            rotate_alone(env)
        told[name] = [error, count_keys(env)]
    forget_key(env)
    told["two first rates"] = [both(env, "keeper", enter_first, enter_rate), count_keys(env)]
    sys.stdout.write(json.dumps(told) + "\n")


def forget_key(env):
    """Leave the database as it is before the first rate is stored."""
    env.cr.execute("UPDATE channel_rate SET token = NULL")
    env.cr.execute("UPDATE channel_rate_import SET token = NULL")
    env.cr.execute("DELETE FROM ir_config_parameter WHERE key = 'channel_rebate.key_id'")
    env.registry.clear_cache("stable")
    env.cr.commit()


def rotate_alone(env):
    """Run it again, as Odoo does; unless the other rotation was the first."""
    if read_key_id(env) != key_id(base64.b64decode(os.environ["CHANNEL_REBATE_NEW_KEY"])):
        keeper = Company.users["keeper"]
        env["channel.key"].with_user(keeper).action_rotate()
        env.cr.commit()


def count_keys(env):
    env.cr.execute("""SELECT COUNT(DISTINCT split_part(token, ':', 2)) FROM (
        SELECT token FROM channel_rate UNION ALL SELECT token FROM channel_rate_import
        ) AS sealed WHERE token != ''""")
    return env.cr.fetchone()[0]
