"""Decides how long to wait before a request is tried again."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", 2015).

    A server's Retry-After replaces the backoff, up to `retry_after_cap`. A little jitter is added
    to it, so that not all calls come back at the same moment. All times are in seconds.
    """

    attempts: int = 5
    base: float = 1.0
    cap: float = 30.0
    retry_after_cap: float = 60.0

    def delay(self, attempt: int, asked: float | None, rng: random.Random) -> float:
        """Seconds to wait after the attempt of that number (the first is 1)."""
        backoff = rng.uniform(0, min(self.cap, self.base * 2.0 ** min(attempt - 1, 30)))
        if asked is None:
            return backoff
        return min(asked, self.retry_after_cap) + min(backoff, self.base)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or an HTTP date; else None."""
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
