"""When a request is tried again, and when the whole run gives up."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015).

    A server's Retry-After replaces the backoff, clamped to `retry_after_cap`; a little jitter on
    top keeps the crowd from coming back in the same moment. Seconds.
    """

    attempts: int = 5
    base: float = 1.0
    cap: float = 30.0
    retry_after_cap: float = 60.0

    def delay(self, attempt: int, asked: float | None, rng: random.Random) -> float:
        """How long to wait after the attempt of that number (the first is 1)."""
        backoff = rng.uniform(0, min(self.cap, self.base * 2.0 ** min(attempt - 1, 30)))
        if asked is None:
            return backoff
        return min(asked, self.retry_after_cap) + min(backoff, self.base)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header: a number or an HTTP date; None where unreadable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _until(value, now)
    return max(seconds, 0.0) if not math.isnan(seconds) else None


def _until(value: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


class Breaker:
    """Says when to give up: too many failures in a row.

    Failures count until any call is answered. Rate limits do not count: the server is there.
    Where the endpoint has answered before, or fails by answering with errors, the row must also
    last `patience` seconds, so that a restart of the server is survived.
    """

    def __init__(self, clock: Clock, *, threshold: int = 20, patience: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._patience = patience
        self._row = 0
        self._since = 0.0
        self._reached = False

    def record(self, attempt: Attempt) -> bool:
        """Count an attempt; True says that the run should end."""
        if attempt.failure in {None, Failure.EMPTY, Failure.REFUSED, Failure.CONTEXT_LENGTH}:
            self._row = 0
            self._reached = True
            return False
        self._reached = self._reached or attempt.status > 0
        if attempt.failure is Failure.RATE_LIMITED:
            return False
        self._row += 1
        now = self._clock.monotonic()
        if self._row == 1:
            self._since = now
        if self._row < self._threshold:
            return False
        patience = self._patience if attempt.retryable and self._reached else 0.0
        return now - self._since >= patience
