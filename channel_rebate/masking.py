"""Keeps arguments that are secret out of Odoo's log, which tells all of them at debug level."""

import logging

_MASKED = {}


def mask_arguments(model, *names):
    """Let the log tell no argument of calls of a model from outside.

    :param str model: name of the model
    :param names: its methods; none given: all of them
    """
    _MASKED.setdefault(model, set()).update(names or ("*",))


class _ArgumentMask(logging.Filter):
    def filter(self, record):
        """Put dots in place of the arguments; what is logged otherwise stays as it is."""
        if isinstance(record.args, tuple) and len(record.args) == 3:
            records, method, _arguments = record.args
            names = _MASKED.get(getattr(records, "_name", None), ())
            if "*" in names or method in names:
                record.args = (records, method, "…")
        return True


logging.getLogger("odoo.service.model").addFilter(_ArgumentMask())
