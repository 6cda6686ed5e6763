"""Gives the engine its time, so that tests can replace it and need not wait."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The clock that the engine needs. All times are in seconds."""

    def monotonic(self) -> float:
        """Seconds from a fixed but unknown moment; never goes back."""

    def now(self) -> datetime:
        """The date and time in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds, while other tasks run."""


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


SYSTEM_CLOCK = SystemClock()
