"""An event loop in a thread of its own, for work that comes from any thread or loop."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from lakegloss.errors import EndpointError


class LoopThread:
    """A daemon thread that the first work starts; several engines may share it."""

    def __init__(self, name: str = "lakegloss-engine") -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Begin some work; cancelling the future cancels it.

        Raises:
            EndpointError: it was closed.
        """
        with self._lock:  # callers are many threads; a second loop would share nothing with it
            if not self._closed:
                return asyncio.run_coroutine_threadsafe(work, self._started())
        work.close()
        raise EndpointError("The engine was closed.", remedy="Make a new one.")

    def finish(self, last: Coroutine[Any, Any, None]) -> None:
        """Run what closes things that the loop's work opened; where none ran there are none."""
        loop = self._loop
        if loop is None:
            last.close()
        else:
            asyncio.run_coroutine_threadsafe(last, loop).result()

    def cancel(self) -> None:
        """Cancel what is under way and wait for its end."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()

    def close(self, last: Coroutine[Any, Any, None] | None = None) -> None:
        """Take no more work, cancel what is under way, `finish`, and end the thread; idempotent."""
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            if last is not None:
                last.close()
            return
        for work in (_cancel_others(), last, loop.shutdown_default_executor()):
            if work is not None:
                asyncio.run_coroutine_threadsafe(work, loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name=self._name, daemon=True
            )
            self._thread.start()
        return self._loop


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
