"""A thread with an event loop: one for an engine, or shared by several."""

import asyncio
import contextlib
import threading
from concurrent.futures import CancelledError

import pytest

from lakegloss.engine.loop import LoopThread
from lakegloss.errors import EndpointError
from tests.kits.waiting import until


def test_work_of_many_threads_runs_in_one() -> None:
    async def where() -> int:
        return threading.get_ident()

    loop = LoopThread()
    found: list[int] = []
    callers = [
        threading.Thread(target=lambda: found.append(loop.submit(where()).result()))
        for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    loop.close()
    assert len(found) == 8
    assert set(found).isdisjoint({threading.get_ident()})
    assert len(set(found)) == 1


def test_what_closes_runs_last_and_nothing_is_taken_after_it() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("work")

    async def last() -> None:
        ended.append("last")

    loop = LoopThread()
    loop.submit(work())
    loop.submit(asyncio.sleep(0)).result()
    loop.close(last())
    loop.close()
    assert ended == ["work", "last"]
    with pytest.raises(EndpointError, match="closed"):
        loop.submit(last())


def test_a_loop_that_never_ran_has_nothing_to_close() -> None:
    async def last() -> None:
        raise AssertionError("there is nothing to close")

    before = threading.active_count()
    loop = LoopThread()
    loop.close(last())
    assert threading.active_count() == before


def test_a_failing_end_ends_the_thread_all_the_same() -> None:
    async def last() -> None:
        raise OSError("no")

    before = threading.active_count()
    loop = LoopThread()
    loop.submit(asyncio.sleep(0)).result()
    with pytest.raises(OSError, match="no"):
        loop.close(last())
    assert threading.active_count() == before


def test_many_may_close_it_at_once_and_it_closes_once() -> None:
    closed: list[int] = []

    async def last() -> None:
        closed.append(1)

    for _ in range(30):
        loop = LoopThread()
        loop.submit(asyncio.sleep(60))
        closers = [threading.Thread(target=lambda found=loop: found.close(last())) for _ in "ab"]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
    assert len(closed) == 30


def test_it_closes_from_its_own_thread_where_garbage_is_collected() -> None:
    loop = LoopThread("closed by itself")  # engines of other tests may still have their own
    ended = threading.Event()

    async def last() -> None:
        ended.set()

    async def collect() -> None:
        loop.close(last())

    loop.submit(asyncio.sleep(0)).result(5)
    [thread] = [t for t in threading.enumerate() if t.name == "closed by itself"]
    found = loop.submit(collect())
    assert ended.wait(5)
    with contextlib.suppress(CancelledError):  # its own closing ends it
        found.result(5)
    until(lambda: not thread.is_alive(), told="the thread did not end")
    with pytest.raises(EndpointError, match="closed"):
        loop.submit(last())
