"""Waits for what happens in another thread or process: the one place where tests poll."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], seconds: float = 30, *, told: str = "") -> None:
    """Return as soon as the condition holds.

    Args:
        seconds: generous, for a busy machine; nobody waits for them where all is well.
        told: what did not happen.

    Raises:
        AssertionError: it does not hold in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, told or f"nothing came within {seconds} s"
        time.sleep(0.01)
