"""Stops calls to an endpoint that keeps failing, tests it, and gives it up in the end."""

import asyncio

from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.clock import Clock

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 16.0
_ANSWERS = frozenset({None, Failure.EMPTY, Failure.REFUSED, Failure.CONTEXT_LENGTH})
"""Results which show that the endpoint works, even where it refuses the request."""


class Breaker:
    """A circuit breaker: closed it lets calls through, open none, half-open one as a probe.

    `threshold` failures in a row open it. After a pause it lets one call through, the probe: an
    answer closes the breaker, a failure doubles the pause. A rate limit is no failure, as the
    server is there.

    The run is given up when failures have lasted `patience` seconds, so that it survives a restart
    of the server. It is given up at once where the endpoint has never answered, or where it
    refuses the requests themselves. Use it from one event loop. All times are in seconds.
    """

    def __init__(self, clock: Clock, *, threshold: int = 20, patience: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._patience = patience
        self._row = 0
        self._since = 0.0
        self._reached = False
        self._pause = 0.0
        self._open_until = 0.0
        self._probing = False
        self._changed = asyncio.Event()

    @property
    def closed(self) -> bool:
        return self._pause == 0.0

    @property
    def ready(self) -> bool:
        """Whether a call would go through now, at least as the probe."""
        rested = self._clock.monotonic() >= self._open_until
        return self.closed or (rested and not self._probing)

    def admit_now(self) -> bool | None:
        """Like `admit`, but without waiting: None where no call may be made now."""
        if self.closed:
            return False
        if not self.ready:
            return None
        self._probing = True
        return True

    async def admit(self, deadline: float | None = None) -> bool:
        """Wait until a call may be made, at most until the deadline.

        Returns:
            Whether the call is the probe: the caller then gives its result to `record`, or calls
            `abandon`.
        """
        while not self.closed:
            if self._probing:
                await self._changed.wait()
                continue
            self._probing = True
            still_open = None
            try:
                still_open = await self._rest(deadline)
            finally:
                if still_open is None:
                    self.abandon()
            if still_open:
                return True
            self._probing = False
        return False

    def record(self, attempt: Attempt, *, probe: bool = False) -> bool:
        """Count an attempt. Returns whether the run should end."""
        if attempt.failure in _ANSWERS:
            self._row = 0
            self._reached = True
            self._close()
            return False
        self._reached = self._reached or attempt.status > 0
        if attempt.failure is Failure.RATE_LIMITED:
            self._close()
            return False
        self._row += 1
        now = self._clock.monotonic()
        if self._row == 1:
            self._since = now
        if self._row >= self._threshold:
            patience = self._patience if attempt.retryable and self._reached else 0.0
            self._open(now, probe=probe)
            return now - self._since >= patience
        if probe:
            self.abandon()
        return False

    def abandon(self) -> None:
        """Say that the probe was not made, so that another call may be the probe."""
        self._probing = False
        self._tell()

    async def _rest(self, deadline: float | None) -> bool:
        """Wait for the end of the pause. Returns whether the breaker is still open.

        It sleeps for short times, as the answer to an earlier call may close the breaker.
        """
        until = self._open_until if deadline is None else min(self._open_until, deadline)
        while not self.closed and (left := until - self._clock.monotonic()) > 0:
            await self._clock.sleep(min(left, 1.0))
        return not self.closed

    def _open(self, now: float, *, probe: bool) -> None:
        if self.closed:
            self._pause = _FIRST_PAUSE
        elif probe:
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:  # the call was in flight when the breaker opened
            return
        self._open_until = now + self._pause
        if probe:
            self.abandon()

    def _close(self) -> None:
        if not self.closed:
            self._pause = 0.0
            self.abandon()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
