"""Who is asking for sealed rates: a holder himself, or one of our own jobs.

Rates answer only

* in a request whose session belongs to the very user of the environment: not to whoever took on
  another user's name (``with_user``), not to an API key, which elevated code can make for anybody;
* inside a job of our own (:func:`run_job`), such as the scheduled accrual;
* to a script at the server's command line that says so (:func:`by_hand`).

And never to code that was typed into the database: server actions, automation rules, computed
custom fields, report and mail templates. Odoo runs those with builtins of their own, by which
they are found on the call stack, whoever's rights they run with.

These are module functions and no model methods, so that typed code cannot call them.
"""

import builtins
import sys
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.http import request
from odoo.tools.misc import Callbacks

# Modules that act on what was typed into the database, also without running a line of it.
_ACTING_ON_TYPED = frozenset({"odoo.addons.base.models.ir_actions"})

_by_hand = ContextVar("channel_rebate_by_hand", default=False)
_logging_in = ContextVar("channel_rebate_logging_in", default=None)


@contextmanager
def by_hand():
    """Let a script at the command line read rates; whoever has that line has the code as well."""
    token = _by_hand.set(True)
    try:
        yield
    finally:
        _by_hand.reset(token)


def run_job(method, *args):
    """Call ``method`` as one of our own jobs, in the name of its environment's user.

    Typed code that started the job is left outside; typed code that the job sets off, such as an
    automation rule, still gets nothing.
    """
    return method(*args)


def is_open_to(env):
    """Tell whether the user of ``env`` is asking himself; says nothing about his rights."""
    if env.su:
        return False
    is_typed, is_job = _look_back(sys._getframe(1))
    if is_typed:
        return False
    if is_job or _by_hand.get():
        return True
    return bool(request) and request.session.uid == env.uid


def _look_back(frame):
    """Return whether typed code is on the call stack, and whether a job of ours comes before it."""
    while frame:
        if _is_typed(frame):
            return True, False
        if frame.f_code is run_job.__code__:
            return False, True
        frame = frame.f_back
    return False, False


def _is_typed(frame):
    return (
        frame.f_builtins is not builtins.__dict__
        or frame.f_globals.get("__name__") in _ACTING_ON_TYPED
        # Typed code can have one of our own methods called when it is over.
        or frame.f_code is Callbacks.run.__code__
    )


@contextmanager
def logging_in(uid):
    """Mark that the password of a user is checked, whose hash is renewed now and then."""
    token = _logging_in.set(uid)
    try:
        yield
    finally:
        _logging_in.reset(token)


def is_own_doing(env, uid):
    """Tell whether user ``uid`` himself does what is being done, with elevated rights or not.

    So it is in his own session and while he logs in, but not in code that somebody typed.
    """
    if env.uid != uid or is_typed_code_running():
        return False
    if _by_hand.get() or _logging_in.get() == uid:
        return True
    return bool(request) and request.session.uid == uid


def is_typed_code_running():
    """Tell whether typed code is under way, apart from what started a job of our own."""
    return _look_back(sys._getframe(1))[0]


def is_installing(env):
    """Tell whether the add-on is being installed or updated, or a script does so by hand."""
    return not env.registry.ready or _by_hand.get()
