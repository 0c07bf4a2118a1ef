"""Two test runs at once, each on its own database, share the test files: a file goes to whoever
comes first. ``scripts/test`` names the folder in which they claim them; without one each runs all.
"""

import os
import pathlib

import pytest

CLAIMS = os.environ.get("CHANNEL_REBATE_CLAIMS")
_claimed = {}


def _claim(path):
    """Tell whether the tests of a file are this run's."""
    if path not in _claimed:
        name = path.replace(os.sep, "+")
        try:
            pathlib.Path(CLAIMS, name).touch(exist_ok=False)
            _claimed[path] = True
        except FileExistsError:
            _claimed[path] = False
    return _claimed[path]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    """Pass over what the other run has claimed; it reports it."""
    # The module of the test: what it inherits stands in another one.
    return None if not CLAIMS or _claim(str(item.path)) else True
