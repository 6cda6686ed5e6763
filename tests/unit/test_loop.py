"""A thread with an event loop: one for an engine, or shared by several."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from lakegloss.engine.loop import LoopThread
from lakegloss.errors import EndpointError


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


def test_cancel_ends_what_is_under_way_and_the_loop_goes_on() -> None:
    async def value() -> int:
        return 7

    loop = LoopThread()
    waiting = loop.submit(asyncio.sleep(60))
    loop.submit(value()).result()  # it has begun
    loop.cancel()
    with pytest.raises(CancelledError):
        waiting.result(5)
    assert loop.submit(value()).result() == 7
    loop.close()


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
    loop.cancel()
    loop.finish(last())
    loop.close(last())
    assert threading.active_count() == before
