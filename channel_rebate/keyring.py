"""The vault of a database.

These are module functions and no model methods, so that server actions and templates, which
reach models only, cannot ask for the key.

Which key it is, is read from the database each time and not from Odoo's cache of parameters: so
it fits what the transaction sees, also of a request that began before the keys were rotated.
"""

import os
import pathlib
from dataclasses import dataclass
from functools import partial

from odoo.exceptions import UserError
from odoo.tools import SQL, config

from .tools.keystore import (
    FILE_VARIABLE,
    KEY_VARIABLE,
    NEW_FILE_VARIABLE,
    NEW_KEY_VARIABLE,
    KeyStoreError,
    default_path,
    find_key,
    is_open_to_others,
    load_key,
    locate_key,
    make_key,
)
from .tools.vault import LostKeyError, Vault, key_id

KEY_ID_PARAMETER = "channel_rebate.key_id"
# Any number that no other code locks; it only has to be the same in every process.
_LOCK_NUMBER = 7_264_819_203_517


@dataclass(frozen=True, slots=True)
class KeyState:
    """What may be told of the key.

    ``status`` is ``none`` (no rate was stored yet), ``right``, or a reason of
    :class:`KeyStoreError`; ``problem`` says what to do about it.
    """

    key_id: str = ""
    place: str = ""
    status: str = "none"
    problem: str = ""


def default_folder():
    """Return the folder of key files that are made here, as text."""
    return str(pathlib.Path(config["data_dir"], "channel_rebate"))


def open_vault(env, *, create=False):
    """Return the :class:`Vault` of this database. It also opens what former keys sealed, if they
    were declared lost and are at hand again.

    :param create: something is going to be sealed: make the key if the database knows none yet,
        and let nobody rotate it before this transaction ends
    :raise UserError: the key is lost or a different one; the text names file or variable
    """
    known_id = read_key_id(env, lock=create)
    try:
        if known_id:
            return _make_vault(env, known_id)
        if create:
            return _first_vault(env)
    except KeyStoreError as error:
        raise UserError(explain(env, error)) from None
    raise UserError(env._("No rate has been stored in this database yet."))


def find_vault(env, *, lock=False):
    """Return the :class:`Vault` of this database, or nothing if it knows no key yet.

    :param lock: something is going to be marked with it: let nobody rotate it meanwhile
    :raise UserError: as :func:`open_vault`
    """
    return open_vault(env) if read_key_id(env, lock=lock) else None


def read_key_id(env, *, lock=False):
    """Return the id of the key that this transaction's rates are sealed with, or nothing.

    :param lock: let it not change before the transaction ends. If it has changed since the
        transaction began, PostgreSQL reports a serialization failure, and Odoo runs it again.
    """
    env["ir.config_parameter"].flush_model(["key", "value"])
    rows = env.execute_query(
        SQL(
            "SELECT value FROM ir_config_parameter WHERE key = %s %s",
            KEY_ID_PARAMETER,
            SQL("FOR SHARE" if lock else ""),
        )
    )
    return rows[0][0] if rows else None


def _make_vault(env, known_id):
    key = load_key(os.environ, default_folder(), known_id)
    return Vault(key, find_key=partial(_find_former_key, env))


def _find_former_key(env, wanted_id):
    """Return a key that was declared lost and has turned up, or nothing for an unknown one."""
    if wanted_id not in env["channel.key.event"]._get_lost_ids():
        return None
    try:
        key, _place = find_key(os.environ, default_folder(), wanted_id)
    except KeyStoreError as error:
        raise UserError(explain(env, error)) from None
    if not key:
        raise LostKeyError(f"the key {wanted_id} is lost")
    return key


def describe_key(env):
    """Return the :class:`KeyState` of this database."""
    known_id = read_key_id(env)
    if not known_id:
        return KeyState(place=default_folder())
    try:
        _key, place = locate_key(os.environ, default_folder(), known_id)
    except KeyStoreError as error:
        return KeyState(known_id, error.place, error.reason, explain(env, error))
    return KeyState(known_id, str(place), "right", _find_flaw(env, known_id, place))


def _find_flaw(env, known_id, place):
    """Return what should be done about the place of a key that is right, or an empty text."""
    if place == default_path(default_folder(), known_id) and is_open_to_others(place):
        return env._(
            "Other users of the server may have access to %(place)s: set its mode to 0600.",
            place=place,
        )
    if str(place) in (NEW_KEY_VARIABLE, os.environ.get(NEW_FILE_VARIABLE)):
        return env._(
            "The keys were rotated: at the next restart move the new key from %(new_variable)s to "
            "%(variable)s, in the place of the old one.",
            new_variable=NEW_KEY_VARIABLE if place == NEW_KEY_VARIABLE else NEW_FILE_VARIABLE,
            variable=KEY_VARIABLE if place == NEW_KEY_VARIABLE else FILE_VARIABLE,
        )
    return ""


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
    env["channel.key.event"]._note("made", key_id(key))
    vault = Vault(key)
    env["channel.chain.mixin"]._mark_all_anew(vault)
    return vault


def explain(env, error):
    """Return what a :class:`KeyStoreError` means and what to do about it."""
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
        "same": env._(
            "%(place)s holds the key that is in use already. Put a new one there.",
            place=error.place,
        ),
    }
    return messages[error.reason]
