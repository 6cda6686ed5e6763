"""Runs the command, as `lakegloss` and as `python -m lakegloss.cli`."""

import os
import signal
import sys
from typing import Any

INTERRUPTED = 130


def main() -> None:
    """Import the command and run it; Ctrl-C in the midst of the imports ends it as it does later.

    An exception there may leave a package half imported, or come out of it as another error.
    """
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not under nohup
    if is_heard:
        signal.signal(signal.SIGINT, _end)
    from lakegloss.cli.main import main as run

    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _end(_number: int, _frame: Any) -> None:
    """End the process: nothing is open yet, and nothing to be kept."""
    sys.stderr.write("\nInterrupted.\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
