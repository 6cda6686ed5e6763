"""Bounds how many executions are under way, and how many may wait for their turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lakegloss.errors import BusyError, ExecutionTimeoutError

_WAITING_FOR_EACH = 4


class Places:
    """Gives out a bounded number of places, with a bounded queue, so that nobody waits forever.

    It serves one event loop.

    Args:
        number: the most executions at the same time; four times as many may wait.
    """

    def __init__(self, number: int) -> None:
        self._places = asyncio.Semaphore(number)
        self._most = _WAITING_FOR_EACH * number
        self.waiting = 0

    @asynccontextmanager
    async def one(self, patience: float) -> AsyncIterator[float]:
        """Wait for a place, for at most `patience` seconds; gives the seconds that are left.

        Raises:
            BusyError: too many wait already.
            ExecutionTimeoutError: `patience` ended in the queue.
        """
        if self.waiting >= self._most:
            raise BusyError("Too many executions wait already.", remedy="Send it again later.")
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        self.waiting += 1
        try:
            async with asyncio.timeout_at(end):
                await self._places.acquire()
        except TimeoutError:
            raise ExecutionTimeoutError.after(
                patience, ", all of them in the queue", remedy="Send it again later."
            ) from None
        finally:
            self.waiting -= 1
        try:
            yield max(0.001, end - loop.time())
        finally:
            self._places.release()
