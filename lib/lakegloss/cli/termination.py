"""Ends a command at SIGTERM as Ctrl-C ends it: schedulers, containers and `timeout` send that."""

import signal
import threading
from types import FrameType

TERMINATED = 143
"""The exit code of a process that ended at SIGTERM, as shells count it."""

_received: list[int] = []


def interrupt_at_sigterm() -> None:
    """From now on SIGTERM interrupts the command, so that the end of its run is recorded.

    Whoever ignores SIGTERM, or listens to it already, is left alone.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _interrupt)


def leave_sigterm_to_others() -> None:
    """Undo `interrupt_at_sigterm`, for a server that has its own way to end."""
    if signal.getsignal(signal.SIGTERM) is _interrupt:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def was_terminated() -> bool:
    """Whether SIGTERM has interrupted this process."""
    return bool(_received)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    # What hears Ctrl-C at this moment knows best how to end (amid the start of Spark it is
    # another). In the background Ctrl-C is often ignored; SIGTERM must not be.
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)
