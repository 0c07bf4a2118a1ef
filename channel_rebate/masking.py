"""Keeps secrets out of the server's log, however talkative it is.

At its most talkative Odoo logs the arguments of every public method that a client calls, and every
SQL statement with its values; a statement that fails it logs with its values at any level.

* Calls of the models that :func:`mask_arguments` names, and calls that name such a model in their
  arguments, such as a default value for it, are logged without arguments.
* Within :func:`values_hidden` statements are logged without values, and none reaches a profile.

The filters sit on the loggers, so they hold for every handler: console, file, syslog, ``--log-db``.
A filter is asked only about what is going to be logged, so it costs nothing otherwise.
"""

import logging
import threading
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.service.model import Params

MASK = "[masked by channel_rebate]"
# How many words of a statement are logged: what is done, and to which table.
_WORDS = 3

# Models of which every method is masked, and methods of others.
_models = set()
_methods = set()
_hiding = ContextVar("channel_rebate_hiding", default=False)


def mask_arguments(model, *methods):
    """Keep arguments of ``methods`` of ``model`` out of the log; of all methods if none is named.

    To be called where the model is defined, so that no call comes before it.
    """
    if methods:
        _methods.update((model, method) for method in methods)
    else:
        _models.add(model)


@contextmanager
def values_hidden():
    """Keep the values of SQL statements out of log and profile; also usable as a decorator.

    For what is written in clear before it is certain that it stays: of two approvals at once one
    fails, and PostgreSQL's complaint would bring all rates into the log, at any level.
    """
    token = _hiding.set(True)
    thread = threading.current_thread()
    # A profile in the database would keep the statements even of what is rolled back.
    hooks = getattr(thread, "query_hooks", [])
    thread.query_hooks = []
    try:
        yield
    finally:
        thread.query_hooks = hooks
        _hiding.reset(token)


def _mask_call(record):
    """Take the arguments out of the record of a call, if they may be secret."""
    args = record.args if isinstance(record.args, tuple) else ()
    if any(isinstance(arg, Params) for arg in args) and _is_masked(*args):
        record.args = tuple(MASK if isinstance(arg, Params) else arg for arg in args)
    return True


def _is_masked(records, method, params):
    if records._name in _models or (records._name, method) in _methods:
        return True
    text = str(params)
    return any(model in text for model in _models)


def _mask_statement(record):
    """Take the values out of the record of a statement, while they are to be hidden."""
    if _hiding.get() and record.args:
        record.args = tuple(map(_without_values, record.args))
    return True


def _without_values(arg):
    if isinstance(arg, bytes):
        arg = arg.decode(errors="replace")
    if isinstance(arg, str):
        return " ".join([*arg.split(maxsplit=_WORDS)[:_WORDS], MASK])
    # What PostgreSQL complains of quotes the row.
    return type(arg).__name__ if isinstance(arg, BaseException) else arg


# Loading the file again replaces nothing: a filter that is there already is not added twice.
def _install():
    for name, mask in (("odoo.service.model", _mask_call), ("odoo.sql_db", _mask_statement)):
        logger = logging.getLogger(name)
        if mask.__qualname__ not in {getattr(one, "__qualname__", "") for one in logger.filters}:
            logger.addFilter(mask)


_install()
