"""Python's collector of cycles, told to look less often."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 100)
_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""What was set before the first of those that are inside; an entry for each."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Of a lake's millions of small values none is in a cycle, and looking took a fifth of a plan.

    When the last one inside leaves, what was set before the first is set again, unless somebody
    chose otherwise meanwhile. Who looks less often already, or never, is left alone.
    """
    with _lock:
        _before.append(_before[0] if _before else gc.get_threshold())
        if 0 < gc.get_threshold()[0] < _THRESHOLDS[0]:
            gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        with _lock:
            before = _before.pop()
            if not _before and gc.get_threshold() == _THRESHOLDS:
                gc.set_threshold(*before)
