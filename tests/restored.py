"""A machine with the key, a backup of its database, and another machine.

Run in processes of their own on throw-away databases; see test_key_restore.py.
"""

import json
import os
import pathlib
import sys

from odoo.addons.channel_rebate import keyring
from odoo.addons.channel_rebate.gate import by_hand

from .common import ChannelSetup, WorkedExample
from .key_common import OTHER_KEY
from .throwaway import Shell


class KeyInFolder(ChannelSetup):
    """No variable is set: the first rate makes a file in the data folder of the machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        del os.environ["CHANNEL_REBATE_KEY"]


class Company(WorkedExample, KeyInFolder, Shell):
    pass


class Restored(ChannelSetup, Shell):
    """The same people and agreements, found in a restored database."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(by_hand())
        people = cls.env["res.users"].search([("login", "like", "test_%")])
        cls.users = {user.login.removeprefix("test_"): user for user in people}
        cls.period = cls.env["channel.period"].search([])
        cls.agreements = cls.env["channel.agreement"].search([])


def make(env):
    """Sign the worked example, with a draft beside it, on the first machine."""
    Company.env = env
    Company.setUpClass()
    Company.sign(Company.agreements)
    Company.make_agreement(Company.make_dealer("Draft"), {"soap": "1"})
    env.cr.commit()


def told(action, *args):
    """Return what it comes to, or the text of the error."""
    env = Restored.env
    try:
        with env.cr.savepoint():
            return action(*args)
    except Exception as error:
        env.invalidate_all()
        return str(error)


def read():
    rates = Restored.rates_of(Restored.agreements.filtered(lambda record: record.state == "signed"))
    return sorted(rates.mapped("rate"))


def store():
    draft = Restored.agreements.filtered(lambda record: record.state == "draft")
    Restored.enter_rates(draft, ["2"])


def approve():
    return WorkedExample.settled_amounts(Restored.settle())


def rotate():
    Restored.model("keeper", "channel.key").action_rotate()


def everything():
    return [told(action) for action in (read, store, approve, rotate)]


def files():
    folder = pathlib.Path(keyring.default_folder())
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def fingerprint_of_tables(env):
    env.cr.execute(
        """SELECT (SELECT md5(string_agg(rate::text, ',' ORDER BY id)) FROM channel_rate AS rate),
                  (SELECT md5(string_agg(run::text, ',' ORDER BY id))
                     FROM channel_statement AS run),
                  (SELECT value FROM ir_config_parameter WHERE key = 'channel_rebate.key_id')"""
    )
    return env.cr.fetchone()


def try_out(env):
    """Try everything on the second machine: without the key, with a wrong one, with the right."""
    Restored.env = env(context={"lang": "en_US"})
    Restored.setUpClass()
    path = pathlib.Path(keyring.default_folder(), f"{keyring.read_key_id(env)}.key")
    before = fingerprint_of_tables(env)
    result = {"path": str(path), "without": everything(), "made": files()}
    path.parent.mkdir(parents=True)
    path.write_text(OTHER_KEY)
    result |= {"wrong": everything(), "kept": path.read_text() == OTHER_KEY}
    result["unchanged"] = fingerprint_of_tables(env) == before
    path.write_bytes(pathlib.Path(os.environ["KEY_FILE_OF_THE_BACKUP"]).read_bytes())
    result["right"] = [told(read), told(store), told(approve)]
    # In a transaction of its own, as everywhere: what it writes itself is a change, too.
    env.cr.commit()
    result["right"].append(told(rotate))
    result["files"] = len(files())
    sys.stdout.write(json.dumps(result) + "\n")
