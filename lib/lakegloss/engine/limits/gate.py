"""The way in and out of a call: the breaker, the limit, and what its latency says."""

from dataclasses import dataclass
from statistics import median

from lakegloss.engine.attempt import Attempt
from lakegloss.engine.limits.adaptive import AdaptiveLimit, Signal, signal_of
from lakegloss.engine.limits.breaker import Breaker

_START_TOKENS = 64
"""What the start of an answer takes, in tokens: latencies of long and short ones are compared."""

_SAMPLE = 32
_TOLERANCE, _SLACK = 2.0, 0.25
_FORGET = 0.05


class LatencyWatch:
    """Whether answers take longer than they did, by their length: calls queue at the endpoint.

    The median of some calls is compared with the lowest so far, which is forgotten slowly (5 % a
    round of the limit), so that an endpoint that stays slower is taken as it is.
    """

    def __init__(self) -> None:
        self._sample: list[tuple[float, int]] = []
        self._usual: float | None = None

    def slowed(self, seconds: float, tokens: int, *, calls: int) -> bool:
        """Count one answer; True where the last ones were plainly slower.

        Args:
            calls: how many are in flight.
        """
        self._sample.append((seconds, _START_TOKENS + tokens))
        if len(self._sample) < _SAMPLE:
            return False
        pace = median(taken / size for taken, size in self._sample)
        size = median(size for _, size in self._sample)
        self._sample.clear()
        usual = pace if self._usual is None else self._usual
        rounds = min(1.0, _SAMPLE / calls)
        self._usual = min(pace, usual * (1 + _FORGET * rounds))
        return pace > _TOLERANCE * usual and (pace - usual) * size > _SLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A place under the limit; the probe of a half-open breaker goes alone."""

    ticket: float
    probe: bool


class Gate:
    """Lets calls through while the breaker is closed and the limit has places."""

    def __init__(self, limit: AdaptiveLimit, breaker: Breaker, *, fail_fast: bool = False) -> None:
        self.limit = limit
        self._breaker = breaker
        self._fail_fast = fail_fast
        self._latency = LatencyWatch()

    @property
    def closed(self) -> bool:
        """Whether all calls go through."""
        return self._breaker.closed

    @property
    def ready(self) -> bool:
        """Whether a call would go through now: the breaker is not resting or probing."""
        return self._breaker.ready

    async def enter(self, deadline: float | None) -> Pass | None:
        """Wait for a pass; it goes back to `leave` or `turn_back`.

        Who fails fast does not wait for an endpoint that is left alone: None.
        """
        while True:
            if self._fail_fast:
                now = self._breaker.admit_now()
                if now is None:
                    return None
                probe = now
            else:
                probe = await self._breaker.admit(deadline)
            ticket = None
            try:
                ticket = await self.limit.acquire()
            finally:
                if ticket is None and probe:
                    self._breaker.abandon()
            if probe or self._breaker.closed:
                return Pass(ticket=ticket, probe=probe)
            # It opened while this call waited for its place.
            self.limit.release(ticket, Signal.NEUTRAL)

    def leave(self, granted: Pass, attempt: Attempt, *, asked: float | None) -> bool:
        """The call is over; True says that the endpoint should be given up.

        Args:
            asked: seconds that the server asked to wait, clamped.
        """
        self.limit.release(granted.ticket, self._signal(attempt), asked=asked)
        was_closed = self._breaker.closed
        hopeless = self._breaker.record(attempt, probe=granted.probe)
        if was_closed and not self._breaker.closed:
            self.limit.restart()
        return hopeless

    def turn_back(self, granted: Pass) -> None:
        """The call was not made."""
        self.limit.release(granted.ticket, Signal.NEUTRAL)
        if granted.probe:
            self._breaker.abandon()

    def _signal(self, attempt: Attempt) -> Signal:
        signal = signal_of(attempt)
        if signal is Signal.GOOD and self._latency.slowed(
            attempt.latency, attempt.usage.output, calls=self.limit.limit
        ):
            return Signal.SLOW
        return signal
