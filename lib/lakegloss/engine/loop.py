"""Runs an event loop in a thread of its own, for work from any thread or loop."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from lakegloss.errors import EndpointError


class LoopThread:
    """An event loop in a daemon thread, started by the first work; engines may share it."""

    def __init__(self, name: str = "lakegloss-engine") -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()  # while it is held, garbage collection may call `close`
        self._closed = False
        self._ending: asyncio.Task[None] | None = None

    def submit(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Begin some work; cancelling the future cancels the work.

        Raises:
            EndpointError: the loop was closed.
        """
        with self._lock:  # callers are many threads; a second loop would share nothing with it
            if not self._closed:
                loop = self._started()
                return asyncio.run_coroutine_threadsafe(work, loop)
        work.close()
        raise EndpointError("The engine was closed.", remedy="Make a new one.")

    def close(self, last: Coroutine[Any, Any, None] | None = None) -> None:
        """Take no more work, cancel the work under way, run the last work, end the thread.

        Where no work ever ran, the last work has nothing to close and is not run. Idempotent and
        safe from any thread. Called from the loop's own thread, as garbage collection may do, it
        does not wait for the end.
        """
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            if last is not None:
                last.close()
        elif thread is threading.current_thread():
            self._ending = loop.create_task(_end(last))
            self._ending.add_done_callback(lambda _: loop.stop())
        else:
            try:
                asyncio.run_coroutine_threadsafe(_end(last), loop).result()
            finally:
                loop.call_soon_threadsafe(loop.stop)
                thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=_run, args=(self._loop,), name=self._name, daemon=True
            )
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _end(last: Coroutine[Any, Any, None] | None) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    if last is not None:
        await last
