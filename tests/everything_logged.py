"""What a server logs at its most talkative."""

import logging
from contextlib import contextmanager


class Listener(logging.Handler):
    """Keeps every record as text, with its traceback."""

    def __init__(self):
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    @property
    def text(self):
        return "\n".join(self.lines)


@contextmanager
def everything_logged():
    """Let every logger log everything, to the one handler that is given and to no other."""
    root, listener = logging.getLogger(), Listener()
    loggers = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.handlers, one.propagate) for one in (root, *loggers)]
    for one in loggers:
        one.setLevel(logging.NOTSET)
        one.handlers, one.propagate = [], True
    root.setLevel(logging.DEBUG)
    root.handlers = [listener]
    try:
        yield listener
    finally:
        for one, level, handlers, propagate in before:
            one.setLevel(level)
            one.handlers, one.propagate = handlers, propagate
