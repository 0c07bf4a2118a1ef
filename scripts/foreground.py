"""Run a command that Ctrl-C ends in good order: foreground.py COMMAND...

make, too, is sent the interrupt of Ctrl-C, and then reports a failure. So the command gets a
process group of its own and the terminal with it; other signals that ask this process to end are
passed on.
"""

import os
import signal
import subprocess
import sys


def take_terminal():
    """Give the terminal to this process's group, if that is ours to give."""
    os.setpgid(0, 0)
    if TERMINAL is not None:
        # Asking from the background would stop us.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(TERMINAL, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def foreground_terminal():
    try:
        return 0 if os.tcgetpgrp(0) == os.getpgrp() else None
    except OSError:  # no terminal
        return None


TERMINAL = foreground_terminal()
child = subprocess.Popen(sys.argv[1:], preexec_fn=take_terminal)
for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(asked, lambda number, frame: child.send_signal(number))
status = child.wait()
if TERMINAL is not None:
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
# A command that was asked to end and did so has not failed.
sys.exit(0 if status in (-signal.SIGINT, -signal.SIGTERM) else abs(status))
