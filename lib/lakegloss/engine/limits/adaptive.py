"""How many calls are in flight: a limit that learns what the endpoint bears."""

import asyncio
from collections import deque
from enum import Enum, auto

from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.clock import Clock

START = 8
_STORM = 3
"""Rate limits in a row after which new calls wait as long as the server asks."""


class Signal(Enum):
    """What a call says about the endpoint's load."""

    GOOD = auto()
    SLOW = auto()
    OVERLOADED = auto()
    NEUTRAL = auto()


def signal_of(attempt: Attempt) -> Signal:
    """Rate limits, timeouts and 503s ask for less; other failures say nothing about load."""
    if attempt.failure in {Failure.RATE_LIMITED, Failure.TIMEOUT} or attempt.status in {503, 529}:
        return Signal.OVERLOADED
    return Signal.GOOD if attempt.status == 200 else Signal.NEUTRAL


class AdaptiveLimit:
    """Additive increase, multiplicative decrease (Chiu and Jain, 1989), with a slow start.

    Until the first overload each good call raises the limit by one (it doubles every round); from
    then on a full round of good calls raises it by one. An overload lowers it by a third, at
    most once for the calls that were in flight together. So do slow answers, but not below the
    start: latency has other causes, too.
    """

    def __init__(self, cap: int, clock: Clock, *, start: int = START) -> None:
        self._cap = cap
        self._clock = clock
        self._start = float(min(cap, start))
        self._limit = self._start
        self._ramping = True
        self._lowered_at = float("-inf")
        self._held_until = float("-inf")
        self._storm = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self.in_flight = 0

    @property
    def limit(self) -> int:
        return int(self._limit)

    async def acquire(self) -> float:
        """Wait for a place; the ticket that comes back goes to `release`."""
        if self.in_flight < self.limit and not self._waiters:
            self.in_flight += 1
        else:
            await self._queue()
        ticket = None
        try:
            while (wait := self._held_until - self._clock.monotonic()) > 0:
                await self._clock.sleep(wait)
            ticket = self._clock.monotonic()
        finally:
            if ticket is None:
                self._free()
        return ticket

    def release(self, ticket: float, signal: Signal, *, asked: float | None = None) -> None:
        """Give the place back.

        Args:
            ticket: of `acquire`.
            signal: how the call went.
            asked: seconds that the server asked to wait, clamped by the caller.
        """
        if signal is Signal.GOOD:
            self._raise()
        elif signal is Signal.OVERLOADED:
            self._hold(asked)
            self._lower(ticket, 1.0)
        elif signal is Signal.SLOW:
            self._storm = 0
            self._lower(ticket, self._start)
        self._free()

    def restart(self) -> None:
        """Learn anew what the endpoint bears, as after an outage."""
        self._limit = min(self._limit, self._start)
        self._ramping = True
        self._storm = 0

    async def _queue(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self._free()
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    def _free(self) -> None:
        self.in_flight -= 1
        while self._waiters and self.in_flight < self.limit:
            waiter = self._waiters.popleft()
            if not waiter.done():
                self.in_flight += 1
                waiter.set_result(None)

    def _raise(self) -> None:
        self._storm = 0
        step = 1.0 if self._ramping else 1.0 / self._limit
        self._limit = min(float(self._cap), self._limit + step)

    def _hold(self, asked: float | None) -> None:
        self._storm += 1
        if asked is not None and self._storm >= _STORM:
            self._held_until = max(self._held_until, self._clock.monotonic() + asked)

    def _lower(self, ticket: float, floor: float) -> None:
        if ticket < self._lowered_at:
            return
        self._ramping = False
        self._lowered_at = self._clock.monotonic()
        self._limit = min(self._limit, max(floor, self._limit * 2 / 3))
