"""Another key for the sealed rates: rotation, and the end of a key that is lost.

Module functions and no model methods, for the same reason as in :mod:`keyring`. They check
everything before they write anything; a key file that was made for a transaction that failed is
left behind and unused, since nobody can be sure that it is.
"""

import os
from dataclasses import dataclass

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from . import keyring
from .tools.keystore import (
    NEW_FILE_VARIABLE,
    NEW_KEY_VARIABLE,
    KeyStoreError,
    find_key,
    locate_key,
    make_key_file,
    next_key,
    replacement_key,
)
from .tools.vault import Vault, key_id

# Every model with a column that is encrypted with the key; heirs of channel.token.mixin.
SEALED_MODELS = ("channel.rate", "channel.rate.import")


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What came of it: where the keys are, and how much was encrypted again."""

    key_id: str
    place: str
    old_place: str = ""
    count: int = 0


def rotate(env):
    """Encrypt everything with another key, in this transaction; salts and rates stay.

    Nobody seals meanwhile: who does holds a lock on the row of the key's id until he is done, and
    who began before this and comes after it meets a serialization failure.

    :return: :class:`KeyChange`
    :raise UserError: a key is missing or wrong, a token or a chained list is damaged; nothing was
        written then
    """
    known_id = _lock_key_id(env)
    old = keyring.open_vault(env)
    old_place, key, place = _find_both_keys(env, known_id)
    _check_chains(env)
    opened = {name: env[name]._open_all_tokens(old) for name in SEALED_MODELS}
    _check_nothing_missed(env, opened)
    if key is None:
        key, place = make_key_file(keyring.default_folder())
    new = Vault(key)
    # As long as the old key is the one that is known: it is checked by that first.
    env["channel.passphrase.pair"]._mark_anew(new)
    _seal_everything(env, opened, new)
    env["channel.key.event"]._note("rotated", new.key_id, known_id)
    return KeyChange(
        key_id=new.key_id,
        place=str(place),
        old_place=str(old_place),
        count=sum(map(len, opened.values())),
    )


def _find_both_keys(env, known_id):
    """Return ``(old place, new key, new place)``, the last two empty if a file is to be made."""
    try:
        _key, old_place = locate_key(os.environ, keyring.default_folder(), known_id)
        return old_place, *next_key(os.environ, known_id)
    except KeyStoreError as error:
        raise UserError(_explain_next(env, error)) from None


def _seal_everything(env, opened, vault):
    for name, payloads in opened.items():
        env[name]._seal_all_tokens(payloads, vault)
    _write_key_id(env, vault.key_id)
    env["channel.chain.mixin"]._mark_all_anew(vault)
    env["channel.agreement"]._forget_loss(vault.key_id)


def replace_lost(env):
    """Go on with a new key, as the old one is lost; what it sealed stays as it is.

    :return: :class:`KeyChange`
    :raise UserError: the old key is at hand somewhere, or the configured new one is wrong
    """
    known_id = _lock_key_id(env)
    folder = keyring.default_folder()
    try:
        key, place = find_key(os.environ, folder, known_id)
        if key:
            raise UserError(
                env._(
                    "The key is not lost: it is in %(place)s. If a variable holds another one, "
                    "take that variable away.",
                    place=place,
                )
            )
        key, place = replacement_key(os.environ)
    except KeyStoreError as error:
        raise UserError(keyring.explain(env, error)) from None
    if key is None:
        key, place = make_key_file(folder)
    _write_key_id(env, key_id(key))
    env["channel.key.event"]._note("lost", key_id(key), known_id)
    env["channel.chain.mixin"]._mark_all_anew(Vault(key))
    env["channel.agreement"]._mark_lost(known_id)
    return KeyChange(key_id=key_id(key), place=str(place))


def _lock_key_id(env):
    """Return the key's id; nobody seals, rotates or declares it lost before the end of this."""
    rows = env.execute_query(
        SQL(
            """UPDATE ir_config_parameter SET write_date = now() at time zone 'UTC'
                WHERE key = %s RETURNING value""",
            keyring.KEY_ID_PARAMETER,
        )
    )
    if not rows:
        raise UserError(env._("No rate has been stored in this database yet."))
    return rows[0][0]


def _write_key_id(env, new_id):
    env.execute_query(
        SQL(
            "UPDATE ir_config_parameter SET value = %s, write_uid = %s WHERE key = %s RETURNING id",
            new_id,
            env.uid,
            keyring.KEY_ID_PARAMETER,
        )
    )
    # Other processes hear of it when this transaction is committed.
    env.registry.clear_cache("stable")
    env["ir.config_parameter"].invalidate_model(["value"])


def _check_chains(env):
    """Refuse to put the new key's mark on a list that is broken: it would cover that up."""
    broken = [
        env._("- %(list)s, %(chain)s: entry %(number)s", list=description, chain=chain, number=no)
        for model in env["channel.chain.mixin"]._get_lists()
        for description in [env["ir.model"]._get(model._name).sudo().name]
        for chain, no in model._find_chain_breaks()
    ]
    if broken:
        raise UserError(
            env._(
                "The keys were not rotated: entries of append-only lists were changed or removed. "
                "Find out who changed the database:\n%(lists)s",
                lists="\n".join(broken),
            )
        )


def _check_nothing_missed(env, opened):
    """Have the transaction run again if something was sealed after it began.

    This transaction sees the database as it was when it began. Now that nobody can seal any more,
    a look from outside tells whether anything was sealed in between.
    """
    with env.registry.cursor() as cr:
        for name, payloads in opened.items():
            cr.execute(env[name]._changed_tokens_query(payloads))
            if cr.fetchone():
                raise ConcurrencyError(f"{name} was written to since the rotation began")
        for model in env["channel.chain.mixin"]._get_lists():
            cr.execute(model._unseen_query())
            if cr.fetchone():
                raise ConcurrencyError(f"{model._name} was added to since the rotation began")


def _explain_next(env, error):
    if error.reason == "missing" and error.place == NEW_KEY_VARIABLE:
        return env._(
            "The new key is missing. Today's key is in the environment, so the new one comes from "
            "there too: have it put into %(variable)s, or the path of its file into "
            "%(file_variable)s, on every host, beside today's; restart, and rotate then.",
            variable=NEW_KEY_VARIABLE,
            file_variable=NEW_FILE_VARIABLE,
        )
    return keyring.explain(env, error)
