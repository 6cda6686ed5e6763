"""The limit on calls in flight."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.engine.attempt import Failure
from lakegloss.engine.limits import AdaptiveLimit, Signal, signal_of
from tests.engine_kit import FakeClock, failed, good


async def rounds(limit: AdaptiveLimit, count: int, signal: Signal = Signal.GOOD) -> None:
    for _ in range(count):
        tickets = [await limit.acquire() for _ in range(limit.limit)]
        for ticket in tickets:
            limit.release(ticket, signal)


def test_it_doubles_until_the_cap() -> None:
    async def run() -> list[int]:
        limit, seen = AdaptiveLimit(64, FakeClock()), []
        for _ in range(4):
            seen.append(limit.limit)
            await rounds(limit, 1)
        return [*seen, limit.limit]

    assert asyncio.run(run()) == [8, 16, 32, 64, 64]


def test_an_overload_counts_once_for_calls_that_were_in_flight_together() -> None:
    async def run() -> tuple[int, int, int]:
        clock = FakeClock()
        limit = AdaptiveLimit(30, clock, start=30)
        tickets = [await limit.acquire() for _ in range(30)]
        clock.time += 1
        for ticket in tickets:
            limit.release(ticket, Signal.OVERLOADED)
        once = limit.limit
        clock.time += 1
        await rounds(limit, 1)
        after_round = limit.limit
        clock.time += 1
        limit.release(await limit.acquire(), Signal.OVERLOADED)
        return once, after_round, limit.limit

    assert asyncio.run(run()) == (20, 20, 13)


def test_after_an_overload_it_rises_by_one_a_round() -> None:
    async def run() -> int:
        limit = AdaptiveLimit(100, FakeClock(), start=15)
        limit.release(await limit.acquire(), Signal.OVERLOADED)
        await rounds(limit, 6)
        return limit.limit

    assert asyncio.run(run()) in {15, 16}


def test_it_never_falls_below_one() -> None:
    async def run() -> int:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        for _ in range(30):
            ticket = await limit.acquire()
            clock.time += 1
            limit.release(ticket, Signal.OVERLOADED)
        return limit.limit

    assert asyncio.run(run()) == 1


def test_in_a_storm_new_calls_wait_as_the_server_asks() -> None:
    async def run() -> list[float]:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        tickets = [await limit.acquire() for _ in range(3)]
        for ticket in tickets:
            limit.release(ticket, Signal.OVERLOADED, asked=9.0)
        await limit.acquire()
        return clock.waits

    assert asyncio.run(run()) == [9.0]


def test_one_rate_limit_alone_holds_nobody_up() -> None:
    async def run() -> list[float]:
        clock = FakeClock()
        limit = AdaptiveLimit(8, clock)
        limit.release(await limit.acquire(), Signal.OVERLOADED, asked=60.0)
        await limit.acquire()
        return clock.waits

    assert asyncio.run(run()) == []


def test_a_place_is_not_lost_with_a_waiter_that_gives_up() -> None:
    async def run() -> int:
        limit = AdaptiveLimit(1, FakeClock())
        ticket = await limit.acquire()
        waiters = [asyncio.create_task(limit.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        waiters[0].cancel()
        limit.release(ticket, Signal.GOOD)
        waiters[1].cancel()  # it has its place already, but has not run
        await asyncio.sleep(0)
        await asyncio.wait_for(waiters[2], 5)
        return limit.in_flight

    assert asyncio.run(run()) == 1


@given(st.lists(st.sampled_from(list(Signal)), max_size=60), st.integers(1, 20))
def test_no_more_calls_than_the_cap(signals: list[Signal], cap: int) -> None:
    async def run() -> int:
        clock = FakeClock()
        limit = AdaptiveLimit(cap, clock)
        most = 0

        async def call(signal: Signal) -> None:
            nonlocal most
            ticket = await limit.acquire()
            most = max(most, limit.in_flight)
            clock.time += 0.1
            await asyncio.sleep(0)
            limit.release(ticket, signal)

        await asyncio.gather(*(call(signal) for signal in signals))
        assert limit.in_flight == 0
        return most

    assert asyncio.run(run()) <= cap


@pytest.mark.parametrize(
    ("attempt", "signal"),
    [
        (good(), Signal.GOOD),
        (failed(Failure.MALFORMED, 200), Signal.GOOD),
        (failed(Failure.RATE_LIMITED, 429), Signal.OVERLOADED),
        (failed(Failure.TIMEOUT, 0), Signal.OVERLOADED),
        (failed(Failure.SERVER, 503), Signal.OVERLOADED),
        (failed(Failure.SERVER, 500), Signal.NEUTRAL),
        (failed(Failure.TRANSPORT, 0), Signal.NEUTRAL),
    ],
)
def test_what_a_call_says_of_the_load(attempt: object, signal: Signal) -> None:
    assert signal_of(attempt) is signal  # type: ignore[arg-type]
