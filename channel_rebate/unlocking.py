"""Rates that are locked with a passphrase, and the step for which somebody typed it.

The private half of a company's pair exists in the memory of one step, of one user, and nowhere
else. These are module functions and no model methods, so that typed code cannot call them; and
while a step is unlocked, rates still answer only as :mod:`gate` says.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from odoo.exceptions import UserError

from .tools import lockbox
from .tools.vault import VaultError

_logger = logging.getLogger(__name__)


class PassphraseNeededError(UserError):
    """Rates are locked, and nobody typed the passphrase for this step."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Whose step is unlocked; the key stays out of ``repr``, and so out of logs."""

    database: str
    uid: int
    opener: lockbox.Opener = field(repr=False)


_step = ContextVar("channel_rebate_unlocked_step", default=None)


@contextmanager
def unlocked(company, passphrase):
    """Unlock the rates of a company for the block, and for the user of its environment.

    What was computed from them is forgotten with it.

    :param str passphrase: as it was typed
    :raise UserError: it is wrong, which the log tells, or the company has none
    """
    env = company.env
    private = open_private(company, passphrase)
    # What was shown as locked is read again, and what is read now is forgotten afterwards.
    env.invalidate_all()
    token = _step.set(_Step(env.cr.dbname, env.uid, lockbox.Opener(private)))
    try:
        yield
        env.flush_all()
    finally:
        _step.reset(token)
        env.invalidate_all(flush=False)


def open_private(company, passphrase):
    """Return the private half of a company's pair (bytes).

    :raise UserError: as :func:`unlocked`
    """
    pair_sudo = company.env["channel.passphrase.pair"]._find_pair(company)
    if not pair_sudo:
        raise UserError(company.env._("%(company)s has no passphrase.", company=company.name))
    try:
        return lockbox.unwrap(pair_sudo._get_wrapped(), passphrase)
    except lockbox.LockError:
        _logger.warning("Wrong passphrase of company %s by user %s", company.id, company.env.uid)
        message = company.env._(
            "This is not the passphrase of %(company)s. Nothing was done.", company=company.name
        )
        raise UserError(message) from None


def open_payload(env, payload, context):
    """Return a payload that can be read; nothing if it is locked and the step is not unlocked.

    :param bytes payload: of :mod:`tools.vault`, plain or locked
    :raise VaultError: it is locked with another pair, or was changed
    """
    if not lockbox.is_locked(payload):
        return payload
    step = _step.get()
    if not step or (step.database, step.uid) != (env.cr.dbname, env.uid):
        return None
    try:
        return step.opener.unlock(payload, context)
    except lockbox.LockError:
        raise VaultError("the rate is locked with another pair, or was changed") from None


def lock_payload(payload, public, context):
    """Return a payload locked with the public half of a pair; one that is locked stays as it is."""
    return payload if lockbox.is_locked(payload) else lockbox.lock(payload, public, context)
