"""The vault of a database.

These are module functions and no model methods, so that server actions and templates, which
reach models only, cannot ask for the key.
"""

import os
import pathlib

from odoo.exceptions import UserError
from odoo.tools import SQL, config

from .tools.keystore import KeyStoreError, load_key, make_key
from .tools.vault import Vault, key_id

KEY_ID_PARAMETER = "channel_rebate.key_id"
# Separated by spaces.
LOST_KEY_IDS_PARAMETER = "channel_rebate.lost_key_ids"
# Any number that no other code locks; it only has to be the same in every process.
_LOCK_NUMBER = 7_264_819_203_517


def default_folder():
    """Return the folder of key files that are made here, as text."""
    return str(pathlib.Path(config["data_dir"], "channel_rebate"))


def open_vault(env, *, create=False):
    """Return the :class:`Vault` of this database.

    :param create: make the key if the database knows none yet: only when a rate is stored
    :raise UserError: the key is lost or a different one; the text names file or variable
    """
    known_id = env["ir.config_parameter"].sudo().get_param(KEY_ID_PARAMETER)
    try:
        if known_id:
            return Vault(load_key(os.environ, default_folder(), known_id))
        if create:
            return _first_vault(env)
    except KeyStoreError as error:
        raise UserError(_key_message(env, error)) from None
    raise UserError(env._("No rate has been stored in this database yet."))


def find_vault(env):
    """Return the :class:`Vault` of this database, or nothing if it knows no key yet.

    :raise UserError: as :func:`open_vault`
    """
    known_id = env["ir.config_parameter"].sudo().get_param(KEY_ID_PARAMETER)
    return open_vault(env) if known_id else None


def get_lost_key_ids(env):
    """Return the ids of the keys that were declared lost."""
    return set((env["ir.config_parameter"].sudo().get_param(LOST_KEY_IDS_PARAMETER) or "").split())


def _first_vault(env):
    """Make the key under a database lock and write its id down.

    Two transactions may both see no id. The lock lets one go first; the other's insert then
    meets a row that its snapshot cannot see, PostgreSQL reports a serialization failure, and
    Odoo runs the request again, which finds the id.
    """
    env.cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", _LOCK_NUMBER))
    key = make_key(os.environ, default_folder())
    env.cr.execute(
        SQL(
            """INSERT INTO ir_config_parameter (key, value, create_uid, create_date)
               VALUES (%s, %s, %s, now() at time zone 'UTC')
               ON CONFLICT (key) DO NOTHING""",
            KEY_ID_PARAMETER,
            key_id(key),
            env.uid,
        )
    )
    env.registry.clear_cache("stable")
    if not env.cr.rowcount:
        # The id was there all the time and only this process's cache did not know it yet.
        return open_vault(env)
    vault = Vault(key)
    env["channel.chain.mixin"]._mark_all_anew(vault)
    return vault


def _key_message(env, error):
    messages = {
        "missing": env._(
            "The key of the sealed rates is missing: %(place)s. Restore it from your backup; "
            "without it the rates cannot be read.",
            place=error.place,
        ),
        "malformed": env._(
            "%(place)s does not hold a key: 32 bytes as base64 are expected. Restore it from "
            "your backup.",
            place=error.place,
        ),
        "different": env._(
            "The key in %(place)s is not the one that this database's rates are sealed with. "
            "Put the right key there; your backup has it.",
            place=error.place,
        ),
        "unreadable": env._(
            "The service user may not read the key in %(place)s. Give it read access.",
            place=error.place,
        ),
    }
    return messages[error.reason]
