"""How many requests a key may send: a token bucket each."""

import time
from collections.abc import Callable

from cachetools import LRUCache

_MOST_KEYS = 10_000


class RateLimiter:
    """A bucket of a minute's requests for each caller, filled evenly (Turner 1986).

    For one event loop. Only so many callers are remembered; the others begin with a full bucket.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(_MOST_KEYS)

    def wait_of(self, caller: str, rate: int, requests: int = 1) -> float:
        """Take some requests of `rate` a minute; 0, or seconds until there is room for them.

        More than a minute's at once need a bucket from which nothing but the request itself was
        taken, and leave a debt that is filled first.
        """
        now = self._clock()
        room, filled_at = self._buckets.get(caller, (float(rate), now))
        room = min(float(rate), room + (now - filled_at) * rate / 60)
        needed = requests if requests == 1 else min(requests, rate - 1)
        allowed = room >= needed
        self._buckets[caller] = (room - requests if allowed else room, now)
        return 0.0 if allowed else (needed - room) * 60 / rate
