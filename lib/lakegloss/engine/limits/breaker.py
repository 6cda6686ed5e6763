"""The circuit breaker: an endpoint that fails is left alone, probed, and given up in the end."""

import asyncio

from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.clock import Clock

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 16.0
_ANSWERS = frozenset({None, Failure.EMPTY, Failure.REFUSED, Failure.CONTEXT_LENGTH})
"""What shows that the endpoint works, whatever it thinks of the request."""


class Breaker:
    """Closed, calls go through; open, none does; half-open, one goes through as a probe.

    A row of `threshold` failures opens it. After a pause one call is let through: an answer closes
    it again, a failure doubles the pause. Rate limits are no failures: the server is there.

    The run is given up when the row has lasted `patience` seconds, so that a restart of the server
    is survived; at once where nothing ever answered, or where the requests themselves are refused.
    Used from one event loop. Seconds.
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
        """Whether a call would go through now, as the probe at least."""
        rested = self._clock.monotonic() >= self._open_until
        return self.closed or (rested and not self._probing)

    def admit_now(self) -> bool | None:
        """As `admit`, for whom nobody waits: None where no call may go now."""
        if self.closed:
            return False
        if not self.ready:
            return None
        self._probing = True
        return True

    async def admit(self, deadline: float | None = None) -> bool:
        """Wait until a call may go, at most until the deadline.

        Returns:
            True where the call is the probe: its result goes to `record`, or `abandon` is called.
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
        """Count an attempt; True says that the run should end."""
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
        """The probe was not made: another call may be it."""
        self._probing = False
        self._tell()

    async def _rest(self, deadline: float | None) -> bool:
        """The pause, in short sleeps: an answer that was under way may end it. Still open?"""
        until = self._open_until if deadline is None else min(self._open_until, deadline)
        while not self.closed and (left := until - self._clock.monotonic()) > 0:
            await self._clock.sleep(min(left, 1.0))
        return not self.closed

    def _open(self, now: float, *, probe: bool) -> None:
        if self.closed:
            self._pause = _FIRST_PAUSE
        elif probe:
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        else:  # it was under way when the breaker opened
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
