"""Measures a step: seconds, SQL queries of all cursors, and memory at its peak."""

import gc
import time
from contextlib import contextmanager
from pathlib import Path

from odoo import sql_db

MEGABYTE = 2**20
PROCESS = Path("/proc/self")


class Meter:
    """What each step took, by its name, in the order in which they were done.

    :param env: environment that the steps work in; a step ends when all is written
    """

    def __init__(self, env):
        self.env = env
        self.steps = {}
        self.idle = read_memory("VmRSS")

    @contextmanager
    def measure(self, name):
        """Measure the block. Its memory is told above what the process had when it was idle."""
        self.env.flush_all()
        self.env.invalidate_all()
        gc.collect()
        forget_peak()
        queries, start = sql_db.sql_counter, time.perf_counter()
        yield
        self.env.flush_all()
        self.steps[name] = {
            "seconds": round(time.perf_counter() - start, 3),
            "queries": sql_db.sql_counter - queries,
            "megabytes": round((read_memory("VmHWM") - self.idle) / MEGABYTE, 1),
        }


def read_memory(name):
    """Return a number of bytes that Linux knows of this process."""
    for line in (PROCESS / "status").read_text().splitlines():
        label, _colon, value = line.partition(":")
        if label == name:
            return int(value.split()[0]) * 1024
    raise LookupError(name)


def forget_peak():
    """Let the peak of resident memory begin at what is resident now."""
    (PROCESS / "clear_refs").write_text("5")
