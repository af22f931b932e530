"""Runs a module as `python -m` does, and ends it when its parent is gone: `python -m luca_local.lifeline MODULE`.

The parent holds the other end of standard input. Whatever becomes of it, be it killed outright, that end closes; then
the module is told to stop like a container is, by SIGTERM. So no process of the platform outlives the platform.
"""

import os
import runpy
import signal
import sys
import threading
import time

_GRACE = 5.0  # seconds to stop in order


def _stop_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)


def main() -> None:
    """Run the module that the first argument names; it sees the other arguments."""
    threading.Thread(target=_stop_with_parent, name="lifeline", daemon=True).start()
    module = sys.argv[1]
    del sys.argv[1]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
